"""What is to leave for the outside: planned in the write that it tells of, and taken from there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.deliveries import sql
from looplane.deliveries.schemas import DeliveryChannel, NewDelivery
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import new_id


async def plan_delivery(
    con: Connection, context: Context, write: Mapping[str, Any], delivery: NewDelivery
) -> UUID:
    """Plans a delivery in the transaction of `write` (see `events.as_write`); its id.

    It belongs to the first event of the write.
    """
    event, now = write["events"][0], write["created_at"]
    return await _plan(con, context.workspace_id, (event["id"], event["type"]), now, delivery)


async def plan_untold_delivery(
    con: Connection, workspace_id: UUID, now: datetime, delivery: NewDelivery
) -> UUID:
    """Plans a delivery of which no event tells, such as a link that signs in; its id."""
    return await _plan(con, workspace_id, (new_id(), None), now, delivery)


async def cancel_queued(
    con: Connection, context: Context, channel: DeliveryChannel, queue: str, reason: str
) -> None:
    """Cancels what waits for a target that is deleted, in the transaction in which it is."""
    key = (context.workspace_id, channel, queue)
    await con.execute(sql.FORGET_QUEUE, *key)
    await con.execute(sql.CANCEL_QUEUED, *key, context.clock(), reason)


async def _plan(
    con: Connection,
    workspace_id: UUID,
    event: tuple[UUID, str | None],
    now: datetime,
    delivery: NewDelivery,
) -> UUID:
    id = new_id()
    what = (delivery.kind, delivery.channel, delivery.target, delivery.subject_id)
    where = (delivery.thread_id, delivery.queue, delivery.lane)
    await con.execute(sql.INSERT, workspace_id, id, *event, *what, *where, now)
    return id
