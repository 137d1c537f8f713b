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
        '"postponed" if attempted.is_postponed else attempted.outcome',
        "attempted.outcome",
        "mail/test_mail_limits.py",
    ),
    Mutation(
        "a mail comes back as often as somebody says so",
        "src/looplane/mailboxes/commands.py",
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
]
