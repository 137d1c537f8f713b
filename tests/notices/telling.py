"""Tells the team of what happened in a workspace, as the fan-out of events does."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx

from looplane.event_feed.schemas import FannedEvent
from looplane.kit.clock import Clock
from looplane.notices.fan_out.commands import NoticeFan
from tests.factory import Factory
from tests.sessions import APP

_NAMES = ("position", "id", "type", "subject_id", "aggregate_id", "write_id", "version", "actor",
          "created_at", "before", "after")  # fmt: skip


async def fanned_events(db: Any, workspace_id: UUID) -> list[FannedEvent]:
    """All events of a workspace, in the order in which they can be followed."""
    rows = await db.fetch(
        "select * from events where workspace_id = $1 order by position, id", workspace_id
    )
    return [FannedEvent(**{name: row[name] for name in _NAMES}) for row in rows]


async def tell(
    db: Any, workspace_id: UUID, clock: Clock, events: Sequence[FannedEvent] | None = None
) -> int:
    """Tells of all that happened, or of these `events`; how many deliveries that planned."""
    happened = await fanned_events(db, workspace_id) if events is None else events
    async with db.transaction():
        return await NoticeFan(clock)(db, workspace_id, happened)


async def notices_of(db: Any, member_id: UUID | str) -> list[dict[str, Any]]:
    """What a member is told, the oldest first, and by which channels it leaves."""
    rows = await db.fetch(
        "select n.*, array(select d.channel || ' ' || d.target from deliveries d"
        " where d.workspace_id = n.workspace_id and d.subject_id = n.id order by 1) as leaves"
        " from notices n where n.member_id = $1 order by n.created_at, n.id",
        UUID(str(member_id)),
    )
    return [dict(row) for row in rows]


async def assign(make: Factory, member: str, count: int = 1) -> list[str]:
    return [(await make.thread(assignee_id=member))["id"] for _ in range(count)]


async def listed(session: httpx.AsyncClient, **query: Any) -> tuple[list[str], int]:
    """The threads that notices are about, and how many are not read."""
    answer = await session.get(f"{APP}/notices", params=query)
    assert answer.status_code == 200, answer.text
    return [each["thread_id"] for each in answer.json()["data"]], answer.json()["unread_count"]


async def told(db: Any, member_id: object) -> list[str]:
    """The reasons for which a member is told, the oldest first."""
    return [each["reason"] for each in await notices_of(db, str(member_id))]
