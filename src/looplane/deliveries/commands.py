"""What is to leave for the outside: planned in the write that it tells of, and taken from there."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from looplane.deliveries import sql
from looplane.deliveries.schemas import DeliveryChannel, DeliveryKind
from looplane.kit.clock import Clock
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import new_id
from looplane.kit.text import storable

# How long to wait after each attempt that failed; after the last one nothing more is tried.
RETRY_AFTER = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 24 * 60, 24 * 60)
)
_PATIENCE = 10.0  # seconds for one delivery
_ROUND = 30.0  # seconds after which a round begins no other
_MAX_REASON_LENGTH = 500  # characters


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What is to be delivered; `target` is to whom or where, as the channel spells it."""

    kind: DeliveryKind
    channel: DeliveryChannel
    target: str
    subject_id: UUID
    thread_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """What is to be delivered now, after so many `attempts` that failed."""

    workspace_id: UUID
    id: UUID
    kind: DeliveryKind
    channel: DeliveryChannel
    target: str
    subject_id: UUID
    thread_id: UUID | None
    attempts: int


class Channel(Protocol):
    """A way to the outside; `name` is what a delivery says it was taken by."""

    name: str

    async def deliver(self, con: Connection, delivery: DueDelivery) -> None:
        """Hands a delivery over, which may happen more than once.

        What it raises is why it was not delivered; the text is kept for people to read.
        """
        ...


Channels = Mapping[DeliveryChannel, Channel]


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


async def _plan(
    con: Connection,
    workspace_id: UUID,
    event: tuple[UUID, str | None],
    now: datetime,
    delivery: NewDelivery,
) -> UUID:
    id = new_id()
    what = (delivery.kind, delivery.channel, delivery.target, delivery.subject_id)
    of = (*event, *what, delivery.thread_id, now)
    await con.execute(sql.INSERT, workspace_id, id, *of)
    return id


@dataclass(slots=True)
class Delivering:
    """What one round has done: how many were delivered, and which were not, and why."""

    delivered: int = 0
    failures: list[tuple[DueDelivery, str]] = field(default_factory=list)


async def deliver_due(con: Connection, clock: Clock, channels: Channels) -> Delivering:
    """Hands over what is due, in all workspaces, one by one.

    Each is held while it is handed over, so that no other worker has it, and is due as before if
    this process dies meanwhile: it is delivered at least once. Within a transaction, as behind
    a pooler, a round is one delivery, so that no mark is lost with those that follow.

    One that fails is tried again later and keeps only what follows it in its thread. Raises what
    went wrong with the connection itself.
    """
    done, end = Delivering(), time.monotonic() + _ROUND
    while time.monotonic() < end and await _deliver_next(con, clock, channels, done):
        if con.is_in_transaction():
            break
    return done


async def _deliver_next(
    con: Connection, clock: Clock, channels: Channels, done: Delivering
) -> bool:
    """False where nothing is due that nobody else has."""
    async with con.transaction():
        row = await con.fetchrow(sql.TAKE_DUE, clock())
        if row is None:
            return False
        delivery = DueDelivery(**row)
        key = (delivery.workspace_id, delivery.id)
        channel = channels.get(delivery.channel)
        if (reason := await _why_not(con, channel, delivery)) is None:
            assert channel is not None, "what has no channel is not delivered"
            await con.execute(sql.MARK_DELIVERED, *key, clock(), channel.name)
            done.delivered += 1
            return True
        now = clock()
        left = RETRY_AFTER[delivery.attempts : delivery.attempts + 1]
        await con.execute(sql.MARK_FAILED, *key, now, reason, now + left[0] if left else None)
        done.failures.append((delivery, reason))
    return True


async def _why_not(con: Connection, channel: Channel | None, delivery: DueDelivery) -> str | None:
    """Tries to deliver; why that did not go, or None."""
    if channel is None:
        return f"The channel {delivery.channel} is not set up."
    try:
        # A savepoint: what a channel breaks here, the mark of its failure outlasts.
        async with asyncio.timeout(_PATIENCE), con.transaction():
            await channel.deliver(con, delivery)
    except TimeoutError:
        return f"It took longer than {_PATIENCE:.0f} s."
    except Exception as error:
        if con.is_closed():
            raise
        return storable(str(error) or type(error).__name__)[:_MAX_REASON_LENGTH]
    return None
