"""How a thread is changed: looked at, decided, and written in one atomic call."""

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.changes import as_found, write_optimistically
from looplane.events import Event, as_write, types_of
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.ids import new_id
from looplane.kit.references import reference_id, unknown_reference, unknown_references
from looplane.kit.responses import Answer
from looplane.notices.asked.commands import AskedNotices, answer_headers, plan_asked
from looplane.threads import rules, sql
from looplane.threads.schemas import ExpandQuery
from looplane.threads.sql import THREAD
from looplane.threads.update import sql as update


async def change_thread(
    con: Connection,
    context: Context,
    id: UUID,
    sent: Mapping[str, Any],
    judge: Callable[[Row], None] = lambda _: None,
) -> Answer:
    """Changes a thread by the fields of an update, and `add_tag_ids` and `remove_tag_ids`.

    `judge` is given the thread, with what there is of what is named, before all else is judged but
    its version; it refuses by raising. Raises NotFound, PreconditionFailed, ValidationFailed.
    """

    async def attempt() -> Answer | None:
        row = await update.find(con, context, id, sent)
        context.precondition.check(row["version"])
        judge(row)
        change = decide(context, id, row, sent)
        if change.is_none:
            present = await sql.get_thread(con, context, id, ExpandQuery())
            return as_found(present, change.row["version"])
        return await write_change(con, context, change)

    key = (context.workspace_id, id)
    return await write_optimistically(con, attempt, lambda: con.execute(THREAD.lock, *key))


@dataclass(frozen=True, slots=True)
class DecidedChange:
    """A change of a thread that is decided: what was read, what is to be, when, and why."""

    id: UUID
    row: Row
    before: rules.Thread
    after: rules.Thread
    now: datetime
    sent: Mapping[str, Any] = field(default_factory=dict)
    need_id: UUID = field(default_factory=new_id)

    @property
    def is_none(self) -> bool:
        """Whether all is as it is to be."""
        return self.after == self.before

    def differs(self, name: str) -> bool:
        """Whether this is to be another than it is."""
        return bool(self.after.get(name) != self.before.get(name))


def decide(context: Context, id: UUID, row: Row, sent: Mapping[str, Any]) -> DecidedChange:
    """What becomes of the thread in `row`, which `update.find` found for `sent`.

    Raises ValidationFailed.
    """
    now = later_than(row["updated_at"], context.clock)
    before = state_of(row, sent)
    faults = [*_patch_faults(sent, row), *rules.state_faults(before, sent, now)]
    context.raise_faults([*faults, *rules.draft_faults(before, sent)])
    after = rules.apply(before, sent, now, CLEANER_VERSION)
    return DecidedChange(id, row, before, after, now, sent)


def state_of(row: Row, sent: Mapping[str, Any]) -> rules.Thread:
    """The thread in such a row, as the rules take it; with its links where `sent` is about them."""
    before = {name: row[name] for name in THREAD.columns}
    if not update.looks_at_links(sent):
        return before
    present = {name: row[f"present_{name}"] for name in ("contact_id", "company_id", "assignee_id")}
    return {
        **before,
        # What was deleted is no longer there, though the column still names it.
        **present,
        "tag_ids": frozenset(row["tag_ids"]),
        "project_id": row["project_id"],
        "linked_project_ids": frozenset(row["linked_project_ids"]),
        "contact_company_id": row["contact_company_id"],
    }


def link_faults(sent: Mapping[str, Any], found: Row) -> list[str]:
    """What a body names and is not there."""
    faults = unknown_reference(sent, "company_id", "company", found["company_found"])
    faults += unknown_reference(sent, "project_id", "project", found["project_found"])
    if sent.get("assignee_id") is not None and found["assignee_role"] == "VIEWER":
        return [*faults, "assignee_id: a VIEWER cannot be assigned"]
    return [*faults, *unknown_reference(sent, "assignee_id", "member", found["assignee_role"])]


def reference_faults(sent: Mapping[str, Any], found: Row) -> list[str]:
    """What a change names and is not there."""
    contact = found["contact_found"] if reference_id(sent, "contact_id") else None
    faults = [*link_faults(sent, found), *unknown_reference(sent, "contact_id", "contact", contact)]
    return [*faults, *_tag_faults(sent, found["tags_found"] or ())]


def _patch_faults(sent: Mapping[str, Any], row: Row) -> list[str]:
    return reference_faults(sent, row) if update.looks_at_links(sent) else []


def _tag_faults(sent: Mapping[str, Any], found: Collection[UUID]) -> list[str]:
    """A tag that is to go may be gone already."""
    named = sent.keys() & {"tag_ids", "add_tag_ids"}
    unknown = (unknown_references(sent, name, "tag", found) for name in sorted(named))
    return list(itertools.chain.from_iterable(unknown))


async def write_change(
    con: Connection, context: Context, change: DecidedChange, *, is_of_many: bool = False
) -> Answer | None:
    """The one atomic call; None when the thread has moved. `is_of_many`: others change with it."""
    watchers = change.row.get("watchers") or ()
    asked = rules.notices(
        change.sent.get("notify", {}), change.after["assignee_id"], watchers, context.member_id
    )
    events = _events(change, asked)
    columns = {name: change.after[name] for name in THREAD.columns if change.differs(name)}
    write = as_write(context, change.now, events)
    key = (context.workspace_id, change.id, change.row["version"])
    args = (*key, columns, _links(change, events), write, context.member_id)
    telling = await plan_asked(con, context, write, asked, is_of_many=is_of_many)
    row = await _write(con, args, telling)
    if row is None:
        return None
    said = answer_headers(telling, row.get("planned", ()))
    version = change.row["version"] + 1
    return Answer(update.as_seen(row), version, types_of(events), **said)


async def _write(con: Connection, args: Sequence[object], telling: AskedNotices) -> Row | None:
    """The row that is answered, with the notices that were asked for in the same statement."""
    told = telling.telling
    if not told.notices:
        return await con.fetchrow(update.UPDATE, *args)
    return await con.fetchrow(update.UPDATE_AND_TELL, *args, told.rows, told.deliveries)


def _links(change: DecidedChange, events: Sequence[Event]) -> dict[str, object]:
    """The links that change, as the statement takes them."""
    links: dict[str, object] = {}
    if change.differs("tag_ids"):
        links["tag_ids"] = change.after["tag_ids"]
    if change.differs("contact_company_id"):
        contact, company = (change.after[name] for name in ("contact_id", "contact_company_id"))
        event = [each.subject_id for each in events].index(contact)
        links["contact"] = {"id": contact, "company_id": company, "event": event}
    if change.differs("project_id"):
        links["need"] = {"id": change.need_id, "project_id": change.after["project_id"]}
    return links


def _events(change: DecidedChange, planned: list[dict[str, object]]) -> list[Event]:
    before, after = change.before, change.after
    difference = rules.difference(before, after)
    first, *others = rules.events_of(before, after)
    untold = rules.internal_before(before, after)
    told_to = planned or None
    events = [Event(first, change.id, *difference, notify=told_to, internal_before=untold)]
    events += [Event(each, change.id, *difference) for each in others]
    if change.differs("contact_company_id"):
        was, becomes = ({"company_id": each["contact_company_id"]} for each in (before, after))
        events.append(Event("contact.updated", after["contact_id"], was, becomes))
    if change.differs("project_id"):
        if before["project_id"]:
            need_id = change.row["need_id"]
            events.append(Event("customer_need.deleted", need_id, aggregate_id=change.id))
        if after["project_id"]:
            events.append(Event("customer_need.created", change.need_id, aggregate_id=change.id))
    return events
