"""How a change of a thread is taken back: what it changed is as it was, as a new change.

Tags are given back one by one: what somebody else added or removed since stays so, and only a tag
that the change itself added or removed, and that is not as it left it, keeps it from being taken
back. The needs that a change made or removed are taken back before, by their own events.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from looplane.events import Event, as_write, only, types_of, without
from looplane.inverses import PastEvent, find_newer, require_untouched, superseded
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, NotFound
from looplane.threads import rules as thread_rules
from looplane.threads.children.commands import HeldThread, hold_thread
from looplane.threads.sql import THREAD
from looplane.threads.undo import rules, sql
from looplane.threads.update import sql as update

# What is gone, by the column that finds it.
_REFERENCES = {
    "assignee_id": ("assignee_role", "member"),
    "contact_id": ("contact_found", "contact"),
    "company_id": ("company_found", "company"),
    "project_id": ("project_found", "project"),
}


async def undo_update(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    """Takes back what a `thread.updated` tells of, and that what hangs on the thread changed.

    Raises Conflict where something newer touched the same, or what it had is gone.
    """
    if "deleted" in event.after:  # told along with what says that it is there again
        return ()
    if not (event.after or event.internal_before or _others(event)):
        return ()
    thread = await hold_thread_of(con, context, event)
    row = await update.find(con, context, thread.id, rules.named(event))
    await _require_untouched(con, context, event, row)
    _require_there(event, row)
    await _give_needs_back(con, context, event, thread)
    return await _write(con, context, event, thread, row)


async def hold_thread_of(con: Connection, context: Context, event: PastEvent) -> HeldThread:
    """The thread to whose history an event belongs, held to the end of the transaction.

    Raises Conflict where it was deleted, and names what did that.
    """
    try:
        return await hold_thread(con, context, event.aggregate_id)
    except NotFound:
        gone = replace(event, subject_id=event.aggregate_id, after={"deleted": True})
        raise superseded(event, await find_newer(con, context, gone)) from None


def _others(event: PastEvent) -> bool:
    """Whether the write was about something that hangs on the thread."""
    return any(not each.startswith("thread.") for each in event.write_types)


async def _require_untouched(con: Connection, context: Context, event: PastEvent, row: Row) -> None:
    own = replace(event, after=without(event.after, rules.LINKED - {"project_id"}))
    if own.after:
        present = thread_rules.in_api_words(dict(row), THREAD.columns)
        await require_untouched(con, context, own, present)
    present_tags = frozenset(row["tag_ids"])
    touched = rules.TagChange.of(event).touched(present_tags, row["tags_found"])
    if touched:
        of_tags = replace(event, after=only(event.after, {"tag_ids"}) or {})
        raise _naming(
            superseded(of_tags, await find_newer(con, context, of_tags)),
            [f"tag_ids: the tag {id} was added or removed since" for id in sorted(touched)],
        )


def _naming(error: Conflict, issues: Sequence[str]) -> Conflict:
    return Conflict(error.message, issues=[*issues, *error.issues])


def _require_there(event: PastEvent, row: Row) -> None:
    """Raises Conflict where what the thread had is gone, and names it."""
    gone = [
        f"{name}: the {noun} was deleted"
        for name, (column, noun) in _REFERENCES.items()
        if event.before.get(name) is not None and row[column] is None
    ]
    if event.before.get("assignee_id") and row["assignee_role"] == "VIEWER":
        gone.append("assignee_id: the member is a VIEWER by now")
    tags = sorted(rules.TagChange.of(event).gone(row["tags_found"]))
    gone += [f"tag_ids: the tag {id} was deleted" for id in tags]
    if gone:
        msg = "What the thread had is not there any more."
        raise Conflict(msg, issues=gone)


async def _give_needs_back(
    con: Connection, context: Context, event: PastEvent, thread: HeldThread
) -> None:
    """What changed of needs that are there: priorities, and which one is of the project field."""
    key = (context.workspace_id, thread.id)
    if wanted := rules.priorities(event):
        rows = await con.fetch(sql.RESTORE_PRIORITIES, *key, wanted, thread.now)
        found = {str(row["id"]) for row in rows}
        if missing := [each["id"] for each in wanted if each["id"] not in found]:
            msg = "What the thread asks for was changed since."
            issues = [f"customer_needs.{id}: was changed or removed since" for id in missing]
            raise Conflict(msg, issues=issues)
    if "project_id" in event.before:
        project = event.before["project_id"]
        await con.execute(sql.SET_PROJECT_FIELD, *key, project)
        if project and not await con.fetchval(sql.IS_PROJECT_FIELD, *key, project):
            msg = "The link to the project was removed since."
            raise Conflict(msg, issues=[f"project_id: the need for {project} is not there"])


def _before(row: Row) -> thread_rules.Thread:
    """The thread as it shows itself: what was deleted is not there, though a column names it."""
    present = {name: row[f"present_{name}"] for name in ("contact_id", "company_id", "assignee_id")}
    columns = {name: row[name] for name in THREAD.columns}
    return {**columns, **present, "tag_ids": frozenset(row["tag_ids"])}


async def _write(
    con: Connection, context: Context, event: PastEvent, thread: HeldThread, row: Row
) -> tuple[str, ...]:
    """Writes the thread, where it changes or what hangs on it did; the types of the events."""
    before = _before(row)
    after = rules.given_back(before, event)
    differing = {name for name in after if after[name] != before[name]}
    events = _events(event, thread.id, before, after)
    if not (differing or events[0].after or _others(event)):
        return ()
    links: dict[str, Any] = {"tag_ids": after["tag_ids"]} if "tag_ids" in differing else {}
    columns = {name: after[name] for name in differing - {"tag_ids"}}
    write = as_write(context, thread.now, events)
    key = (context.workspace_id, thread.id, thread.version)
    await con.execute(update.UPDATE, *key, columns, links, write, context.member_id)
    return types_of(events)


def _events(
    event: PastEvent, id: UUID, before: thread_rules.Thread, after: thread_rules.Thread
) -> list[Event]:
    sides = zip(thread_rules.difference(before, after), rules.reversed_links(event), strict=True)
    was, becomes = ({**own, **links} for own, links in sides)
    untold = thread_rules.internal_before(before, after)
    first, *others = thread_rules.events_of(before, after)
    own = Event(first, id, was or None, becomes or None, internal_before=untold)
    return [own, *(Event(each, id, was, becomes) for each in others)]
