"""Deliveries as the worker makes them, in steps that a test can take one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from looplane.deliveries.schemas import DeliveryChannel
from looplane.delivery.dead.commands import tell_dead
from looplane.delivery.dispatch.commands import Dispatcher
from looplane.delivery.schemas import Attempted, Channel, DueDelivery, Sent
from looplane.kit.clock import Clock
from tests.one_connection import OneConnection


async def cancel_all(db: Any) -> None:
    """Nothing that other tests left is due any more, and no target fails."""
    await db.execute(
        "update deliveries set state = 'canceled', next_attempt_at = null, is_routed = false"
        " where state in ('planned', 'queued')"
    )
    # What ended elsewhere waits to be told to its queue.
    await db.execute("update deliveries set is_routed = false where is_routed")
    await db.execute("update delivery_queues set due_at = null, failures = 0, failing_since = null")


async def follow_all(db: Any) -> None:
    """Nothing that happened until now is still to be told to anybody."""
    await db.execute(
        "insert into fan_outs (workspace_id, position, event_id)"
        " select distinct on (workspace_id) workspace_id, position, id from events"
        " order by workspace_id, position desc, id desc"
        " on conflict (workspace_id) do update"
        " set position = excluded.position, event_id = excluded.event_id"
    )


class Sink:
    """A channel that keeps what it is given, after `before` has had a look at it."""

    name = "sink"
    most_at_once = 10
    seconds = 10.0

    def __init__(self, before: Callable[[DueDelivery], Attempted | None] = lambda _: None) -> None:
        self.taken: list[DueDelivery] = []
        self._before = before

    async def load(self, _con: Any, deliveries: Sequence[DueDelivery]) -> Mapping[UUID, Any]:
        return {each.id: each for each in deliveries}

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
        assert loaded is delivery
        if (attempted := self._before(delivery)) is None:
            self.taken.append(delivery)
        return attempted or Attempted("delivered")


@dataclass
class Delivered:
    """What was done: how many were delivered, and which were not, and why."""

    delivered: int = 0
    failures: list[tuple[DueDelivery, str | None]] = field(default_factory=list)


def dispatcher_of(
    database: Any, clock: Clock, channels: Mapping[DeliveryChannel, Channel]
) -> Dispatcher:
    """One that waits exactly as long as the schedule says."""
    return Dispatcher(database, clock, channels, partial(tell_dead, clock), jitter=lambda: 1.0)


async def deliver_due(
    con: Any, clock: Clock, channels: Mapping[DeliveryChannel, Channel]
) -> Delivered:
    """Delivers what is due now, over one connection."""
    done = Delivered()
    for each in await dispatcher_of(OneConnection(con), clock, channels).drain():
        add(done, each)
    return done


def add(done: Delivered, sent: Sent) -> None:
    if sent.attempted.outcome == "delivered":
        done.delivered += 1
    else:
        done.failures.append((sent.delivery, sent.attempted.reason))
