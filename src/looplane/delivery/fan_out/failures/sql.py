"""Statements on events that could not be fanned out, and are set aside."""

from datetime import datetime
from uuid import UUID

from looplane.event_feed.schemas import FannedEvent
from looplane.kit.database import Connection, Row

# $1 workspace, $2 event, $3 its position, $4 its type, $5 why, $6 how often it was tried, $7 now
INSERT = """
insert into fan_out_failures (workspace_id, event_id, position, event_type, reason, tries,
  failed_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (workspace_id, event_id) do update set reason = excluded.reason,
  tries = fan_out_failures.tries + excluded.tries, failed_at = excluded.failed_at"""
COUNT = "select count(*) from fan_out_failures"
# As they happened, after a place. $1 workspace, $2 position, $3 event
NEXT = """
select workspace_id, event_id, position from fan_out_failures
where (workspace_id, position, event_id) > ($1, $2, $3)
order by workspace_id, position, event_id limit 1 for update skip locked"""
DELETE = "delete from fan_out_failures where workspace_id = $1 and event_id = $2"


async def insert_failure(  # noqa: PLR0913  # what it says
    con: Connection,
    workspace_id: UUID,
    event: FannedEvent,
    reason: str,
    tries: int,
    now: datetime,
) -> None:
    """Keeps which event could not be fanned out."""
    of_event = event.id, event.position, event.type
    await con.execute(INSERT, workspace_id, *of_event, reason, tries, now)


async def count_failures(con: Connection) -> int:
    """How many events of all workspaces are set aside."""
    count: int = await con.fetchval(COUNT)
    return count


async def next_failure(con: Connection, after: tuple[UUID, int, UUID]) -> Row | None:
    """The next one after a workspace, position and event; it is held."""
    found: Row | None = await con.fetchrow(NEXT, *after)
    return found


async def delete_failure(con: Connection, workspace_id: UUID, event_id: UUID) -> None:
    """Forgets one."""
    await con.execute(DELETE, workspace_id, event_id)
