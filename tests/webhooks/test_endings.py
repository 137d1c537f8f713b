"""Targets that fail for long, or want no more."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from looplane.delivery.webhook.commands import pause_failing
from looplane.kit.clock import iso
from tests.factory import Factory
from tests.web_servers import answer
from tests.webhooks.conftest import Wire
from tests.webhooks.steps import DAY, HOUR, MINUTE, deliveries, hook, retitle, titles
from tests.webhooks.targets import OK, Answering, Target
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


def meanwhile(call: Callable[[], Awaitable[httpx.Response]], reply: bytes) -> Answering:
    """An answer that comes once something else is through."""

    async def answering(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await call()).is_success
        writer.write(reply)
        await writer.drain()

    return answering


@pytest.mark.parametrize(("status", "state"), [(503, "canceled"), (200, "delivered")])
async def test_one_that_is_deleted_while_it_is_told_does_not_fail(  # what it answers then
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire, status: int, state: str
) -> None:
    first, second = await make.thread(), await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    path = f"/webhooks/{webhook['id']}"
    for thread in (first, second):
        await retitle(client, thread, "a", "b")
    # One attempt is over before it is deleted, and one is not.
    receiver.answers = [
        answer(status=status),
        meanwhile(lambda: client.delete(path), answer(status=status)),
    ]
    await wire.run()
    query = {"target": webhook["id"]}
    found = (await client.get("/deliveries", params=query)).json()["data"]
    assert len(found) == 4
    assert sum(each["state"] == "canceled" for each in found) >= 2
    assert state in {each["state"] for each in found}
    queues = (await client.get("/deliveries/queues", params={"channel": "webhook"})).json()["data"]
    [queue] = [each for each in queues if each["queue"] == webhook["id"]]
    assert (queue["status"], queue["failures"], queue["failing_since"], queue["due_at"]) == (
        *("active", 0, None),
        None,
    )


async def test_what_failed_before_it_was_let_go_on_is_forgotten_also_while_it_is_told(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire, db: Any
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    name = {"channel": "webhook", "queue": webhook["id"]}
    await retitle(client, thread, "a")
    receiver.always = lambda _: answer(status=503)
    await wire.run()
    for _ in range(4):
        await wire.run(DAY)
    resume = meanwhile(
        lambda: client.post("/deliveries/queues/resume", json=name), answer(status=503)
    )
    receiver.answers = [resume]
    await retitle(client, thread, "b")
    await wire.run(DAY)
    [queue] = (await client.get("/deliveries/queues", params={"status": "failing"})).json()["data"]
    assert (queue["failures"], queue["failing_since"]) == (1, iso(wire.clock()))
    await pause_failing(db, wire.clock)
    assert (await client.get(f"/webhooks/{webhook['id']}")).json()["status"] == "active"


async def test_who_asks_for_time_is_left_alone_for_it(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    threads = [await make.thread() for _ in range(3)]
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    await retitle(client, threads[0], "a")
    receiver.answers = [answer(status=429, Retry_After="3600")]
    await wire.run()
    # It is asked for by the target, and so of all that is for it, whenever that comes.
    for minutes, thread in ((1, threads[1]), (58, threads[2])):
        await retitle(client, thread, "b")
        await wire.run(minutes * MINUTE)
        assert len(receiver.received) == 1
    await wire.run(2 * MINUTE)
    assert sorted(titles(receiver)) == ["a", "a", "b", "b"]
    # Whoever lets it go on does not wait for that.
    receiver.answers = [answer(status=503, Retry_After="999999999")]
    await retitle(client, threads[0], "c")
    await wire.run(MINUTE)
    await retitle(client, threads[1], "d")
    await wire.run(23 * HOUR)
    assert titles(receiver)[4:] == ["c"]
    name = {"channel": "webhook", "queue": webhook["id"]}
    assert (await client.post("/deliveries/queues/resume", json=name)).is_success
    await wire.run(MINUTE)
    assert titles(receiver)[4:] == ["c", "d"]
    await wire.run(HOUR)
    assert titles(receiver)[4:] == ["c", "d", "c"]
