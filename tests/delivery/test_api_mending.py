"""POST /deliveries/{id}/retry and /cancel: what each does to a delivery in each state."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from looplane.deliveries.rules import RETRY_AFTER
from tests.conftest import SteppedClock, Workspace
from tests.delivery.mending import (
    DELIVERED,
    FAILED,
    HOUR,
    Answering,
    new_lane,
    planned,
    state_of,
)
from tests.delivery.planned import attempts_of, plan
from tests.dispatch import deliver_due
from tests.factory import Factory
from tests.witness import etag, events_of, everything, faults

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.mark.parametrize(
    ("state", "body", "status", "after"),
    [
        ("dead", {}, 200, "delivered"),
        ("canceled", {}, 200, "delivered"),
        ("waiting", {}, 200, "delivered"),
        ("queued", {}, 200, "delivered"),
        ("delivered", {}, 409, "delivered"),
        ("delivered", {"again": True}, 200, "delivered"),
        ("dead", {"again": True}, 200, "delivered"),
    ],
)
async def test_one_is_tried_again(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock,
    state: str, body: dict[str, Any], status: int, after: str,
) -> None:  # fmt: skip
    id = await planned(client, db, workspace.id, clock, state)
    before = (await client.get(f"/deliveries/{id}")).json()
    answer = await client.post(f"/deliveries/{id}/retry", json=body)
    assert answer.status_code == status
    sink = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": sink})
    sent = status == httpx.codes.OK
    assert [str(each.id) for each in sink.taken] == [id] * sent
    assert await state_of(client, id) == after
    shown = (await client.get(f"/deliveries/{id}")).json()
    assert shown["event_id"] == before["event_id"]
    assert shown["attempts"] == before["attempts"] + sent
    events = await events_of(db, id)
    told = [each["type"] for each in events if each["type"] == "delivery.retried"]
    assert len(told) == (sent and state != "queued")  # which was due already


async def test_what_has_ended_has_the_whole_schedule_before_it_once_more(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await planned(client, db, workspace.id, clock, "queued")
    for _ in range(len(RETRY_AFTER) + 1):
        await deliver_due(db, clock, {"email": Answering(FAILED)})
        clock.step(2 * max(RETRY_AFTER))
    assert await state_of(client, id) == "dead"
    shown = (await client.post(f"/deliveries/{id}/retry", json={})).json()
    assert (shown["state"], shown["reason"]) == ("queued", None)
    for number in range(len(RETRY_AFTER)):
        await deliver_due(db, clock, {"email": Answering(FAILED)})
        assert await state_of(client, id) == "queued", number
        clock.step(2 * max(RETRY_AFTER))
    await deliver_due(db, clock, {"email": Answering(FAILED)})
    assert await state_of(client, id) == "dead"
    assert len(await attempts_of(db, workspace.id, UUID(id))) == 2 * (len(RETRY_AFTER) + 1)


async def test_what_waits_is_tried_at_once_and_goes_on_with_its_schedule(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await planned(client, db, workspace.id, clock, "waiting")
    assert (await deliver_due(db, clock, {"email": Answering(DELIVERED)})).delivered == 0
    shown = (await client.post(f"/deliveries/{id}/retry", json={})).json()
    assert shown["reason"] == FAILED.reason
    await deliver_due(db, clock, {"email": Answering(FAILED)})
    tries, wait = await db.fetchrow(
        "select tries, next_attempt_at - $2 from deliveries where id = $1", UUID(id), clock()
    )
    assert tries == 2
    assert wait == RETRY_AFTER[1]


async def test_what_died_leaves_in_its_former_order(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane = new_lane()
    dead = [
        await planned(client, db, workspace.id, clock, "dead", f"{n}@a.b", lane) for n in (1, 2)
    ]
    last = await planned(client, db, workspace.id, clock, "waiting", "3@a.b", lane)
    for id in reversed(dead):
        await client.post(f"/deliveries/{id}/retry", json={})
    clock.step(HOUR)
    sink = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": sink})
    assert [str(each.id) for each in sink.taken] == [*dead, last]


@pytest.mark.parametrize(
    ("state", "status", "after"),
    [
        ("queued", 200, "canceled"), ("waiting", 200, "canceled"), ("canceled", 200, "canceled"),
        ("dead", 409, "dead"), ("delivered", 409, "delivered"),
    ],
)  # fmt: skip
async def test_one_is_canceled(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock,
    state: str, status: int, after: str,
) -> None:  # fmt: skip
    id = await planned(client, db, workspace.id, clock, state)
    answer = await client.post(f"/deliveries/{id}/cancel")
    assert (answer.status_code, await state_of(client, id)) == (status, after)
    clock.step(HOUR)
    assert (await deliver_due(db, clock, {"email": Answering(DELIVERED)})).delivered == 0
    told = [each["type"] for each in await events_of(db, id)]
    assert told.count("delivery.canceled") == (after == "canceled")


async def test_what_waited_behind_a_canceled_one_goes_on(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane = new_lane()
    first = await planned(client, db, workspace.id, clock, "waiting", "1@a.b", lane)
    after = await planned(client, db, workspace.id, clock, "queued", "2@a.b", lane)
    assert (await deliver_due(db, clock, {"email": Answering(DELIVERED)})).delivered == 0
    await client.post(f"/deliveries/{first}/cancel")
    sink = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": sink})
    assert [str(each.id) for each in sink.taken] == [after]


async def test_what_waited_behind_one_that_no_queue_knows_goes_on_when_it_is_canceled(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane = new_lane()
    first = await planned(client, db, workspace.id, clock, "dead", "1@a.b", lane)
    await client.post(f"/deliveries/{first}/retry", json={})
    after = await planned(client, db, workspace.id, clock, "queued", "2@a.b", lane)
    # As the worker leaves them that routed the other one while the first was being retried.
    await db.execute(
        "update deliveries set is_routed = true, is_behind = true where id = $1", UUID(after)
    )
    await client.post(f"/deliveries/{first}/cancel")
    sink = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": sink})
    assert [str(each.id) for each in sink.taken] == [after]


async def test_words_of_an_older_program(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread = (await make.thread())["id"]
    failed, due = [str(await plan(db, workspace.id, clock())) for _ in range(2)]
    await db.execute(
        "update deliveries set state = 'failed', next_attempt_at = null, kind = 'message',"
        " thread_id = $2 where id = $1",
        UUID(failed),
        UUID(thread),
    )
    await db.execute("update deliveries set state = 'planned' where id = $1", UUID(due))
    assert [await state_of(client, each) for each in (failed, due)] == ["dead", "queued"]
    listed = (await client.get("/deliveries", params={"state": "dead"})).json()["data"]
    assert [each["id"] for each in listed] == [failed]
    assert (await client.post(f"/deliveries/{failed}/retry", json={})).json()["state"] == "queued"
    assert await db.fetchval("select lane from deliveries where id = $1", UUID(failed)) == UUID(
        thread
    )
    assert (await client.post(f"/deliveries/{due}/cancel")).json()["state"] == "canceled"
    sink = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": sink})
    assert [str(each.id) for each in sink.taken] == [failed]


async def test_what_was_erased_is_not_sent_once_more(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await planned(client, db, workspace.id, clock, "dead")
    await db.execute("update deliveries set target = 'erased-' || id where id = $1", UUID(id))
    answer = await client.post(f"/deliveries/{id}/retry", json={"again": True})
    assert answer.json()["code"] == "conflict"
    assert "erased" in answer.json()["message"]


async def test_what_another_one_mended_is_not_mended_unseen(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await planned(client, db, workspace.id, clock, "dead")
    seen = {"If-Match": etag(await client.get(f"/deliveries/{id}"))}
    path = f"/deliveries/{id}/retry"
    assert (await client.post(path, json={}, headers=seen)).status_code == httpx.codes.OK
    for stale in (
        await client.post(path, json={}, headers=seen),
        await client.post(f"/deliveries/{id}/cancel", headers=seen),
    ):
        assert stale.json()["code"] == "precondition_failed"


async def test_a_rehearsal_leaves_nothing(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await planned(client, db, workspace.id, clock, "dead")
    before = await everything(db, workspace.id)
    answer = await client.post(f"/deliveries/{id}/retry", json={}, params={"dry_run": "true"})
    assert answer.json()["state"] == "queued"
    assert answer.headers["x-looplane-would"] == "delivery.retried"
    assert await everything(db, workspace.id) == before


async def test_an_event_tells_neither_to_whom_nor_what(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await planned(client, db, workspace.id, clock, "dead", "secret@mail.example")
    await client.post(f"/deliveries/{id}/retry", json={})
    (event,) = [each for each in await events_of(db, id) if each["type"] == "delivery.retried"]
    assert (event["before"], event["after"]) == ({"state": "dead"}, {"state": "queued"})
    assert "secret@" not in str(event)
    assert event["data"]["id"] == id


async def test_strangers_find_nothing(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, db: Any, workspace: Workspace,
    clock: SteppedClock,
) -> None:  # fmt: skip
    id = await planned(client, db, workspace.id, clock, "dead")
    assert (await stranger.get("/deliveries")).json()["data"] == []
    for each in (id, str(uuid4())):
        for answer in (
            await stranger.get(f"/deliveries/{each}"),
            await stranger.get(f"/deliveries/{each}/attempts"),
            await stranger.post(f"/deliveries/{each}/retry", json={}),
            await stranger.post(f"/deliveries/{each}/cancel"),
        ):
            assert answer.json()["code"] == "not_found"
    for way in ("retry", "cancel"):
        answer = await stranger.post(f"/deliveries/{way}", json={"delivery_ids": [id]})
        assert faults(answer) == ["delivery_ids.0"]
    assert await state_of(client, id) == "dead"
