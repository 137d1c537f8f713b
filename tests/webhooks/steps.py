"""What tests of webhooks do over and over."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from tests.factory import Factory
from tests.webhooks.conftest import Wire
from tests.webhooks.targets import Target

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def retitle(client: httpx.AsyncClient, thread: Mapping[str, Any], *titles: str) -> None:
    for title in titles:
        answered = await client.patch(f"/threads/{thread['id']}", json={"title": title})
        assert answered.is_success


async def hook(wire: Wire, make: Factory, **fields: Any) -> dict[str, Any]:
    """One that is made after all that was there before."""
    wire.clock.step(MINUTE)
    return await make.webhook(**fields)


def titles(receiver: Target) -> list[str]:
    return [each.event["data"]["title"] for each in receiver.received]


async def deliveries(client: httpx.AsyncClient, webhook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The oldest first."""
    answered = await client.get(f"/webhooks/{webhook['id']}/deliveries", params={"limit": 200})
    return list(answered.json()["data"][::-1])
