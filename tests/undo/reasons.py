"""What cannot be taken back by its token, and why."""

_LEFT = "it has left the house, or was read by whoever it was for"
_SECRET = "a secret was shown, or ended for good"
_DECIDED = "a decision on a draft is taken on another draft"
CANNOT = {
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
    "files-upload": "files have no way to be deleted",
    "files-import": "files have no way to be deleted",
}
