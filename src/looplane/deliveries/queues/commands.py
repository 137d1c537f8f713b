"""How a queue of deliveries is paused, and how it goes on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from looplane.deliveries.queues import sql
from looplane.deliveries.queues.schemas import DeliveryQueueName, DeliveryQueuePause
from looplane.events import Event, as_write, types_of
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict
from looplane.kit.ids import parse_id
from looplane.kit.responses import Answer

PAUSED, RESUMED = "delivery.queue_paused", "delivery.queue_resumed"
EVENT_TYPES = (PAUSED, RESUMED)
_WEBHOOK, _ACTIVE = "webhook", "active"
_PAUSED_BY_HAND = "It was paused over the API."


async def pause_queue(con: Connection, context: Context, body: DeliveryQueuePause) -> Answer:
    """Makes what is queued wait; what is on its way arrives. Raises ValidationFailed."""
    sent = body.model_dump()
    async with con.transaction():
        row, _ = await _hold(con, context, sent)
        if row["paused_at"] is not None:
            return Answer(row["body"])
        now, key = context.clock(), _key(context, sent)
        await con.execute(sql.PAUSE, *key, now, sent.get("reason") or _PAUSED_BY_HAND)
        return await _told(con, context, sent, now, PAUSED)


async def resume_queue(con: Connection, context: Context, body: DeliveryQueueName) -> Answer:
    """Lets a queue that is paused or fails go on now.

    Raises ValidationFailed, and Conflict where its webhook is not active.
    """
    sent = body.model_dump()
    async with con.transaction():
        row, status = await _hold(con, context, sent)
        if status not in {None, _ACTIVE}:
            msg = f"The webhook is {status}; set its status to `active`, and its queue goes on."
            raise Conflict(msg)
        if row["paused_at"] is None and not row["failures"]:
            return Answer(row["body"])
        now = context.clock()
        await con.execute(sql.RESUME, *_key(context, sent), now)
        return await _told(con, context, sent, now, RESUMED)


def _key(context: Context, sent: Mapping[str, Any]) -> tuple[Any, ...]:
    return (context.workspace_id, sent.get("channel"), sent.get("queue"))


async def _hold(
    con: Connection, context: Context, sent: Mapping[str, Any]
) -> tuple[Row, str | None]:
    """The queue, which is held, and the status of its webhook if it has one.

    The webhook is held before the queue, as by those who change it. Raises ValidationFailed where
    there is neither.
    """
    context.raise_faults()
    channel, queue = sent["channel"], sent["queue"]
    is_webhook, status = channel == _WEBHOOK, None
    if is_webhook:
        status = await con.fetchval(sql.HOLD_WEBHOOK, context.workspace_id, parse_id(queue))
    if queue if not is_webhook else status is None:
        context.raise_faults([f"queue: there is no such queue of the channel {channel}"])
    key = _key(context, sent)
    await con.execute(sql.MAKE, *key)
    row = await con.fetchrow(sql.HOLD, *key)
    assert row is not None, "it was made"
    return row, status


async def _told(
    con: Connection, context: Context, sent: Mapping[str, Any], now: datetime, type: str
) -> Answer:
    event = Event(type, parse_id(sent["queue"]) or context.write_id)
    write = as_write(context, now, [event])
    name = (sent["queue"], sent["channel"])
    await con.execute(sql.INSERT_EVENT, context.workspace_id, write, *name)
    body = await con.fetchval(sql.GET, *_key(context, sent))
    return Answer(body, events=types_of([event]))
