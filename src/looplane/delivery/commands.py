"""How deliveries are taken from their queues, sent, and given back with what came of them."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from looplane.deliveries.schemas import DeliveryChannel
from looplane.delivery import rules, sql
from looplane.delivery.leases.sql import Key, claim, hold_leased
from looplane.delivery.schemas import (
    Attempted,
    Channel,
    Channels,
    ClaimedQueue,
    DueDelivery,
    Sent,
    SentQueue,
)
from looplane.delivery.sql import Begun
from looplane.kit.clock import Clock
from looplane.kit.database import Connection
from looplane.kit.ids import parse_id
from looplane.kit.pacing import Paced
from looplane.kit.text import storable_json
from looplane.kit.tracing import Span, work_span

# Until a queue that nobody gives back is due again, as after a kill; who is at one renews it.
LEASE = timedelta(seconds=15)
# What an attempt may take.
MOST_SECONDS = 30.0

_GONE = "What it told of is gone."


def any_jitter() -> float:
    """Up to a tenth more or less."""
    return random.uniform(0.9, 1.1)  # noqa: S311  # spreads what comes at once, and hides nothing


@dataclass(frozen=True, slots=True)
class Taken:
    """A queue that is ours, and what of it is to be sent, each with what its channel has loaded."""

    queue: ClaimedQueue
    begun: Sequence[Begun]
    loaded: Mapping[UUID, Any]


async def take(  # noqa: PLR0913  # with what it is done, and how much
    con: Connection,
    clock: Clock,
    channels: Channels,
    room: int,
    failing_room: int,
    hold: Callable[[Sequence[ClaimedQueue]], None] = lambda _: None,
) -> list[Taken]:
    """Takes queues that are due, and begins an attempt at the first ones of each.

    So many at the most as there is room, and of those that fail fewer. What they need is loaded,
    after `hold` is told what is ours from now on. Only once this is over may they be sent.
    """
    async with con.transaction():
        now = clock()
        until = now + LEASE
        # Those that fail first: they never have all the room.
        queues = await claim(con, now, until, failing_room, failing=True)
        queues += await claim(con, now, until, room - len(queues), failing=False)
        if not queues:
            return []
        numbers = {_key(each): _most_at_once(channels, each) for each in queues}
        begun = await sql.begin(con, numbers, now)
    hold(queues)
    loaded = await _load_all(con, channels, begun, now)
    of_queues: dict[Key, list[Begun]] = {}
    for each in begun:
        of_queues.setdefault(each.queue, []).append(each)
    return [Taken(each, of_queues.get(_key(each), []), loaded) for each in queues]


async def _load_all(
    con: Connection, channels: Channels, begun: Sequence[Begun], now: datetime
) -> Mapping[UUID, Any]:
    loaded: dict[UUID, Any] = {
        each.delivery.id: rules.of_deleted_thread(each.thread_deleted_at, now)
        for each in begun
        if each.thread_deleted_at is not None
    }
    deliveries = [each.delivery for each in begun if each.delivery.id not in loaded]
    for name, channel in channels.items():
        loaded |= await _load(con, channel, [each for each in deliveries if each.channel == name])
    return loaded


def _key(queue: ClaimedQueue) -> Key:
    return (queue.workspace_id, queue.channel, queue.queue)


def _most_at_once(channels: Channels, queue: ClaimedQueue) -> int:
    channel = channels.get(queue.channel)
    return rules.PROBES if queue.failures or channel is None else channel.most_at_once


async def _load(
    con: Connection, channel: Channel, deliveries: Sequence[DueDelivery]
) -> Mapping[UUID, Any]:
    if not deliveries:
        return {}
    try:
        async with con.transaction():
            return await channel.load(con, deliveries)
    except Exception as error:
        if con.is_closed():
            raise
        failed = Attempted("failed", rules.reason_of(error))
        return dict.fromkeys([each.id for each in deliveries], failed)


async def send(  # noqa: PLR0913  # what is sent, by what, and whom that is told
    taken: Taken,
    clock: Clock,
    channels: Channels,
    hand_in: Callable[[SentQueue], None],
    paced: Paced,
    is_ours: Callable[[ClaimedQueue], bool] = lambda _: True,
) -> None:
    """Sends what was taken from a queue, each at its turn, and hands in each as it is over.

    With the last one, or where it is cancelled, the queue is handed in. Of one that is no longer
    ours by then nothing more begins: another worker may be at it.
    """
    channel, over = channels.get(taken.queue.channel), list[Attempted]()

    async def send_one(begun: Begun) -> None:
        async with paced.turn():
            if not is_ours(taken.queue):
                return
            sent = await _send_one(begun, taken.loaded, clock, channel)
        over.append(sent.attempted)
        is_last = len(over) == len(taken.begun)
        hand_in(SentQueue(taken.queue, [sent], over if is_last else None))

    try:
        await asyncio.gather(*map(send_one, taken.begun))
    finally:
        if not over or len(over) < len(taken.begun):
            hand_in(SentQueue(taken.queue, [], over))


async def _send_one(
    begun: Begun, loaded: Mapping[UUID, Any], clock: Clock, channel: Channel | None
) -> Sent:
    started_at, delivery = clock(), begun.delivery
    with work_span() as span:
        if channel is None:
            attempted = _not_set_up(delivery.channel)
        else:
            what = loaded[delivery.id] if delivery.id in loaded else _gone(delivery)
            attempted = await _attempt(channel, delivery, what)
        if span is not None:
            _describe(span, delivery, attempted)
    by = channel.name if channel is not None else ""
    ended_at = max(clock(), started_at)
    return Sent(delivery, begun.tries, started_at, ended_at, attempted, by)


def _describe(span: Span, delivery: DueDelivery, attempted: Attempted) -> None:
    about: dict[str, str | int] = {
        "looplane.workspace": str(delivery.workspace_id),
        "looplane.delivery": str(delivery.id),
        "looplane.kind": delivery.kind,
        "looplane.attempt": delivery.attempt,
        "looplane.outcome": attempted.outcome,
    }
    span.finish(f"deliver {delivery.channel}", about, failed=attempted.outcome != "delivered")


def _gone(delivery: DueDelivery) -> Attempted:
    """Whoever deleted it wants nothing to leave; of an event that is gone a webhook misses it."""
    return Attempted("refused" if delivery.channel == "webhook" else "canceled", _GONE)


def _not_set_up(channel: DeliveryChannel) -> Attempted:
    return Attempted("failed", f"The channel {channel} is not set up.", is_target_down=True)


async def _attempt(channel: Channel, delivery: DueDelivery, loaded: Any) -> Attempted:  # noqa: ANN401  # the channel's own
    if isinstance(loaded, Attempted):
        return loaded
    try:
        async with asyncio.timeout(channel.seconds):
            return await channel.send(delivery, loaded)
    except TimeoutError:
        reason = f"It took longer than {channel.seconds:.0f} s."
        return Attempted("failed", reason, is_target_down=True)
    except Exception as error:  # noqa: BLE001  # whatever a channel raises is why it failed
        return Attempted("failed", rules.reason_of(error))


@dataclass(frozen=True, slots=True)
class Finished:
    """What was written down, those that died by their workspaces, and queues no longer ours."""

    sent: Sequence[Sent]
    died: Mapping[UUID, Sequence[UUID]]
    lost: Sequence[ClaimedQueue]


# Told of deliveries of a workspace that died, in the transaction in which they did.
TellDead = Callable[[Connection, UUID, Sequence[UUID]], Awaitable[None]]


async def finish(
    con: Connection,
    clock: Clock,
    queues: Sequence[SentQueue],
    tell_dead: TellDead,
    jitter: Callable[[], float] = any_jitter,
) -> Finished:
    """Writes down what came of attempts, and gives queues back that are through.

    What another worker has by now is left to it.
    """
    async with con.transaction():
        ours = await hold_leased(con, [each.queue for each in queues])
        held = [
            replace(each, queue=ours[each.queue.lease])
            for each in queues
            if each.queue.lease in ours
        ]
        lost = {each.queue.lease: each.queue for each in queues if each.queue.lease not in ours}
        sent = [each for queue in held for each in queue.sent]
        rows = await sql.record(con, [_as_row(each, jitter()) for each in sent]) if sent else []
        died: dict[UUID, list[UUID]] = {}
        for row in rows:
            if row["has_died"]:
                died.setdefault(row["workspace_id"], []).append(row["id"])
        for workspace_id, ids in died.items():
            await tell_dead(con, workspace_id, ids)
        if over := [each for each in held if each.over is not None]:
            now = clock()
            await sql.give_back(con, [_as_queue_row(each, now) for each in over])
    return Finished(sent, died, [*lost.values()])


def _as_row(sent: Sent, jitter: float) -> dict[str, object]:
    attempted, delivery = sent.attempted, sent.delivery
    again_at = rules.next_attempt_at(attempted, sent.tries, sent.ended_at, jitter)
    is_delivered = attempted.outcome == "delivered"
    return {
        "workspace_id": delivery.workspace_id,
        "id": delivery.id,
        "number": delivery.attempt,
        "started_at": sent.started_at,
        "ended_at": sent.ended_at,
        "outcome": attempted.outcome,
        "was_tried": attempted.was_tried,
        "reason": rules.clip(attempted.reason) if attempted.reason and not is_delivered else None,
        # What one target says must not keep what others said from being written down.
        "request": storable_json(attempted.request),
        "answer": storable_json(attempted.answer),
        "state": rules.state_after(attempted, again_at),
        "next_attempt_at": again_at,
        "delivered_by": sent.by if is_delivered else None,
    }


def _as_queue_row(each: SentQueue, now: datetime) -> dict[str, object]:
    queue = each.queue
    state = rules.queue_after(queue, each.over or (), now)
    names = {"workspace_id": queue.workspace_id, "channel": queue.channel, "queue": queue.queue}
    return {**names, **asdict(state), "target_id": parse_id(queue.queue)}
