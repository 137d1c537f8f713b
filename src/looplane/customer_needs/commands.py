"""What can be done with customer needs. The version that counts is the thread's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from looplane.changes import deleted
from looplane.customer_needs import sql
from looplane.customer_needs.schemas import CustomerNeedCreate
from looplane.events import Event, Values, as_write, difference, types_of
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

_FIELDS = ("issue", "project")


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
        rows = await con.fetch(sql.FIND, context.workspace_id, thread_id, *ids)
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
        need = Event("customer_need.deleted", id, aggregate_id=thread_id)
        events = [need, Event("thread.updated", thread_id)]
        write = as_write(context, thread.now, events)
        args = (context.workspace_id, thread_id, id, write)
        or_404(await con.fetchval(sql.DELETE, *args), sql.NOUN)
        version = await touch_thread(con, context, thread, write)
    return deleted(id, events, version)


def _faults(sent: Mapping[str, Any], rows: Sequence[Row]) -> list[str]:
    """What is named and is not there."""
    return [
        fault
        for noun in _FIELDS
        for fault in unknown_references(
            sent, f"{noun}_ids", noun, [row[f"{noun}_id"] for row in rows if row[f"{noun}_id"]]
        )
    ]


@dataclass(frozen=True, slots=True)
class _Differing:
    """Needs that are there and differ from what was asked for, by their id."""

    before: Mapping[str, Values]
    after: Mapping[str, Values]

    @classmethod
    def of(cls, rows: Sequence[Row], priority: float | None) -> "_Differing":
        before, after = {}, {}
        for row in rows:
            if row["id"] is None:
                continue
            is_now = {
                "priority": row["priority"],
                "is_of_project_field": row["is_of_project_field"],
            }
            kept = row["priority"] if priority is None else priority
            was, becomes = difference(is_now, {"priority": kept, "is_of_project_field": False})
            if becomes:
                before[str(row["id"])], after[str(row["id"])] = was, becomes
        return cls(before, after)


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
    if not needs and not differing.after:
        return []
    before_and_after = ({"customer_needs": differing.before}, {"customer_needs": differing.after})
    changed = Event("thread.updated", thread.id, *(before_and_after if differing.after else ()))
    events = [*(need.event(thread.id) for need in needs), changed]
    write = as_write(context, thread.now, events)
    if needs:
        new_priority = priority or 0.0
        await insert_needs(con, context, thread.id, needs, write, priority=new_priority)
    if differing.after:
        ids = [UUID(id) for id in differing.after]
        await con.execute(sql.UPDATE, context.workspace_id, ids, thread.now, priority)
    await touch_thread(con, context, thread, write)
    return events
