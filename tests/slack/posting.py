"""What is to be posted in Slack, and what becomes of it."""

from typing import Any
from uuid import UUID, uuid4

from looplane.deliveries.schemas import DeliveryKind
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.slack.commands import SlackChannel
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory


def due(
    workspace: Workspace, clock: SteppedClock, subject: str, kind: DeliveryKind = "message"
) -> DueDelivery:
    ids = (workspace.id, uuid4(), uuid4())
    return DueDelivery(*ids, kind, "slack", "C0HERE", UUID(subject), None, clock(), 1)


async def answered(make: Factory, words: str) -> str:
    """A message of ours."""
    thread = await make.thread()
    return str((await make.message(thread["id"], content=words))["id"])


async def deliver(db: Any, channel: SlackChannel, delivery: DueDelivery) -> Attempted | None:
    """What becomes of it; None where it is gone."""
    loaded = (await channel.load(db, [delivery])).get(delivery.id)
    if loaded is None or isinstance(loaded, Attempted):
        return loaded
    return await channel.send(delivery, loaded)
