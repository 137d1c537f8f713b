"""Targets that fail for long, or want no more."""

from typing import Any

import httpx

from looplane.delivery.webhook.commands import pause_failing
from tests.factory import Factory
from tests.web_servers import answer
from tests.webhooks.conftest import Wire
from tests.webhooks.steps import DAY, deliveries, hook, retitle, titles
from tests.webhooks.targets import OK, Target
from tests.witness import kinds_of


async def test_what_fails_for_five_days_is_paused_and_goes_on(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire, db: Any
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    path = f"/webhooks/{webhook['id']}"
    receiver.always = lambda _: answer(status=503)
    await retitle(client, thread, "a")
    await wire.run()
    for day in range(5):
        await retitle(client, thread, f"day {day}")
        assert (await client.get(path)).json()["status"] == "active"
        await wire.run(DAY)
        await pause_failing(db, wire.clock)
    shown = (await client.get(path)).json()
    assert shown["status"] == "paused"
    assert shown["status_reason"] == "Nothing has reached it for 5 days."
    assert (await kinds_of(db, webhook["id"]))[-2:] == ["webhook.updated", "webhook.paused"]
    await retitle(client, thread, "while it was paused")
    receiver.received.clear()
    await wire.run(DAY)
    assert receiver.received == []  # though it waits
    receiver.always = lambda _: OK
    await client.patch(path, json={"status": "active"})
    await wire.run(DAY)
    assert titles(receiver)[-1] == "while it was paused"
    assert titles(receiver) == sorted(titles(receiver))


async def test_one_that_was_reached_meanwhile_is_not_paused(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire, db: Any
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    for day in range(7):
        await retitle(client, thread, f"day {day}")
        receiver.answers = [answer(status=500)]
        await wire.run()
        await wire.run(DAY)
        await pause_failing(db, wire.clock)
    assert (await client.get(f"/webhooks/{webhook['id']}")).json()["status"] == "active"


async def test_who_wants_no_more_is_told_no_more(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    await retitle(client, thread, "a", "b")
    receiver.answers = [answer(status=410)]
    await wire.run()
    await retitle(client, thread, "c")
    await wire.run(DAY)
    assert len(receiver.received) == 1
    assert [each["state"] for each in await deliveries(client, webhook)] == ["dead", "queued"]
    await client.patch(f"/webhooks/{webhook['id']}", json={"status": "active"})
    await wire.run()
    # What happened while it was disabled is not for it, unless it is replayed.
    assert titles(receiver) == ["a", "b"]
