"""What tests of webhooks start from."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from looplane.delivery.fan_out.commands import FanOut
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.webhook.commands import WebhookChannel, WebhookFan
from looplane.kit.database import Database
from looplane.kit.outbound import Outbound
from looplane.kit.secrets import Secrets
from tests.conftest import SteppedClock
from tests.dispatch import cancel_all, dispatcher_of
from tests.unlimited import UNLIMITED
from tests.webhooks.targets import Target, letting_through, target

Attempt = Callable[..., Awaitable[Attempted]]


@pytest.fixture
async def receiver() -> AsyncIterator[Target]:
    async with target() as server:
        yield server


@pytest.fixture
async def outbound(receiver: Target) -> AsyncIterator[Outbound]:
    async with letting_through(receiver) as reaching:
        yield reaching


@pytest.fixture
def channel(database: Database, outbound: Outbound, clock: SteppedClock) -> WebhookChannel:
    return WebhookChannel(database, outbound, Secrets(UNLIMITED), clock)


@pytest.fixture
def attempt(channel: WebhookChannel, db: Any) -> Attempt:
    """Loads a delivery and sends it, as a worker does."""

    async def run(id: str, number: int = 1) -> Attempted:
        (due,) = await due_of(db, id, number=number)
        loaded = (await channel.load(db, [due])).get(due.id)
        assert loaded is not None, "it is gone"
        return loaded if isinstance(loaded, Attempted) else await channel.send(due, loaded)

    return run


@dataclass
class Wire:
    """What a worker does, in steps: events become deliveries, and these leave."""

    database: Database
    clock: SteppedClock
    channel: WebhookChannel

    async def fan_out(self) -> None:
        """Plans what is to be told of all that has happened."""
        fan_out = FanOut((WebhookFan(self.clock),))
        async with self.database.reading() as con:
            while await fan_out.run(con):
                pass

    async def run(self, span: timedelta = timedelta()) -> list[Attempted]:
        """Delivers what is due after a span of time; what became of each attempt."""
        self.clock.step(span)
        await self.fan_out()
        dispatcher = dispatcher_of(self.database, self.clock, {"webhook": self.channel})
        return [each.attempted for each in await dispatcher.drain()]


@pytest.fixture
async def wire(
    database: Database, clock: SteppedClock, channel: WebhookChannel, db: Any
) -> AsyncIterator[Wire]:
    """Nothing is due but what a test makes, and nothing is left for the next one."""
    wire = Wire(database, clock, channel)
    await wire.fan_out()
    await cancel_all(db)
    yield wire
    await cancel_all(db)


async def due_of(db: Any, *ids: str, number: int = 1) -> list[DueDelivery]:
    """Deliveries as a worker takes them."""
    rows = await db.fetch(
        "select workspace_id, id, event_id, kind, channel, target, subject_id, thread_id,"
        " created_at from deliveries where id = any ($1) order by seq",
        [UUID(each) for each in ids],
    )
    return [DueDelivery(**row, attempt=number) for row in rows]
