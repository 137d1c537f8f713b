"""How a message comes in, from whatever channel; there is no endpoint for it."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from looplane.contacts.blocked_senders.rules import spellings
from looplane.contacts.commands import find_or_create_contact
from looplane.deliveries.schemas import MessageChannel
from looplane.events import Event, as_write
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import NotFound, ValidationFailed
from looplane.kit.html import CLEANER_VERSION, is_blank
from looplane.kit.html_fields import Cleaner
from looplane.kit.html_words import clean_or_words, html_of_text
from looplane.kit.ids import new_id
from looplane.kit.schema import MAX_NAME_LENGTH, Email
from looplane.kit.text import storable
from looplane.messages.inbound import sql
from looplane.messages.rules import MAX_SUBJECT_LENGTH, MESSAGE_TYPES
from looplane.messages.sql import File, insert_message
from looplane.threads import rules as thread_rules
from looplane.threads.children.commands import (
    HeldThread,
    decide_thread,
    hold_thread,
    touch_thread,
)
from looplane.threads.sql import THREAD

# More than a mail may call itself, and less than an index takes.
_MAX_NAME_BYTES = 1000
_MAX_REFERENCES = 100
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a message comes from or goes to."""

    email: str
    name: str = ""

    @property
    def shown(self) -> dict[str, str]:
        """As a message names them."""
        return {"email": storable(self.email), "name": storable(self.name), "mailboxHash": ""}


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that came with a message."""

    name: str
    content_type: str
    content: bytes
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message as a channel brings it.

    Of `html` and `text` one is enough; what shows something as HTML is taken. `external_id` is what
    the channel calls it, the same each time that it is brought. `thread_id` is of the thread that
    it belongs to, where the channel knows it; otherwise `references` are what the channel calls
    messages that it answers, the likeliest first.
    """

    channel: MessageChannel
    sender: Person
    external_id: str
    html: str = ""
    text: str = ""
    subject: str = ""
    thread_id: UUID | None = None
    references: Sequence[str] = ()
    to: Sequence[Person] = ()
    cc: Sequence[Person] = ()
    files: Sequence[ReceivedFile] = ()


@dataclass(frozen=True, slots=True)
class CleanMessage:
    """A message whose HTML is clean, and whose words can be stored."""

    message: InboundMessage
    html: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: it is here now, was here before, or is not let in.

    Of one that was here before, the thread may be deleted.
    """

    outcome: Literal["received", "duplicate", "blocked"]
    message_id: UUID | None = None
    thread_id: UUID | None = None


async def clean_message(message: InboundMessage, cleaner: Cleaner) -> CleanMessage:
    """Makes a message fit to be stored; to be done without a connection, for it may take a second.

    Of HTML that cannot be cleaned the words are left. Raises Unavailable when too many wait.
    """
    html, text = storable(message.html), storable(message.text)
    safe, _ = await clean_or_words(html, cleaner)
    if is_blank(safe) and text.strip():
        safe, _ = await clean_or_words(html_of_text(text), cleaner)
    subject = " ".join(storable(message.subject).split())[:MAX_SUBJECT_LENGTH]
    return CleanMessage(replace(message, html="", text="", subject=subject), safe)


async def receive_message(con: Connection, context: Context, clean: CleanMessage) -> Receipt:
    """Takes a message in: once, whoever brings it how often, and with all that it sets off.

    Its contact is found by address, or made; it goes to its thread, which is open and unread then,
    or begins a new one, where it knows none or that one was deleted. Of a blocked sender nothing is
    kept. Raises ValidationFailed where the sender's address is none, or the message has no name;
    and, as every write may, what is in `kit.database.COLLISION`, after which it can be taken in
    again.
    """
    message = clean.message
    address = _address(storable(message.sender.email))
    external_id = _name(message)
    names = [external_id, erased_name(storable(message.external_id))]
    async with con.transaction():
        await con.execute(sql.HOLD_NAME, context.workspace_id, external_id)
        args = (context.workspace_id, *spellings(address), names)
        known = await con.fetchrow(sql.FIND_KNOWN, *args)
        assert known is not None, "a select without a table answers one row"
        if known["is_blocked"]:
            return Receipt("blocked")
        if known["message_id"] is not None:
            return Receipt("duplicate", known["message_id"], known["thread_id"])
        thread = await _hold(con, context, await _thread_id(con, context, message))
        name = storable(message.sender.name)[:MAX_NAME_LENGTH] or None
        contact, _ = await find_or_create_contact(con, context, address, name, None)
        if thread is None:
            return await _begin_thread(con, context, clean, dict(contact))
        return await _continue_thread(con, context, clean, thread)


def erased_name(external_id: str) -> str:
    """What a message is known by once it is erased: its name may hold that of a person."""
    return f"sha256:{hashlib.sha256(external_id.encode()).hexdigest()}"


async def _thread_id(con: Connection, context: Context, message: InboundMessage) -> UUID | None:
    """The thread that the message belongs to, as far as the channel or what it answers says."""
    if message.thread_id is not None or not message.references:
        return message.thread_id
    names = [storable(each) for each in message.references[:_MAX_REFERENCES]]
    found: UUID | None = await con.fetchval(sql.FIND_ANSWERED, context.workspace_id, names)
    return found


async def _hold(con: Connection, context: Context, id: UUID | None) -> HeldThread | None:
    """The thread, held; None where it is not there any more."""
    try:
        return None if id is None else await hold_thread(con, context, id)
    except NotFound:
        return None


async def _begin_thread(
    con: Connection, context: Context, clean: CleanMessage, contact: dict[str, Any]
) -> Receipt:
    id, now = new_id(), context.clock()
    columns = {
        **dict.fromkeys(THREAD.columns),
        "text": clean.html,
        "title": clean.message.subject or None,
        "pain_level": "UNKNOWN",
        "origin": clean.message.channel,
        "state": "new",
        "is_read": False,
        "external_ids": {},
        "html_version": CLEANER_VERSION,
        "contact_id": contact["id"],
        "company_id": contact["company_id"],
        "last_inbound_message_at": now,
        "created_at": now,
        "updated_at": now,
    }
    row, files = _row(clean, id, is_opening=True), _files(clean.message)
    received = Event("message.received", row["id"], aggregate_id=id)
    write = as_write(context, now, [Event("thread.created", id), received])
    await con.execute(THREAD.insert, context.workspace_id, id, columns, write)
    await insert_message(con, context, row, write, files)
    return Receipt("received", row["id"], id)


async def _continue_thread(
    con: Connection, context: Context, clean: CleanMessage, thread: HeldThread
) -> Receipt:
    found = await con.fetchrow(THREAD.find(), context.workspace_id, thread.id)
    assert found is not None, "a thread that is held is there"
    row, files = _row(clean, thread.id, is_opening=False), _files(clean.message)
    changed = decide_thread(dict(found), thread_rules.received, thread)
    received = Event("message.received", row["id"], aggregate_id=thread.id)
    write = as_write(context, thread.now, [received, *changed.events])
    await insert_message(con, context, row, write, files)
    await touch_thread(con, context, thread, write, changed.columns)
    return Receipt("received", row["id"], thread.id)


def _row(clean: CleanMessage, thread_id: UUID, *, is_opening: bool) -> dict[str, Any]:
    """The columns of the message."""
    message = clean.message
    sender = message.sender.shown
    return {
        "id": new_id(),
        "thread_id": thread_id,
        "type": MESSAGE_TYPES[message.channel],
        "direction": "inbound",
        "subject": message.subject,
        "from": {name: sender[name] for name in ("email", "name")},
        "to": [each.shown for each in message.to],
        "cc": [each.shown for each in message.cc],
        "bcc": [],
        "html": clean.html,
        "user_id": None,
        "external_id": _name(message),
        "is_opening": is_opening,
    }


def _files(message: InboundMessage) -> list[File]:
    return [
        File(
            storable(each.name),
            storable(each.content_type),
            len(each.content),
            base64.b64encode(each.content).decode(),
            each.content_id and storable(each.content_id),
        )
        for each in message.files
    ]


def _address(text: str) -> str:
    try:
        return _EMAIL.validate_python(text)
    except ValidationError:
        raise ValidationFailed(["sender: must be an e-mail address"]) from None


def _name(message: InboundMessage) -> str:
    """What the message is known by: as the channel calls it, or the digest where that is long."""
    name = storable(message.external_id)
    if not name.strip():
        raise ValidationFailed(["external_id: the channel must have a name for the message"])
    return name if len(name.encode()) <= _MAX_NAME_BYTES else erased_name(name)
