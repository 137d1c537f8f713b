"""How a change of a thread is taken back: what it changed is as it was, as a new change.

Tags are given back one by one: what somebody else added or removed since stays so, and only a tag
that the change itself added or removed, and that is not as it left it, keeps it from being taken
back. The needs that the same write made or removed go and come with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from looplane.contacts.memberships.commands import INVERSES as CONTACT_INVERSES
from looplane.events import Event, as_write, only, types_of, without
from looplane.inverses import (
    Inverse,
    Inverses,
    PastEvent,
    find_newer,
    first_id_before,
    require_as_left,
    superseded,
)
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, NotFound
from looplane.resource_inverses import inverses_of
from looplane.threads import rules as thread_rules
from looplane.threads.children.commands import HeldThread, hold_thread
from looplane.threads.children.sql import NEED_EVENTS
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
    """Takes back what a `thread.updated` tells of, and the needs that its write made and removed.

    Where something else that hangs on the thread is taken back beside it, the thread is touched, as
    it was then. Raises Conflict where something newer touched the same, or what it had is gone.
    """
    if "deleted" in event.after:  # told along with what says that it is there again
        return ()
    if not (event.after or event.internal_before or _others(event)):
        return ()
    thread = await hold_thread_of(con, context, event)
    row = await update.find(con, context, thread.id, rules.named(event))
    await _require_as_left(con, context, event, row)
    _require_there(event, row)
    needs = await _find_needs(con, context, event)
    change = _Change.of(event, row, needs)
    if change.is_empty and not _others(event):
        return ()
    write = as_write(context, thread.now, change.events)
    await _give_needs_back(con, context, event, thread, needs, write)
    key = (context.workspace_id, thread.id, thread.version)
    await con.execute(update.UPDATE, *key, change.columns, change.links, write, context.member_id)
    return types_of(change.events)


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


async def _require_as_left(con: Connection, context: Context, event: PastEvent, row: Row) -> None:
    """Raises Conflict where something newer touched what `event` changed, and names it."""
    present = thread_rules.in_api_words(dict(row), THREAD.columns)
    present["project_id"] = row["project_id"]
    if row["need_id"] and not row["project_id"]:  # the project was deleted, and its link is there
        present["project_id"] = event.after.get("project_id")
    own = without(event.after, {"tag_ids", "customer_needs"})
    await require_as_left(con, context, replace(event, after=own), present)
    tags = rules.TagChange.of(event).touched(frozenset(row["tag_ids"]), row["tags_found"])
    if tags:
        of_tags = replace(event, after=only(event.after, {"tag_ids"}) or {})
        newer = superseded(of_tags, await find_newer(con, context, of_tags))
        touched = [f"tag_ids: the tag {id} was added or removed since" for id in sorted(tags)]
        raise Conflict(newer.message, issues=[*touched, *newer.issues])


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


@dataclass(frozen=True, slots=True)
class _Needs:
    """The needs that a write made and those that it removed, as they were then."""

    made: Sequence[Mapping[str, Any]] = ()
    removed: Sequence[Mapping[str, Any]] = ()

    def events(self, thread_id: UUID) -> list[Event]:
        """What is told when the ones go and the others are back."""
        sides = (("deleted", self.made), ("created", self.removed))
        return [
            Event(f"customer_need.{verb}", UUID(need["id"]), aggregate_id=thread_id)
            for verb, needs in sides
            for need in needs
        ]


async def _find_needs(con: Connection, context: Context, event: PastEvent) -> _Needs:
    if not any(each.startswith("customer_need.") for each in event.write_types):
        return _Needs()
    write = (event.aggregate_id, first_id_before(event.id), event.write_id)
    rows = await con.fetch(sql.FIND_NEED_EVENTS, context.workspace_id, *write)
    sides = (
        [orjson.loads(row["data"]) for row in rows if row["type"] == f"customer_need.{verb}"]
        for verb in ("created", "deleted")
    )
    return _Needs(*sides)


async def _give_needs_back(  # noqa: PLR0913  # what is given back, and how it is written
    con: Connection,
    context: Context,
    event: PastEvent,
    thread: HeldThread,
    needs: _Needs,
    write: dict[str, Any],
) -> None:
    key = (context.workspace_id, thread.id)
    await _hold_asked_for(con, context, needs)
    if needs.made:
        deleted = await con.fetch(sql.DELETE_NEEDS, *key, needs.made, write)
        _require_all([each["id"] for each in needs.made], deleted)
    if needs.removed:
        try:
            await con.execute(sql.INSERT_NEEDS, *key, needs.removed, write)
        except asyncpg.UniqueViolationError:
            msg = "What the thread asked for was linked to it anew since."
            raise Conflict(msg) from None
    if wanted := rules.priorities(event):
        changed = await con.fetch(sql.RESTORE_PRIORITIES, *key, wanted, thread.now)
        _require_all([each["id"] for each in wanted], changed)
    if "project_id" in event.before:
        project = event.before["project_id"]
        await con.execute(sql.SET_PROJECT_FIELD, *key, project)
        if project and not await con.fetchval(sql.IS_PROJECT_FIELD, *key, project):
            msg = "The link to the project was removed since."
            raise Conflict(msg, issues=[f"project_id: there is no need for {project} any more"])


async def _hold_asked_for(con: Connection, context: Context, needs: _Needs) -> None:
    """Raises Conflict where what a need was for that is to be back is gone, and names it."""
    ids = [each["project_id"] or each["issue_id"] for each in (*needs.made, *needs.removed)]
    if not ids:
        return
    rows = await con.fetch(sql.HOLD_ASKED_FOR, context.workspace_id, ids)
    there = {str(row["id"]) for row in rows}
    gone = [
        f"{noun}_id: the {noun} {need[f'{noun}_id']} was deleted"
        for need in needs.removed
        for noun in ("project", "issue")
        if need[f"{noun}_id"] and need[f"{noun}_id"] not in there
    ]
    if gone:
        msg = "What the thread asked for is not there any more."
        raise Conflict(msg, issues=gone)


def _require_all(ids: Sequence[str], rows: Sequence[Row]) -> None:
    """Raises Conflict where not all of these needs were as they had been left."""
    found = {str(row["id"]) for row in rows}
    if missing := [id for id in ids if id not in found]:
        msg = "What the thread asks for was changed since."
        issues = [f"customer_needs.{id}: was changed or removed since" for id in missing]
        raise Conflict(msg, issues=issues)


@dataclass(frozen=True, slots=True)
class _Change:
    """What changes of the thread itself, and all that is told of it and of its needs."""

    columns: Mapping[str, object]
    links: Mapping[str, object]
    events: Sequence[Event]

    @classmethod
    def of(cls, event: PastEvent, row: Row, needs: _Needs) -> "_Change":
        """That which takes `event` back."""
        before = _before(row)
        after = rules.given_back(before, event)
        differing = {name for name in after if after[name] != before[name]}
        links = {"tag_ids": after["tag_ids"]} if "tag_ids" in differing else {}
        columns = {name: after[name] for name in differing - {"tag_ids"}}
        events = [*_events(event, before, after), *needs.events(event.subject_id)]
        return cls(columns, links, events)

    @property
    def is_empty(self) -> bool:
        return not (self.columns or self.links or self.events[0].after)


def _before(row: Row) -> thread_rules.Thread:
    """The thread as it shows itself: what was deleted is not there, though a column names it."""
    present = {name: row[f"present_{name}"] for name in ("contact_id", "company_id", "assignee_id")}
    columns = {name: row[name] for name in THREAD.columns}
    return {**columns, **present, "tag_ids": frozenset(row["tag_ids"])}


def _events(
    event: PastEvent, before: thread_rules.Thread, after: thread_rules.Thread
) -> list[Event]:
    id = event.subject_id
    sides = zip(thread_rules.difference(before, after), rules.reversed_links(event), strict=True)
    was, becomes = ({**own, **links} for own, links in sides)
    untold = thread_rules.internal_before(before, after)
    first, *others = thread_rules.events_of(before, after)
    own = Event(first, id, was or None, becomes or None, internal_before=untold)
    return [own, *(Event(each, id, was, becomes) for each in others)]


def _unless_of_thread(plain: Inverse | None) -> Inverse:
    """Takes back as `plain` that a contact was made, unless it was made for a thread.

    Then it stays when the thread goes: others may have come to use it.
    """
    assert plain is not None, "no contact is made along with something else of itself"

    async def inverse(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
        write = (event.write_id, first_id_before(event.id))
        if await con.fetchval(sql.MADE_A_THREAD, context.workspace_id, *write):
            return ()
        return await plain(con, context, event)

    return inverse


# Of threads, their needs, and the contacts that they make.
INVERSES: Inverses = {
    **inverses_of(THREAD, told_along=("status_changed", "assigned", "tagged")),
    "thread.updated": undo_update,
    **dict.fromkeys(NEED_EVENTS),
    "contact.created": _unless_of_thread(CONTACT_INVERSES["contact.created"]),
}
