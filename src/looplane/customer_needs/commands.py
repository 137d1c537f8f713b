"""What can be done with customer needs."""

from uuid import UUID

from looplane.customer_needs import sql
from looplane.events import event, kinds
from looplane.kit.auth import By
from looplane.kit.db import Connection
from looplane.kit.ids import new_id


async def link_new_thread(
    con: Connection, by: By, thread_id: UUID, project_id: UUID | None, issue_id: UUID | None
) -> tuple[str, ...]:
    """The needs that a thread is born with; says the types of the events."""
    told: tuple[str, ...] = ()
    if project_id:
        told += await _insert(con, by, thread_id, project_id, None)
    if issue_id:
        told += await _insert(con, by, thread_id, None, issue_id)
    return told


async def _insert(
    con: Connection, by: By, thread_id: UUID, project_id: UUID | None, issue_id: UUID | None
) -> tuple[str, ...]:
    id = new_id()
    recorded = [event(by, "customer_need.created", id)]
    by_field = project_id is not None
    ids = (thread_id, project_id, issue_id)
    await con.execute(sql.INSERT, by.workspace_id, id, by.now, recorded, *ids, 0.0, by_field)
    return kinds(recorded)
