"""Of mail: who it goes to, what is kept back, and what is told apart."""

from tests.mutations import Mutation

_EMAIL = "src/looplane/delivery/email"

MAIL = [
    Mutation(
        "who gets a copy in secret is named in the mail",
        f"{_EMAIL}/rules.py",
        "        cc=draft.cc,\n        reply_to",
        "        cc=[*draft.cc, *draft.bcc],\n        reply_to",
        "mail/test_message_mails.py",
    ),
    Mutation(
        "a mail that is tried again is taken for one that is gone",
        f"{_EMAIL}/limits/commands.py",
        "        return Reserved(known, {})",
        "        return Reserved({}, {})",
        "mail/test_mail_failures.py",
    ),
    Mutation(
        "what waits for a budget uses up its attempts",
        "src/looplane/delivery/commands.py",
        '"was_tried": attempted.was_tried',
        '"was_tried": True',
        "mail/test_mail_limits.py",
    ),
    Mutation(
        "a mail comes back as often as somebody says so",
        "src/looplane/mailboxes/bounces/commands.py",
        'if reason is None or row["bounced_at"] is not None:',
        "if reason is None:",
        "mail/test_bounces.py",
    ),
    Mutation(
        "a server inside of the network is connected to",
        "src/looplane/kit/smtp_connections.py",
        "public = [each for each in found if is_public(each)]",
        "public = found",
        "test_mailbox_tests.py",
    ),
    Mutation(
        "whoever reports a bounce by a key of their own is told of none",
        "src/looplane/notices/fan_out/rules.py",
        'member_id = None if event.type == _BOUNCED else event.actor.get("member_id")',
        'member_id = event.actor.get("member_id")',
        "mail/test_bounces_told.py",
    ),
    Mutation(
        "a mail without the file that is gone leaves",
        "src/looplane/delivery/email/files/commands.py",
        "    if len(contents) < len(wanted):\n",
        "    if False:\n",
        "mail/test_mail_files.py",
    ),
    Mutation(
        "files of any number of mails are in memory at once",
        "src/looplane/kit/held_bytes.py",
        "self._held + self._waiting[0][0] <= self._most",
        "True",
        "test_held_bytes.py",
    ),
    Mutation(
        "a name has lines of its own in an invite",
        "src/looplane/delivery/email/rules.py",
        'line(invite[name] or "") for name',
        'invite[name] or "" for name',
        "mail/test_names_in_mails.py",
    ),
    Mutation(
        "what went to somebody who is erased stays among the files to be sent",
        "src/looplane/erasure/commands.py",
        "await con.execute(DELETE_THESE, workspace_id, files)",
        "assert files is not None",
        "test_app_outgoing_files_kept.py",
    ),
]
