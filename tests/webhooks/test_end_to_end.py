"""From a write over the API to a server that is told of it."""

from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from looplane.delivery.fan_out.commands import FanOut
from looplane.delivery.webhook import rules
from looplane.delivery.webhook.commands import WebhookFan
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.web_servers import answer
from tests.webhooks.conftest import Wire
from tests.webhooks.steps import HOUR, MINUTE, deliveries, hook, retitle, titles
from tests.webhooks.targets import OK, Target, hang, hang_up, target


async def test_a_write_is_told_as_it_was(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    thread = await make.thread(title="before")
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    await retitle(client, thread, "one", "two", "three")
    await make.tag()
    await wire.run()
    assert titles(receiver) == ["one", "two", "three"]
    for each in receiver.received:
        event = Webhook(webhook["secret"]).verify(each.body, dict(each.headers))
        assert (event["type"], event["data"]["id"]) == ("thread.updated", thread["id"])
    feed = (await client.get("/events", params={"subject": thread["id"]})).json()["data"][1:]
    for told, event in zip(receiver.received, feed, strict=True):
        assert told.event == {name: event[name] for name in ("id", "type", "created_at", "data")}
    assert {each["state"] for each in await deliveries(client, webhook)} == {"delivered"}


async def test_an_event_whose_thing_another_one_carries(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    thread = await make.thread()
    await hook(wire, make, url=receiver.url(), events=["thread.status_changed"])
    await client.patch(f"/threads/{thread['id']}", json={"title": "x", "status": "done"})
    await wire.run()
    (told,) = receiver.received
    assert told.event["type"] == "thread.status_changed"
    assert (told.event["data"]["title"], told.event["data"]["status"]) == ("x", "done")


async def test_what_one_member_alone_may_see_never_leaves(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    webhook = await hook(wire, make, url=receiver.url(), events=["*"])
    await make.view(name="Mine", is_shared=False)
    shared = await make.view(name="Ours")
    await wire.run()
    assert [each.event["data"]["id"] for each in receiver.received] == [shared["id"]]
    assert len(await deliveries(client, webhook)) == 1


async def test_each_is_told_by_its_patterns(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    by_path = {"/all": ["*"], "/noun": ["tag.*"], "/one": ["tag.deleted"], "/other": ["contact.*"]}
    for path, events in by_path.items():
        await hook(wire, make, url=receiver.url(path), events=events)
    tag = await make.tag()
    await client.delete(f"/tags/{tag['id']}")
    await wire.run()
    got: dict[str, list[str]] = {}
    for each in receiver.received:
        got.setdefault(each.path, []).append(each.event["type"])
    assert got["/noun"] == ["tag.created", "tag.deleted"]
    assert got["/one"] == ["tag.deleted"]
    assert {*got["/all"]} == {"tag_group.created", "tag.created", "tag.deleted"}
    assert "/other" not in got


async def test_order_is_kept_within_a_thread_alone(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    first, second = await make.thread(), await make.thread()
    await hook(wire, make, url=receiver.url(), events=["thread.updated"])
    await retitle(client, first, "a1", "a2")
    await retitle(client, second, "b1", "b2")
    # A fault of this event alone: it is no reason to spare the target.
    receiver.always = lambda request: answer(status=422) if b'"a1"' in request.body else OK
    await wire.run()
    assert sorted(titles(receiver)) == ["a1", "b1", "b2"]
    receiver.always = lambda _: OK
    await wire.run(2 * MINUTE)
    assert titles(receiver)[3:] == ["a1", "a2"]
    # The same one comes twice, and can be known by its id.
    ids = [each.headers["webhook-id"] for each in receiver.received if b'"a1"' in each.body]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_one_that_hangs_holds_up_nobody_else(
    client: httpx.AsyncClient,
    make: Factory,
    receiver: Target,
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thread = await make.thread()
    slow = await hook(wire, make, url=receiver.url("/slow"), events=["thread.*"])
    quick = await hook(wire, make, url=receiver.url("/quick"), events=["thread.*"])
    await retitle(client, thread, "a", "b", "c")
    receiver.always = lambda request: hang if request.path == "/slow" else OK
    with monkeypatch.context() as patched:
        patched.setattr(rules, "SECONDS", 1.0)
        await wire.run()
    assert {each["state"] for each in await deliveries(client, quick)} == {"delivered"}
    waiting = await deliveries(client, slow)
    assert [(each["state"], each["attempts"]) for each in waiting] == [
        ("queued", 1),
        ("queued", 0),
        ("queued", 0),
    ]
    assert "did not answer" in waiting[0]["reason"]
    receiver.always = lambda _: OK
    receiver.received.clear()
    await wire.run(2 * MINUTE)
    assert titles(receiver) == ["a", "b", "c"]


@pytest.mark.parametrize("reply", [hang_up, answer(status=500), answer(status=302, Location="/x")])
async def test_what_failed_comes_again_with_the_same_bytes(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire, reply: Any
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    await retitle(client, thread, "a")
    receiver.answers = [reply]
    await wire.run()
    await retitle(client, thread, "b")
    await wire.run(2 * MINUTE)
    assert titles(receiver) == ["a", "a", "b"]
    first, again, _ = receiver.received
    assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
    shown = await deliveries(client, webhook)
    assert [(each["state"], each["attempts"]) for each in shown] == [
        ("delivered", 2),
        ("delivered", 1),
    ]


async def test_a_dead_one_is_replayed_with_the_same_bytes(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    await retitle(client, thread, "a")
    receiver.always = lambda _: answer(b"not this one", status=422)
    for hours in (0, 1, 1, 1, 3, 7, 25, 25):
        await wire.run(hours * HOUR)
    (dead,) = await deliveries(client, webhook)
    assert (dead["state"], dead["next_attempt_at"]) == ("dead", None)
    assert dead["reason"] == "It answered 422 Unprocessable Entity."
    tried = len(receiver.received)
    assert tried == dead["attempts"] >= 7
    receiver.always = lambda _: OK
    replay = {"delivery_ids": [dead["id"]]}
    assert (await client.post(f"/webhooks/{webhook['id']}/replay", json=replay)).is_success
    await wire.run()
    assert {each.body for each in receiver.received} == {receiver.received[0].body}
    assert {each.headers["webhook-id"] for each in receiver.received} == {dead["event_id"]}
    (shown,) = await deliveries(client, webhook)
    assert (shown["state"], shown["attempts"]) == ("delivered", tried + 1)


async def test_a_new_endpoint_gets_what_happened_before_it(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire, clock: SteppedClock
) -> None:
    start = clock() - MINUTE
    thread = await make.thread(title="a")
    await hook(wire, make, url=receiver.url("/old"), events=["thread.*"])
    await retitle(client, thread, "b", "c")
    await wire.run()
    clock.step(MINUTE)
    new = await hook(wire, make, url=receiver.url("/new"), events=["thread.*"])
    await wire.run()
    assert [each.path for each in receiver.received] == ["/old", "/old"]
    span = {"created_after": start.isoformat()}
    assert (await client.post(f"/webhooks/{new['id']}/replay", json=span)).json()["replayed"] == 3
    await wire.run()
    old, told = [
        [each for each in receiver.received if each.path == path] for path in ("/old", "/new")
    ]
    assert [each.event["data"]["title"] for each in told] == ["a", "b", "c"]
    assert [each.body for each in old] == [each.body for each in told[1:]]


async def test_a_deleted_one_is_told_no_more(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    await retitle(client, thread, "a")
    await wire.fan_out()
    await client.patch(f"/webhooks/{webhook['id']}", json={"status": "paused"})
    await client.delete(f"/webhooks/{webhook['id']}")
    await wire.run(HOUR)
    assert receiver.received == []
    found = (await client.get("/deliveries", params={"target": webhook["id"]})).json()["data"]
    assert {(each["state"], each["reason"]) for each in found} == {
        ("canceled", "The webhook was deleted.")
    }
    # Nobody is called for its queue.
    queues = (await client.get("/deliveries/queues", params={"channel": "webhook"})).json()["data"]
    assert {each["status"] for each in queues} == {"active"}


async def test_one_that_is_deleted_as_more_is_planned_for_it_alarms_nobody(
    client: httpx.AsyncClient, make: Factory, receiver: Target, wire: Wire, db: Any
) -> None:
    thread = await make.thread()
    webhook = await hook(wire, make, url=receiver.url(), events=["thread.*"])
    await retitle(client, thread, "a")
    async with wire.database.reading() as con, con.transaction():
        assert await FanOut((WebhookFan(wire.clock),)).run(con) > 0
        assert (await client.delete(f"/webhooks/{webhook['id']}")).is_success
    await wire.run(HOUR)
    assert receiver.received == []
    told = "select state from deliveries where target = $1"
    assert {row["state"] for row in await db.fetch(told, webhook["id"])} == {"dead"}
    dead = """select count(*) from events e join deliveries d on d.workspace_id = e.workspace_id
      and d.id = e.subject_id where e.type = 'delivery.dead' and d.target = $1"""
    assert await db.fetchval(dead, webhook["id"]) == 0


async def test_a_write_costs_the_same_with_webhooks_and_without(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    thread = await make.thread()
    counts = []
    for number in range(2):
        await retitle(client, thread, f"warm {number}")
        with queries() as seen:
            await retitle(client, thread, f"number {number}")
        counts.append(len(seen))
        for _ in range(3):
            await make.webhook(events=["thread.*"])
    assert counts[0] == counts[1] > 0


async def test_many_slow_ones_at_once(
    client: httpx.AsyncClient, make: Factory, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred targets of which each hangs, and one that does not: it does not wait for them."""
    monkeypatch.setattr(rules, "SECONDS", 3.0)
    order: list[str] = []
    async with target() as here:
        here.port, port = here.port, here.port
        wire.channel._outbound._client._transport._network._allowed |= {("receiver.example", port)}  # type: ignore[attr-defined]  # noqa: SLF001
        for number in range(100):
            await hook(wire, make, url=here.url(f"/{number}"), events=["contact.*"])
        last = await hook(wire, make, url=here.url("/last"), events=["contact.*"])
        here.always = lambda request: OK if request.path == "/last" else hang
        await make.contact()
        await wire.run()
        order = [each.path for each in here.received]
        (told,) = await deliveries(client, last)
    assert len(order) == 101
    assert told["state"] == "delivered"


async def test_what_happens_after_the_clock_was_set_back_is_told(
    make: Factory, receiver: Target, wire: Wire
) -> None:
    before = await make.tag()
    await hook(wire, make, url=receiver.url(), events=["tag.created"])
    wire.clock.step(-HOUR)
    tag = await make.tag()
    await wire.run(HOUR)
    assert [each.event["data"]["id"] for each in receiver.received] == [tag["id"]] != [before["id"]]
