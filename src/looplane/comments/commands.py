"""What can be done with comments. Each is a change of its thread, which is held meanwhile.

What is sent of a version is about the comment, and where there is none yet, about the thread.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from looplane.changes import deleted
from looplane.comments import rules, sql
from looplane.comments.schemas import CommentCreate, CommentPatch
from looplane.events import Event, as_write, difference, types_of
from looplane.inverses import (
    Inverses,
    PastEvent,
    find_newer,
    require_kept,
    require_untouched,
    superseded,
)
from looplane.kit.context import ANY_VERSION, Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Forbidden, NotFound
from looplane.kit.ids import new_id
from looplane.kit.references import reference_ids, unknown_references
from looplane.kit.responses import Answer
from looplane.resource_inverses import restore
from looplane.threads.children.commands import HeldThread, hold_thread, touch_thread
from looplane.threads.undo.commands import hold_thread_of

COMMENT = sql.COMMENT
_restore = restore(COMMENT)


async def create_comment(
    con: Connection, context: Context, thread_id: UUID, body: CommentCreate
) -> Answer:
    """Says something on a thread, as the member of the key.

    Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    sent = _read(body)
    async with con.transaction():
        thread = await hold_thread(con, context, thread_id)
        mentions = await _next_mentions(con, context, sent, {})
        id = new_id()
        events = _events("created", thread, id)
        write = as_write(context, thread.now, events)
        values = {"attachments": [], **sent, "thread_id": thread_id, "author_id": context.member_id}
        columns = COMMENT.to_columns({name: values[name] for name in COMMENT.columns})
        columns |= {"created_at": thread.now, "updated_at": thread.now}
        await con.execute(COMMENT.insert_row, context.workspace_id, id, columns)
        if mentions:
            await sql.replace_mentions(con, context, id, rules.as_stored(mentions))
        row = await con.fetchrow(COMMENT.record, context.workspace_id, id, write)
        await touch_thread(con, context, thread, write)
    assert row is not None, "it was made just now"
    return Answer(row["body"], row["version"], types_of(events))


async def update_comment(
    con: Connection, context: Context, thread_id: UUID, id: UUID, patch: CommentPatch
) -> Answer:
    """Changes a comment; a change that changes nothing writes nothing.

    Raises NotFound, Forbidden, PreconditionFailed, ValidationFailed.
    """
    sent = _read(patch)
    async with con.transaction():
        thread, row = await _hold(con, context, thread_id, id)
        mentioned = rules.as_read(row["mentions"])
        if sent.get("content") == row["content"]:
            del sent["content"]  # whom the text named is still meant
        mentions = await _next_mentions(con, context, sent, mentioned)
        plain = {name: value for name, value in sent.items() if name in COMMENT.columns}
        before, after = difference(
            {**row, "mentions": rules.told(mentioned)}, {**plain, "mentions": rules.told(mentions)}
        )
        if mentions != mentioned:
            await sql.replace_mentions(con, context, id, rules.as_stored(mentions))
        if not after:
            return await sql.get_comment(con, context, thread_id, id)
        untold = rules.untold(row["html_version"], mentioned, after)
        events = _events("updated", thread, id, before, after, untold)
        write = as_write(context, thread.now, events)
        after.pop("mentions", None)
        args = (context.workspace_id, id, row["version"], COMMENT.to_columns(after), write)
        written = await con.fetchrow(COMMENT.update, *args)
        await touch_thread(con, context, thread, write)
    assert written is not None, "a row that is held cannot have moved"
    return Answer(written["body"], written["version"], types_of(events))


async def delete_comment(con: Connection, context: Context, thread_id: UUID, id: UUID) -> Answer:
    """Hides a comment for good. Raises NotFound, Forbidden, PreconditionFailed."""
    async with con.transaction():
        thread, _ = await _hold(con, context, thread_id, id)
        events = _events("deleted", thread, id)
        write = as_write(context, thread.now, events)
        await con.execute(COMMENT.delete, context.workspace_id, id, write)
        await touch_thread(con, context, thread, write)
    return deleted(id, events)


async def undo_creation(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    """Deletes a comment that nothing touched since it was made, or was back.

    Its thread tells of it when its own change goes back. Raises Forbidden, Conflict.
    """
    id = event.subject_id
    thread, _ = await _hold_past(con, context, event)
    await require_untouched(con, context, replace(event, before={}, after={}))
    events = _events("deleted", thread, id)[:1]
    write = as_write(context, thread.now, events)
    await con.execute(COMMENT.delete, context.workspace_id, id, write)
    return types_of(events)


async def undo_update(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    """Gives a comment what it said before, and whom it mentioned; see `undo_creation`."""
    if "deleted" in event.after:  # told along with what says that it is there again
        return ()
    id, kept = event.subject_id, event.internal_before
    thread, row = await _hold_past(con, context, event)
    mentioned = rules.as_read(row["mentions"])
    await require_untouched(con, context, event, {**row, "mentions": rules.told(mentioned)})
    require_kept(event, rules.untold(0, {}, event.before))
    becomes = dict(event.before)
    untold = rules.untold(row["html_version"], mentioned, becomes)
    events = _events("updated", thread, id, dict(event.after), becomes, untold)[:1]
    if "mentions" in becomes:
        await sql.replace_mentions(con, context, id, kept["mentions"])
    columns = COMMENT.to_columns({**becomes, **kept})
    write = as_write(context, thread.now, events)
    await con.execute(COMMENT.update, context.workspace_id, id, row["version"], columns, write)
    return types_of(events)


async def undo_deletion(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    """Shows a comment again; see `undo_creation`."""
    await hold_thread_of(con, context, event)
    types = await _restore(con, context, event)
    await _hold(con, context, event.aggregate_id, event.subject_id)
    return types


async def _hold_past(con: Connection, context: Context, event: PastEvent) -> tuple[HeldThread, Row]:
    """The thread and the comment of an event. Raises Forbidden, Conflict where either is gone."""
    await hold_thread_of(con, context, event)
    try:
        return await _hold(con, context, event.aggregate_id, event.subject_id)
    except NotFound:
        gone = replace(event, after={"deleted": True})
        raise superseded(gone, await find_newer(con, context, gone)) from None


def _read(body: CommentCreate | CommentPatch) -> dict[str, Any]:
    """What was sent; of an attachment all fields are kept."""
    sent = body.model_dump(exclude_unset=True)
    if "attachments" in sent:
        sent["attachments"] = [each.model_dump() for each in body.attachments]
    return sent


async def _hold(
    con: Connection, context: Context, thread_id: UUID, id: UUID
) -> tuple[HeldThread, Row]:
    """A thread and a comment on it that the caller may change, if it has the version."""
    thread = await hold_thread(con, replace(context, precondition=ANY_VERSION), thread_id)
    row = await sql.hold_comment(con, context, thread_id, id)
    if not row["may_change"] and "admin" not in context.principal.scopes:
        msg = "Another member wrote this comment; only they and an ADMIN may change it."
        raise Forbidden(msg)
    context.precondition.check(row["version"])
    return thread, row


async def _next_mentions(
    con: Connection, context: Context, sent: dict[str, Any], before: rules.Mentions
) -> rules.Mentions:
    """Who is mentioned after this write. Raises ValidationFailed."""
    ids = reference_ids(sent, "mention_ids")
    rows = await sql.find_members(con, context, ids, sent.get("content", ""))
    found = rules.Found.of(rows)
    context.raise_faults(unknown_references(sent, "mention_ids", "member", found.listed))
    return rules.next_mentions(
        before, found, has_new_text="content" in sent, has_new_list="mention_ids" in sent
    )


def _events(  # noqa: PLR0913  # what an event tells
    verb: str,
    thread: HeldThread,
    id: UUID,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    untold: dict[str, object] | None = None,
) -> list[Event]:
    """That of the comment, in the history of its thread, and that of the thread."""
    of_comment = Event(
        COMMENT.event_type(verb),
        id,
        before,
        dict(after) if after else None,
        aggregate_id=thread.id,
        internal_before=untold,
    )
    return [of_comment, Event("thread.updated", thread.id)]


INVERSES: Inverses = {
    "comment.created": undo_creation,
    "comment.updated": undo_update,
    "comment.deleted": undo_deletion,
    "comment.restored": undo_creation,
}
