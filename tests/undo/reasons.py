"""What cannot be taken back by its token, and why."""

_LEFT = "it has left the house, or was read by whoever it was for"
_SECRET = "a secret was shown, or ended for good"
_DECIDED = "a decision on a draft is taken on another draft"
_SENT_ANEW = "what is tried at once may be on its way, and nobody takes that back"
_CANCELED = "what was canceled is retried, and by then others may have gone before it"
_OF_QUEUE = "the opposite of it is an operation of its own, and what has left meanwhile has left"
_SETTING = "it says where things leave to, or by what, and they have left by it meanwhile"
_TRIED = "it is a try, and changes nothing here"
CANNOT = {
    "webhooks-create": _SECRET,
    "webhooks-rotateSecret": _SECRET,
    "webhooks-update": _SETTING,
    "webhooks-delete": _SETTING,
    "webhooks-ping": _LEFT,
    "webhooks-replay": _LEFT,
    "slackConnections-create": _SETTING,
    "slackConnections-update": _SETTING,
    "slackConnections-delete": _SETTING,
    "slackConnections-test": _TRIED,
    "mailboxes-create": _SETTING,
    "mailboxes-update": _SETTING,
    "mailboxes-delete": _SETTING,
    "mailboxes-test": _TRIED,
    "mailboxes-reportBounce": "the address refused the mail, whatever is said of that",
    "bouncedAddresses-delete": "mail may have gone there by then, and come back",
    "caughtMail-delete": "what was caught is gone",
    "threads-sendMessage": _LEFT,
    "changelogs-broadcast": _LEFT,
    "members-createInvite": _LEFT,
    "members-deleteInvite": "its mail may be opened no more, and another invite is a new one",
    "keys-create": _SECRET,
    "keys-delete": _SECRET,
    "docs-createDraft": _DECIDED,
    "docs-submitDraft": _DECIDED,
    "docs-acceptDraft": _DECIDED,
    "docs-declineDraft": _DECIDED,
    "deliveries-retry": _SENT_ANEW,
    "deliveries-bulkRetry": _SENT_ANEW,
    "deliveries-cancel": _CANCELED,
    "deliveries-bulkCancel": _CANCELED,
    "deliveries-pauseQueue": _OF_QUEUE,
    "deliveries-resumeQueue": _OF_QUEUE,
    "files-upload": "files have no way to be deleted",
    "files-import": "files have no way to be deleted",
}
