"""A mail as text on the wire: its head, its words as text and HTML, and its files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Any

from looplane.kit.domains import ascii_domain
from looplane.kit.text import storable

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# How a word begins that stands for others (RFC 2047), line breaks among them: the library reads it.
_ENCODED = re.compile(r"=\?(?=[^?]*\?[bq]\?)", re.IGNORECASE)
# As it stands in a header of other mails; what is none of these is not repeated.
MESSAGE_ID = re.compile(r"<(?!.*=\?)[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>")
_MAX_REFERENCES = 20
_ENCLOSED = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class MailPerson:
    """Who sends or gets a mail."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file in a mail; the HTML shows it by its `content_id`, where it has one."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """All that a mail says. Who gets it in secret is no part of it.

    `references` are the names of mails before it, oldest first, `headers` more lines of its head.
    """

    message_id: str
    sender: MailPerson
    to: Sequence[MailPerson]
    subject: str
    text: str
    html: str
    sent_at: datetime
    cc: Sequence[MailPerson] = ()
    reply_to: str | None = None
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[MailFile] = ()


def ascii_address(email: str) -> str:
    """An address with its domain in ASCII; before the @ it stays as it is."""
    local, _, domain = email.rpartition("@")
    return f"{local}@{domain if domain.isascii() else ascii_domain(domain) or domain}"


def spelled_address(email: str) -> str:
    """One spelling for all that mean the same address to most servers."""
    return ascii_address(email).lower()


def line(text: str) -> str:
    """Text as it may stand in a header: one line, of which no word stands for others."""
    return _ENCODED.sub("= ?", " ".join(_CONTROLS.sub(" ", storable(text)).split()))


def to_bytes(mail: Mail, *, is_utf8: bool = False) -> bytes:
    """The mail as it is sent, with CRLF; `is_utf8` where an address has more than ASCII.

    Raises ValueError for what cannot be said in a mail.
    """
    message = EmailMessage(policy=SMTPUTF8 if is_utf8 else SMTP)
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.sent_at)
    message["From"] = _address(mail.sender)
    message["To"] = [_address(each) for each in mail.to]
    if mail.cc:
        message["Cc"] = [_address(each) for each in mail.cc]
    if mail.reply_to:
        message["Reply-To"] = _address(MailPerson(mail.reply_to, mail.sender.name))
    message["Subject"] = line(mail.subject)
    if mail.in_reply_to and MESSAGE_ID.fullmatch(mail.in_reply_to):
        message["In-Reply-To"] = mail.in_reply_to
    if references := _references(mail):
        message["References"] = " ".join(references)
    for name, value in mail.headers.items():
        message[name] = line(value)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    _add_files(message, mail)
    for part in message.walk():
        _check_head(part)
    return message.as_bytes()


def _check_head(part: Message) -> None:
    """Raises ValueError where a header would break out of its line, as only some versions see."""
    for name, value in part.items():
        if _CONTROLS.search(str(value)):
            msg = f"{name} has a line break or another control character."
            raise ValueError(msg)


def _references(mail: Mail) -> list[str]:
    """The first, which began it all, and the last ones."""
    found = [each for each in dict.fromkeys(mail.references) if MESSAGE_ID.fullmatch(each)]
    return found[:1] + found[1:][1 - _MAX_REFERENCES :]


def _address(person: MailPerson) -> Address:
    local, _, domain = ascii_address(person.email).rpartition("@")
    if _ENCODED.search(person.email):
        msg = f"{person.email} would be read as another address."
        raise ValueError(msg)
    return Address(line(person.name), local, domain)


def _add_files(message: EmailMessage, mail: Mail) -> None:
    """Those that the HTML shows go with it, the others behind all words."""
    shown = {each.content_id for each in mail.files if _is_shown(each, mail.html)}
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage), "it was just added"
    for file in mail.files:
        kind, _, subtype = _media_type(file.content_type).partition("/")
        options: dict[str, Any] = {"filename": line(file.name)}
        options |= {"maintype": kind, "subtype": subtype}
        if file.content_id in shown:
            html.add_related(
                file.content, cid=f"<{file.content_id}>", disposition="inline", **options
            )
        else:
            message.add_attachment(file.content, **options)


def _is_shown(file: MailFile, html: str) -> bool:
    return bool(file.content_id) and f"cid:{file.content_id}" in html


def _media_type(text: str) -> str:
    """Without parameters, which may have anything in them; parts of mails and mails go as bytes."""
    plain = text.partition(";")[0].strip().lower()
    is_one = re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", plain)
    return plain if is_one and not plain.startswith(("message/", "multipart/")) else _ENCLOSED
