"""Deliveries that are planned at will, and what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.deliveries.commands import plan_untold_delivery
from looplane.deliveries.schemas import NewDelivery
from looplane.kit.ids import new_id

_ROWS = """
select id, target, state, attempts, next_attempt_at, tries, is_routed, is_behind
from deliveries where workspace_id = $1 order by seq"""
_ATTEMPTS = """
select a.number, a.outcome, a.reason from delivery_attempts a
where a.workspace_id = $1 and a.delivery_id = $2 order by a.number"""


async def plan(  # where it goes, and what goes before it
    db: Any,
    workspace_id: UUID,
    now: datetime,
    target: str = "a@mail.example",
    lane: UUID | None = None,
    queue: str = "",
) -> UUID:
    """Plans an invite, of which a channel needs nothing else."""
    channel: Any = "webhook" if queue else "email"
    delivery = NewDelivery("invite", channel, target, new_id(), queue=queue, lane=lane)
    return await plan_untold_delivery(db, workspace_id, now, delivery)


async def rows_of(db: Any, workspace_id: UUID) -> list[Any]:
    return list(await db.fetch(_ROWS, workspace_id))


async def states_of(db: Any, workspace_id: UUID) -> list[str]:
    return [row["state"] for row in await rows_of(db, workspace_id)]


async def attempts_of(db: Any, workspace_id: UUID, id: UUID) -> list[tuple[int, str]]:
    found = await db.fetch(_ATTEMPTS, workspace_id, id)
    return [(row["number"], row["outcome"]) for row in found]
