"""How mails are named and answered, and what a report of a mail that came back says. Pure."""

import base64
import binascii
import hmac
import html
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import compat32
from uuid import UUID

from looplane.kit.mail import MESSAGE_ID, ascii_address, spelled_address
from looplane.kit.secrets import Secrets
from looplane.kit.text import storable

# Of the signature in a token: nobody tries 2**64 addresses by mail.
_SIGNATURE_BYTES = 8
_ID_BYTES = 16
_MAX_LOCAL_LENGTH = 64
_MAX_REASON_LENGTH = 300
_MAX_REPORTED = 50
_FAILED = "failed"
# How bytes are spelled that a column takes as text.
HEX = "\\x"
PAUSED_BY_HAND = "It was paused by hand."
TEST_SUBJECT = "A test of your mailbox"


def test_words(name: str) -> tuple[str, str]:
    """What the mail of a test says, as text and as HTML."""
    text = f"Mail leaves Looplane by the mailbox “{name}”: this one did."
    return f"{text}\n", f"<!doctype html><p>{html.escape(text)}</p>"


def test_result(to: str | None) -> str:
    """What is said of a test that went well."""
    if to is None:
        return "The server answered and took the user name and password, where there are any."
    return f"The server took a mail to {to}; whether it arrives, {to} can tell."


def password_place(workspace_id: UUID) -> str:
    """For which place the passwords of mailboxes are sealed."""
    return f"mailboxes.password {workspace_id}"


def token_of(secrets: Secrets, workspace_id: UUID, what: str, id: UUID) -> str:
    """The name of a thing in a mail, in letters and digits that have no case; `what` it is of."""
    signature = secrets.sign(id.bytes, f"mail {what} {workspace_id}")[:_SIGNATURE_BYTES]
    return base64.b32encode(id.bytes + signature).decode().rstrip("=").lower()


def id_of_token(secrets: Secrets, workspace_id: UUID, what: str, token: str) -> UUID | None:
    """What a token names; None for one that is not ours, or of another workspace."""
    try:
        padding = "=" * (-len(token) % 8)
        content = base64.b32decode(token.upper() + padding)
        id = UUID(bytes=content[:_ID_BYTES])
    except (binascii.Error, ValueError):
        return None
    right = token_of(secrets, workspace_id, what, id)
    return id if hmac.compare_digest(right.encode(), token.lower().encode()) else None


def message_id(secrets: Secrets, workspace_id: UUID, delivery_id: UUID, address: str) -> str:
    """What the mail of a delivery is called; who has not got it cannot tell."""
    token = token_of(secrets, workspace_id, "delivery", delivery_id)
    return f"<{token}@{ascii_address(address).rpartition('@')[2]}>"


def delivery_of(secrets: Secrets, workspace_id: UUID, message_id: str) -> UUID | None:
    """The delivery whose mail is called so; None for mails of others."""
    token = message_id.strip("<> \t").partition("@")[0]
    return id_of_token(secrets, workspace_id, "delivery", token)


def reply_address(secrets: Secrets, workspace_id: UUID, thread_id: UUID, address: str) -> str:
    """Where answers to a thread go: `support+token@…`, or the address itself where it is long."""
    local, _, domain = ascii_address(address).rpartition("@")
    tagged = f"{local}+{token_of(secrets, workspace_id, 'thread', thread_id)}"
    return f"{tagged}@{domain}" if len(tagged) <= _MAX_LOCAL_LENGTH else f"{local}@{domain}"


def thread_of(secrets: Secrets, workspace_id: UUID, address: str) -> UUID | None:
    """The thread to which mail to an address belongs; None where the address does not say."""
    token = address.rpartition("@")[0].rpartition("+")[2]
    return id_of_token(secrets, workspace_id, "thread", token)


@dataclass(frozen=True, slots=True)
class Report:
    """A mail that came back: what it was called, and for whom and why it did not arrive.

    Of whom it went to by way of another address, both are named, as `spelled_address` has them.
    """

    message_ids: tuple[str, ...]
    failures: Mapping[str, str]


def read_report(source: bytes) -> Report | None:
    """What a report of a mail server (RFC 3464) says; None for any other mail.

    What is only late has not failed.
    """
    try:
        message = message_from_bytes(source, policy=compat32)
        parts = list(message.walk())
    except (MessageError, ValueError, RecursionError):
        return None
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not statuses:
        return None
    failures: dict[str, str] = {}
    for group in (group for part in statuses for group in _groups(part)):
        if str(group.get("Action", "")).strip().lower() == _FAILED:
            for name in ("Original-Recipient", "Final-Recipient"):
                if address := _value(group, name):
                    failures[spelled_address(storable(address))] = _reason(group)
    return Report(_returned_ids(message, parts), dict(list(failures.items())[:_MAX_REPORTED]))


def _groups(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if payload else []


def _value(group: Message, name: str) -> str:
    """`rfc822; somebody@mail.example` without its type."""
    text = str(group.get(name, ""))
    return text.partition(";")[2].strip().strip("<>") if ";" in text else text.strip()


def _reason(group: Message) -> str:
    said = _value(group, "Diagnostic-Code") or f"status {group.get('Status', 'unknown')}"
    return storable(" ".join(said.split()))[:_MAX_REASON_LENGTH]


def _returned_ids(message: Message, parts: list[Message]) -> tuple[str, ...]:
    """What the mails are called that the report has with it, whole or as their heads."""
    texts = [str(part.get("Message-ID", "")) for part in parts if part is not message]
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            head = message_from_bytes(content if isinstance(content, bytes) else b"")
            texts.append(str(head.get("Message-ID", "")))
    return tuple(each for each in map(str.strip, texts) if MESSAGE_ID.fullmatch(each))


def unsubscribe_token(secrets: Secrets, workspace_id: UUID, contact_id: UUID) -> str:
    """What a link holds that ends a subscription: whose, and that it is from us."""
    content = workspace_id.bytes + contact_id.bytes
    signature = secrets.sign(content, "unsubscribe")[:_SIGNATURE_BYTES]
    return base64.b32encode(content + signature).decode().rstrip("=").lower()


def read_unsubscribe_token(secrets: Secrets, token: str) -> tuple[UUID, UUID] | None:
    """The workspace and the contact of a link; None for one that is not from us."""
    try:
        content = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        workspace_id, contact_id = UUID(bytes=content[:16]), UUID(bytes=content[16:32])
    except (binascii.Error, ValueError):
        return None
    right = unsubscribe_token(secrets, workspace_id, contact_id)
    is_ours = hmac.compare_digest(right.encode(), token.lower().encode())
    return (workspace_id, contact_id) if is_ours else None
