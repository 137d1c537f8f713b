"""GET /deliveries/queues, and how one is paused and resumed."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from looplane.delivery.schemas import Attempted
from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.delivery.mending import DELIVERED, Answering
from tests.delivery.planned import plan
from tests.dispatch import deliver_due
from tests.factory import Factory
from tests.witness import faults

pytestmark = pytest.mark.usefixtures("quiet")
DOWN = Attempted("failed", "Nobody is there.", is_target_down=True)
MAIL = {"channel": "email"}
_EVENTS = """
select type, data::text as data from events
where workspace_id = $1 and type like 'delivery.queue%' order by id"""


async def queues(client: httpx.AsyncClient, **params: str) -> list[dict[str, Any]]:
    answer = await client.get("/deliveries/queues", params=params)
    assert answer.status_code == httpx.codes.OK, answer.text
    return list(answer.json()["data"])


async def test_a_queue_whose_target_is_down_is_let_go_on(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    since = iso(clock())
    for n in range(3):
        await plan(db, workspace.id, clock(), f"{n}@a.b")
    await deliver_due(db, clock, {"email": Answering(DOWN)})
    (queue,) = await queues(client)
    assert queue | {"channel": "email", "queue": "", "status": "failing", "failures": 1} == queue
    assert (queue["failing_since"], queue["paused_at"], queue["queued"]) == (since, None, 3)
    assert queue["due_at"] > since
    assert (await deliver_due(db, clock, {"email": Answering(DELIVERED)})).delivered == 0
    resumed = await client.post("/deliveries/queues/resume", json=MAIL)
    assert resumed.json() | {"status": "active", "failures": 0, "failing_since": None} == (
        resumed.json()
    )
    for row in await db.fetch("select id from deliveries where workspace_id = $1", workspace.id):
        await client.post(f"/deliveries/{row['id']}/retry", json={})
    assert (await deliver_due(db, clock, {"email": Answering(DELIVERED)})).delivered == 3
    (queue,) = await queues(client)
    assert (queue["status"], queue["due_at"], queue["queued"]) == ("active", None, 0)
    events = [row["type"] for row in await db.fetch(_EVENTS, workspace.id)]
    assert events == ["delivery.queue_resumed"]


async def test_a_queue_that_is_paused_waits(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    sent = {**MAIL, "reason": "The mail server moves."}
    paused = (await client.post("/deliveries/queues/pause", json=sent)).json()
    assert (paused["status"], paused["paused_reason"]) == ("paused", "The mail server moves.")
    clock.step(timedelta(seconds=1))
    again = (await client.post("/deliveries/queues/pause", json=MAIL)).json()
    assert again == paused
    await plan(db, workspace.id, clock())
    assert (await deliver_due(db, clock, {"email": Answering(DELIVERED)})).delivered == 0
    assert (await queues(client, status="paused"))[0]["queued"] == 1
    assert await queues(client, status="failing") == []
    for _ in range(2):
        resumed = (await client.post("/deliveries/queues/resume", json=MAIL)).json()
        assert (resumed["status"], resumed["paused_reason"]) == ("active", None)
    assert (await deliver_due(db, clock, {"email": Answering(DELIVERED)})).delivered == 1
    events = await db.fetch(_EVENTS, workspace.id)
    assert [row["type"] for row in events] == ["delivery.queue_paused", "delivery.queue_resumed"]


async def test_a_retry_waits_for_a_queue_that_is_paused(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await plan(db, workspace.id, clock())
    await client.post("/deliveries/queues/pause", json=MAIL)
    assert (await client.post(f"/deliveries/{id}/retry", json={})).json()["state"] == "queued"
    assert (await deliver_due(db, clock, {"email": Answering(DELIVERED)})).delivered == 0


async def test_the_queue_of_a_webhook_goes_on_with_it(
    client: httpx.AsyncClient, make: Factory
) -> None:
    webhook = await make.webhook()
    name = {"channel": "webhook", "queue": webhook["id"]}
    assert (await client.post("/deliveries/queues/pause", json=name)).json()["status"] == "paused"
    resumed = await client.post("/deliveries/queues/resume", json=name)
    assert resumed.json()["status"] == "active"
    await client.patch(f"/webhooks/{webhook['id']}", json={"status": "disabled"})
    refused = await client.post("/deliveries/queues/resume", json=name)
    assert (refused.json()["code"], "disabled" in refused.json()["message"]) == ("conflict", True)
    await client.patch(f"/webhooks/{webhook['id']}", json={"status": "active"})
    (queue,) = await queues(client, channel="webhook")
    assert (queue["queue"], queue["status"]) == (webhook["id"], "active")
    await client.delete(f"/webhooks/{webhook['id']}")
    assert faults(await client.post("/deliveries/queues/pause", json=name)) == ["queue"]


async def test_what_is_no_queue(
    client: httpx.AsyncClient, make_other: Factory, make: Factory
) -> None:
    theirs = (await make_other.webhook())["id"]
    await make.webhook()
    for sent in (
        {"channel": "webhook"}, {"channel": "webhook", "queue": "x"},
        {"channel": "webhook", "queue": theirs}, {"channel": "webhook", "queue": str(uuid4())},
        {"channel": "email", "queue": "x"}, {"channel": "email", "queue": "\0"},
    ):  # fmt: skip
        for way in ("pause", "resume"):
            assert faults(await client.post(f"/deliveries/queues/{way}", json=sent)) == ["queue"]
    for sent in ({}, {"channel": None}, {"channel": "fax"}, {"channel": ["email"]}):
        for way in ("pause", "resume"):
            answer = await client.post(f"/deliveries/queues/{way}", json=sent)
            assert faults(answer) == ["channel"]
    assert await queues(client) == []


async def test_pages_of_queues(
    client: httpx.AsyncClient, make: Factory, stranger: httpx.AsyncClient
) -> None:
    ids = sorted([(await make.webhook())["id"] for _ in range(3)])
    for id in ids:
        await client.post("/deliveries/queues/pause", json={"channel": "webhook", "queue": id})
    await client.post("/deliveries/queues/pause", json=MAIL)
    found, params = [], {"limit": "1"}
    while True:
        page = (await client.get("/deliveries/queues", params=params)).json()
        found += [each["queue"] for each in page["data"]]
        if (cursor := page["page"]["cursor"]) is None:
            break
        params = {"limit": "1", "cursor": cursor}
    assert found == ["", *ids]
    assert await queues(stranger) == []


async def test_a_worker_ends_while_its_queue_is_paused(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    for n in range(3):
        await plan(db, workspace.id, clock(), f"{n}@a.b")

    async def pause() -> None:
        answers = await asyncio.gather(
            *(client.post("/deliveries/queues/pause", json=MAIL) for _ in range(2))
        )
        assert {each.status_code for each in answers} == {200}

    channel = Answering(DELIVERED, pause)
    channel.most_at_once = 1
    await deliver_due(db, clock, {"email": channel})
    assert len(channel.taken) == 1
    (queue,) = await queues(client)
    assert (queue["status"], queue["queued"]) == ("paused", 2)


async def test_one_that_is_let_go_on_stays_with_who_is_at_it(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    for n in range(2):
        await plan(db, workspace.id, clock(), f"{n}@a.b")
    await deliver_due(db, clock, {"email": Answering(DOWN)})
    clock.step(timedelta(hours=1))
    other = Answering(DELIVERED)

    async def resume() -> None:
        assert (await client.post("/deliveries/queues/resume", json=MAIL)).is_success
        await deliver_due(db, clock, {"email": other})

    channel = Answering(DELIVERED, resume)
    channel.most_at_once = 1
    await deliver_due(db, clock, {"email": channel})
    assert (len(channel.taken), other.taken) == (2, [])
