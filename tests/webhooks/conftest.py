"""What tests of webhooks start from."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.webhook.commands import WebhookChannel
from looplane.kit.database import Database
from looplane.kit.outbound import Outbound
from looplane.kit.secrets import Secrets
from tests.conftest import SteppedClock
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


async def due_of(db: Any, *ids: str, number: int = 1) -> list[DueDelivery]:
    """Deliveries as a worker takes them."""
    rows = await db.fetch(
        "select workspace_id, id, event_id, kind, channel, target, subject_id, thread_id,"
        " created_at from deliveries where id = any ($1) order by seq",
        [UUID(each) for each in ids],
    )
    return [DueDelivery(**row, attempt=number) for row in rows]
