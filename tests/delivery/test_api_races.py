"""What mends a delivery at the very moment in which a worker sends it, or somebody else mends it."""

import asyncio
from typing import Any

import httpx
import pytest

from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace
from tests.delivery.mending import (
    DELIVERED,
    FAILED,
    HOUR,
    REFUSED,
    Answering,
    new_lane,
    planned,
    state_of,
)
from tests.delivery.planned import plan, states_of
from tests.dispatch import deliver_due, dispatcher_of
from tests.processes import come_about
from tests.witness import events_of

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.mark.parametrize(
    "attempted", [DELIVERED, FAILED, REFUSED], ids=["delivered", "failed", "refused"]
)
async def test_a_cancelation_while_it_is_on_its_way(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock, attempted: Any
) -> None:
    lane = new_lane()
    id = await planned(client, db, workspace.id, clock, "queued", "1@a.b", lane)
    after = await planned(client, db, workspace.id, clock, "queued", "2@a.b", lane)

    async def cancel() -> None:
        if await state_of(client, id) == "queued":
            assert (await client.post(f"/deliveries/{id}/cancel")).status_code == httpx.codes.OK

    channel = Answering(attempted, cancel)
    await deliver_due(db, clock, {"email": channel})
    # It arrived or it did not: that is what it says, and nothing more is tried.
    assert await state_of(client, id) == ("delivered" if attempted is DELIVERED else "canceled")
    clock.step(HOUR)
    await deliver_due(db, clock, {"email": channel})
    taken = [str(each.id) for each in channel.taken]
    assert (taken.count(id), after in taken) == (1, True)
    attempts = (await client.get(f"/deliveries/{id}/attempts")).json()["data"]
    assert [each["outcome"] for each in attempts] == [attempted.outcome]


@pytest.mark.parametrize(
    ("attempted", "sent"), [(DELIVERED, 1), (FAILED, 1)], ids=["delivered", "failed"]
)
async def test_a_retry_while_it_is_on_its_way(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock,
    attempted: Any, sent: int,
) -> None:  # fmt: skip
    id = await planned(client, db, workspace.id, clock, "queued")

    async def cancel_and_retry() -> None:
        await client.post(f"/deliveries/{id}/cancel")
        assert (await client.post(f"/deliveries/{id}/retry", json={})).status_code == 200

    channel = Answering(attempted, cancel_and_retry)
    await deliver_due(db, clock, {"email": channel})
    assert len(channel.taken) == sent
    assert await state_of(client, id) == ("delivered" if attempted is DELIVERED else "queued")


async def test_two_retries_at_once_are_one(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await planned(client, db, workspace.id, clock, "dead")
    answers = await asyncio.gather(
        *(client.post(f"/deliveries/{id}/retry", json={}) for _ in range(5))
    )
    assert {each.status_code for each in answers} == {200}
    channel = Answering(DELIVERED)
    await deliver_due(db, clock, {"email": channel})
    assert len(channel.taken) == 1
    told = [each["type"] for each in await events_of(db, id)]
    assert told.count("delivery.retried") == 1


async def test_a_worker_at_work_while_all_is_canceled_and_retried(
    client: httpx.AsyncClient,
    database: Database,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    lanes = [new_lane() for _ in range(6)]
    for n in range(60):
        await plan(db, workspace.id, clock(), f"{n}@a.b", lanes[n % 6])
    channel = Answering(DELIVERED)
    task = asyncio.ensure_future(dispatcher_of(database, clock, {"email": channel}).run())
    try:
        for state in ("canceled", "queued") * 5:
            sent = {"filter": {"channel": "email"}}
            answer = await client.post("/deliveries/cancel", json=sent)
            assert answer.status_code == httpx.codes.OK, answer.text
            again = {"filter": {"channel": "email", "state": state}}
            assert (await client.post("/deliveries/retry", json=again)).status_code == 200
        again = {"filter": {"channel": "email", "state": "canceled"}}
        assert (await client.post("/deliveries/retry", json=again)).status_code == 200

        async def are_delivered() -> bool:
            return set(await states_of(db, workspace.id)) == {"delivered"}

        # None is stuck: whatever was canceled and retried at whichever moment arrives.
        await come_about(are_delivered)
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert {each.target for each in channel.taken} == {f"{n}@a.b" for n in range(60)}
