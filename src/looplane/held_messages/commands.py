"""How a message is held back before it is sent, so that it can be taken back while it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from looplane.held_messages import rules, sql
from looplane.held_messages.schemas import HeldCreate
from looplane.kit.attempts import rolled_back
from looplane.kit.clock import Clock
from looplane.kit.context import Context
from looplane.kit.database import COLLISION, Connection, Row, as_unavailable
from looplane.kit.errors import ApiError, Conflict, Unavailable, ValidationFailed
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.ids import new_id, parse_id
from looplane.kit.principal import Principal
from looplane.kit.references import reference_id
from looplane.kit.responses import Answer, or_404
from looplane.kit.row_count import row_count
from looplane.messages.commands import send_thread_message
from looplane.messages.schemas import MessageCreate, Recipient
from looplane.outgoing_files.commands import files_of, find_sizes
from looplane.outgoing_files.rules import (
    Attachments,
    attachment_faults,
    size_faults,
    with_sizes,
)
from looplane.outgoing_files.schemas import OutgoingAttachment
from looplane.outgoing_files.sql import copy_files
from looplane.sessions.rules import scopes_of
from looplane.threads.children.commands import hold_thread
from looplane.threads.sql import THREAD
from looplane.threads.update.commands import change_thread
from looplane.unsent.sql import get_unsent, put_back, take_reply

# How long it is known how a message ended.
_KEPT = timedelta(days=1)
_TO_SEND = "messages:write"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message to hold back, what was sent of it, and the sizes of the files that it names."""

    body: HeldCreate
    sent: Mapping[str, Any]
    sizes: Mapping[str, int]
    seconds: int

    @property
    def attachments(self) -> Attachments:
        found: Attachments = self.sent.get("attachments", [])
        return found


async def create_held(con: Connection, context: Context, body: HeldCreate, seconds: int) -> Answer:
    """Holds a message back for so many seconds; without any it is sent at once.

    It takes the place of the member's unsent reply. Raises as its sending and the change of its
    thread do now: NotFound, ValidationFailed, PreconditionFailed.
    """
    sent = body.model_dump(exclude_unset=True, by_alias=True)
    id, now = new_id(), context.clock()
    async with con.transaction():
        sizes = await find_sizes(con, context, sent.get("attachments", []))
        asked = _Asked(body, sent, sizes, seconds)
        thread_id = await _judge(con, context, asked)
        began_with = await take_reply(con, context.workspace_id, thread_id, context.member_id)
        columns = {
            "member_id": context.member_id,
            "thread_id": thread_id,
            "html": body.content,
            **{name: sent.get(name, []) for name in ("cc", "bcc")},
            "attachments": with_sizes(asked.attachments, sizes),
            "channel_id": body.channel_id,
            "expected_last_message_id": reference_id(sent, "expected_last_message_id"),
            "changes": rules.stored_change(body.then.model_dump(exclude_unset=True)),
            "ai_draft_generated_at": began_with,
            "created_at": now,
            "due_at": now + timedelta(seconds=seconds),
        }
        await sql.insert_held(con, context.workspace_id, id, columns)
        events: tuple[str, ...] = ()
        if not seconds:
            events = await _send(con, context, await sql.hold_own(con, context, id))
        return replace(await sql.get_held(con, context, id), events=events)


async def send_held(con: Connection, context: Context, id: UUID) -> Answer:
    """Sends a message now; one that was sent is left alone.

    Raises NotFound, Conflict where it is no longer held, and what its sending raises: then it is
    held as before.
    """
    async with con.transaction():
        row = await sql.hold_own(con, context, id)
        events: tuple[str, ...] = ()
        if row["state"] != "sent":
            _require_held(row)
            events = await _send(con, context, row)
        return replace(await sql.get_held(con, context, id), events=events)


async def take_back_held(con: Connection, context: Context, id: UUID) -> Answer:
    """Makes a held message unsent text again. Raises NotFound, Conflict where it was sent."""
    async with con.transaction():
        row = await sql.hold_own(con, context, id)
        if row["state"] == "sent":
            msg = "This message was sent already; it cannot be taken back."
            raise Conflict(msg)
        if row["state"] == "held":
            await _put_back(con, row, context.clock, "taken_back")
        return await get_unsent(con, context, row["thread_id"])


async def _judge(con: Connection, context: Context, asked: _Asked) -> UUID:
    """The thread, held, in which the message could be sent now."""
    text = asked.sent.get("thread_id")
    if text is None:
        context.raise_faults()
    id = or_404(parse_id(str(text)), THREAD.noun)
    await hold_thread(con, context, id)
    faults = await _message_faults(con, context, id, asked)
    faults += await _change_faults(con, context, id, asked)
    own = [each for each in dict.fromkeys(faults) if each not in context.faults]
    context.raise_faults(own)
    return id


async def _message_faults(con: Connection, context: Context, id: UUID, asked: _Asked) -> list[str]:
    named, sizes = asked.attachments, asked.sizes
    faults = [*attachment_faults(named, sizes), *size_faults(named, sizes)]
    files, _ = files_of(asked.body.attachments if named else [], sizes)
    plain = _plain(asked.body)
    try:
        await rolled_back(con, partial(send_thread_message, con, context, id, plain, files))
    except ValidationFailed as error:
        faults += error.issues
    return faults


async def _change_faults(con: Connection, context: Context, id: UUID, asked: _Asked) -> list[str]:
    if "then" not in asked.sent:
        return []
    changes = asked.body.then.model_dump(exclude_unset=True)
    faults = rules.change_faults(changes, context.clock(), asked.seconds)
    if changes:
        try:
            await rolled_back(con, partial(change_thread, con, context, id, changes))
        except ValidationFailed as error:
            faults += [f"then.{each}" for each in error.issues if each not in context.faults]
    return faults


def _plain(body: HeldCreate) -> MessageCreate:
    """The message alone, without its files."""
    names = body.model_fields_set & MessageCreate.model_fields.keys() - {"attachments"}
    return MessageCreate.model_construct(
        _fields_set=set(names), **{name: getattr(body, name) for name in names}
    )


def _require_held(row: Row) -> None:
    if row["state"] != "held":
        msg = "This message is not held any more; its text is among what is not sent."
        raise Conflict(msg)


async def _send(con: Connection, context: Context, row: Row) -> tuple[str, ...]:
    """Sends a message that is held, and changes its thread; the types of the events."""
    context = replace(context, cause=f"held:{row['id']}")
    key = (context.workspace_id, row["thread_id"])
    sizes = await find_sizes(con, context, row["attachments"])
    context.raise_faults(attachment_faults(row["attachments"], sizes))
    attachments = [OutgoingAttachment.model_validate(each) for each in row["attachments"]]
    files, sources = files_of(attachments, sizes)
    sent = await send_thread_message(con, context, row["thread_id"], _message_of(row), files)
    message_id = UUID(orjson.loads(sent.body)["id"])
    await copy_files(con, context.workspace_id, message_id, sources)
    if row["html_version"] < CLEANER_VERSION:
        await con.execute(sql.MARK_CLEANED, key[0], message_id, row["html_version"])
    events = dict.fromkeys(sent.events)
    if changes := rules.change_now(row["changes"], context.clock()):
        changed = await change_thread(con, context, row["thread_id"], changes)
        events |= dict.fromkeys(changed.events)
    await sql.end(con, row, "sent", context.clock(), message_id)
    moved = (row["member_id"], row["expected_last_message_id"], message_id)
    await con.execute(sql.EXPECT_SENT, *key, *moved)
    return tuple(events)


def _message_of(row: Row) -> MessageCreate:
    """The message as it was to be sent, its HTML cleaned already."""
    expected = row["expected_last_message_id"]
    values = {
        "content": row["html"],
        **{name: [Recipient.model_validate(each) for each in row[name]] for name in ("cc", "bcc")},
        "channel_id": row["channel_id"],
        "expected_last_message_id": None if expected is None else str(expected),
    }
    return MessageCreate.model_construct(_fields_set=set(values), **values)


async def _put_back(
    con: Connection, row: Row, clock: Clock, state: str, problem: str | None = None
) -> None:
    """Makes a message that is held unsent text again."""
    names = ("html", "html_version", "cc", "bcc", "attachments", "ai_draft_generated_at")
    reply, now = {name: row[name] for name in names}, clock()
    whose = (row["workspace_id"], row["member_id"], row["thread_id"])
    await put_back(con, *whose, reply, now, problem)
    await sql.end(con, row, state, now)


@dataclass(slots=True)
class Sending:
    """What one round did: how many messages left, which went back and why, and which wait."""

    sent: int = 0
    returned: dict[UUID, str] = field(default_factory=dict)
    failures: dict[UUID, Exception] = field(default_factory=dict)


async def send_due(con: Connection, clock: Clock, channels: Collection[str]) -> Sending:
    """Sends what is due in all workspaces, each in a transaction of its own.

    What cannot be sent any more goes back to its writer. What somebody else is about, or collides
    with, is tried again. Raises what went wrong with the connection itself.
    """
    done = Sending()
    for due in await con.fetch(sql.FIND_DUE, clock()):
        try:
            async with con.transaction():
                await _send_one(con, clock, channels, due, done)
        except Exception as error:
            if con.is_closed():
                raise
            done.failures[due["id"]] = error
    return done


async def _send_one(
    con: Connection, clock: Clock, channels: Collection[str], due: Row, done: Sending
) -> None:
    workspace_id, id = due["workspace_id"], due["id"]
    if not await con.fetchval(sql.LOCK_FREE_THREAD, workspace_id, due["thread_id"]):
        return
    row = await con.fetchrow(sql.HOLD, workspace_id, id)
    if row is None or row["state"] != "held":
        return
    problem = await _try(con, clock, channels, row)
    if problem is None:
        done.sent += 1
    else:
        await _put_back(con, row, clock, "returned", problem)
        done.returned[id] = problem


async def _try(con: Connection, clock: Clock, channels: Collection[str], row: Row) -> str | None:
    """Sends a message as whoever wrote it may now; why it cannot be sent, or None."""
    key = (row["workspace_id"], row["member_id"])
    role = await con.fetchval(sql.FIND_MEMBER, *key)
    if role is None:
        return rules.NO_MEMBER
    if _TO_SEND not in (scopes := scopes_of(role)):
        return rules.VIEWER
    principal = Principal(key[0], "person", member_id=key[1], scopes=scopes)
    context = Context(principal, clock, "", channels=frozenset(channels))
    try:
        async with con.transaction():
            await _send(con, context, row)
    except (Unavailable, *COLLISION):
        raise
    except ApiError as error:
        return rules.problem_of(error)
    except Exception as error:
        if con.is_closed() or as_unavailable(error) is not None:
            raise
        return rules.FAILED
    return None


async def sweep_held(con: Connection, clock: Clock) -> int:
    """Forgets what ended long ago, in all workspaces; how many there were."""
    done: str = await con.execute(sql.DELETE_ENDED, clock() - _KEPT)
    return row_count(done)
