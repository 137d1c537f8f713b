"""What is to be mailed, before and after it is known by which mailbox."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.database import Connection
from looplane.kit.mail import Mail, MailPerson
from looplane.kit.smtp import SmtpServer


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says, in both its forms."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that goes with a mail; its `size` bytes are read as the mail leaves."""

    id: UUID
    name: str
    content_type: str
    size: int
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail without a sender.

    `sender_name` is who writes, where that is not the mailbox; `asked_senders` are addresses by
    which it should leave if there is a mailbox with one. `link` is what it is about, for the log.
    """

    words: Words
    to: MailPerson
    cc: Sequence[MailPerson] = ()
    bcc: Sequence[MailPerson] = ()
    sender_name: str | None = None
    asked_senders: Sequence[str] = ()
    message_id: str | None = None
    references: Sequence[str] = ()
    in_reply_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[DraftFile] = ()
    link: str | None = None
    is_notice: bool = False


@dataclass(frozen=True, slots=True)
class Mailbox:
    """By which a mail leaves; `is_down` as far as is known."""

    id: UUID
    server: SmtpServer
    is_default: bool
    is_down: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail that is ready but for its files; `others` get it as well, in secret or not."""

    mailbox: Mailbox
    mail: Mail
    others: Sequence[str]
    files: Sequence[DraftFile] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice tells a member, in plain text; `link` leads to what it is about."""

    subject: str
    sentence: str
    excerpt: str | None = None
    link: str | None = None


# The notices that deliveries of this kind tell, by the ids of the deliveries; one that is missing
# is not sent.
FindNotices = Callable[[Connection, Sequence[DueDelivery]], Awaitable[Mapping[UUID, Notice]]]
Drafted = Mapping[UUID, Draft | Attempted]
