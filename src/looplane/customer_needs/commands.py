"""What can be done with customer needs. The version that counts is the thread's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from looplane.changes import deleted
from looplane.customer_needs import sql
from looplane.customer_needs.schemas import CustomerNeedCreate
from looplane.events import Event, Values, as_write, types_of
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.ids import new_id
from looplane.kit.references import reference_ids, unknown_references
from looplane.kit.responses import Answer, or_404
from looplane.threads.children.commands import (
    HeldThread,
    NewNeed,
    hold_thread,
    insert_needs,
    touch_thread,
)

_NOUNS = ("issue", "project")


async def create_customer_needs(
    con: Connection, context: Context, thread_id: UUID, body: CustomerNeedCreate
) -> Answer:
    """Links a thread to projects and issues; what is linked already keeps its need.

    Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    sent = body.model_dump(exclude_unset=True)
    ids = [reference_ids(sent, f"{field}_ids") for field in ("project", "issue")]
    async with con.transaction():
        thread = await hold_thread(con, context, thread_id)
        rows = await con.fetch(sql.FIND_REFERENCES, context.workspace_id, thread_id, *ids)
        context.raise_faults(_faults(sent, rows))
        events = await _link(con, context, thread, rows, sent.get("priority"))
        bodies, version = await sql.list_needs(con, context, thread_id, *ids)
    return Answer(f'{{"data":[{",".join(bodies)}]}}', version, types_of(events))


async def delete_customer_need(
    con: Connection, context: Context, thread_id: UUID, id: UUID
) -> Answer:
    """Removes a need from its thread for good. Raises NotFound, PreconditionFailed."""
    async with con.transaction():
        thread = await hold_thread(con, context, thread_id)
        args = (context.workspace_id, thread_id, id)
        need = or_404(await con.fetchrow(sql.FIND, *args), sql.NOUN)
        was, is_field = {"project_id": need["project_id"]}, need["is_of_project_field"]
        field = (was, {"project_id": None}) if is_field else (None, None)
        removal = Event("customer_need.deleted", id, aggregate_id=thread_id)
        events = [Event("thread.updated", thread_id, *field), removal]
        write = as_write(context, thread.now, events)
        await con.execute(sql.DELETE, context.workspace_id, id, write)
        version = await touch_thread(con, context, thread, write)
    return deleted(id, events, version)


def _faults(sent: Mapping[str, Any], rows: Sequence[Row]) -> list[str]:
    """What is named and is not there."""
    return [
        fault
        for noun in _NOUNS
        for fault in unknown_references(
            sent, f"{noun}_ids", noun, [row[f"{noun}_id"] for row in rows if row[f"{noun}_id"]]
        )
    ]


@dataclass(frozen=True, slots=True)
class _Differing:
    """Needs that are there and differ from what was asked for, and what an event says of it.

    One that the thread's `project_id` made is then like any that was posted: the field is empty.
    """

    ids: Sequence[UUID]
    before: Values
    after: Values

    @classmethod
    def of(cls, rows: Sequence[Row], priority: float | None) -> "_Differing":
        there = [row for row in rows if row["id"] is not None]
        raised = [row for row in there if priority not in {None, row["priority"]}]
        taken = [row for row in there if row["is_of_project_field"]]
        before: dict[str, object] = {}
        after: dict[str, object] = {}
        for row in taken:
            before["project_id"], after["project_id"] = row["project_id"], None
        if raised:
            before["customer_needs"] = {str(r["id"]): {"priority": r["priority"]} for r in raised}
            after["customer_needs"] = {str(r["id"]): {"priority": priority} for r in raised}
        return cls([row["id"] for row in (*raised, *taken)], before, after)


async def _link(
    con: Connection,
    context: Context,
    thread: HeldThread,
    rows: Sequence[Row],
    priority: float | None,
) -> list[Event]:
    """Makes the needs that are missing, changes those that differ; the events."""
    needs = [
        NewNeed(row["project_id"], row["issue_id"], new_id()) for row in rows if row["id"] is None
    ]
    differing = _Differing.of(rows, priority)
    if not needs and not differing.ids:
        return []
    before_and_after = (differing.before, differing.after) if differing.ids else ()
    changed = Event("thread.updated", thread.id, *before_and_after)
    events = [changed, *(need.event(thread.id) for need in needs)]
    write = as_write(context, thread.now, events)
    if needs:
        new_priority = priority or 0.0
        await insert_needs(con, context, thread.id, needs, write, priority=new_priority)
    if differing.ids:
        await con.execute(sql.UPDATE, context.workspace_id, differing.ids, thread.now, priority)
    await touch_thread(con, context, thread, write)
    return events
