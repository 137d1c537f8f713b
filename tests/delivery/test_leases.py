"""Who is at a queue has it for as long as that takes; who is gone has it for a quarter minute."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from looplane.delivery.commands import LEASE, MOST_SECONDS, finish, send, take
from looplane.delivery.dead.commands import tell_dead
from looplane.delivery.dispatch import commands as dispatch
from looplane.delivery.dispatch.commands import Dispatcher
from looplane.delivery.leases import sql as leases
from looplane.delivery.schemas import Attempted, DueDelivery, Sent, SentQueue
from looplane.delivery.sql import route
from looplane.kit.database import Database
from looplane.kit.pacing import Paced
from tests.conftest import SteppedClock, Workspace
from tests.delivery.killed import MortalDatabase
from tests.delivery.planned import attempts_of, plan, states_of
from tests.delivery.test_kills import Hanging
from tests.dispatch import Sink, dispatcher_of
from tests.processes import come_about

pytestmark = pytest.mark.usefixtures("quiet")


class Slow(Sink):
    """A channel of which every attempt takes until `go` is set."""

    seconds = MOST_SECONDS

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go = 0, asyncio.Event()

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
        self.begun += 1
        await self.go.wait()
        return await super().send(delivery, loaded)


async def begun(
    database: Database, clock: SteppedClock, slow: Slow
) -> tuple[Dispatcher, asyncio.Future[list[Sent]]]:
    """A worker that is at an attempt, and what it will have done."""
    worker = dispatcher_of(database, clock, {"email": slow})
    task = asyncio.ensure_future(worker.drain())
    await come_about(lambda: slow.begun)
    return worker, task


def test_a_killed_worker_is_followed_within_a_quarter_minute() -> None:
    assert timedelta(0) < LEASE <= timedelta(seconds=15)
    assert dispatch.RENEWED_AFTER * 3 <= LEASE, "a try or two may fail"


async def test_a_slow_attempt_is_not_made_twice(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await plan(db, workspace.id, clock())
    slow, sink = Slow(), Sink()
    worker, task = await begun(database, clock, slow)
    other = dispatcher_of(database, clock, {"email": sink})
    for _ in range(10):
        clock.step(LEASE * 0.9)
        await worker.renew()
        assert await other.drain() == []
    slow.go.set()
    assert len(await task) == 1
    assert sink.taken == []
    assert await attempts_of(db, workspace.id, id) == [(1, "delivered")]
    # Nothing is renewed that is given back.
    clock.step(LEASE)
    await worker.renew()
    kept = "select lease from delivery_queues where workspace_id = $1"
    assert [row["lease"] for row in await db.fetch(kept, workspace.id)] == [None]


async def test_what_takes_long_to_load_is_held_as_well(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    await plan(db, workspace.id, clock())
    hanging, sink = Hanging("load"), Sink()
    worker = dispatcher_of(database, clock, {"email": hanging})
    task = asyncio.ensure_future(worker.drain())
    await asyncio.wait_for(hanging.reached.wait(), 10)
    other = dispatcher_of(database, clock, {"email": sink})
    for _ in range(2):
        clock.step(LEASE * 0.9)
        await worker.renew()
        assert await other.drain() == []
    task.cancel()
    await asyncio.wait([task])
    # Nobody is at it: it is no longer renewed.
    clock.step(LEASE)
    await worker.renew()
    assert len(await other.drain()) == 1


async def test_what_another_one_has_by_now_is_let_go_of(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await plan(db, workspace.id, clock())
    slow, sink = Slow(), Sink()
    worker, task = await begun(database, clock, slow)
    clock.step(LEASE)
    other = dispatcher_of(database, clock, {"email": sink})
    assert len(await other.drain()) == 1
    await worker.renew()
    await task
    assert slow.taken == []
    assert await attempts_of(db, workspace.id, id) == [(1, "interrupted"), (2, "delivered")]


async def test_nothing_begins_under_a_lease_that_has_ended(
    database: Database,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch, "BEGUN_AT_ONCE", 1)
    monkeypatch.setattr(dispatch, "_BEGINNING", 60.0)
    ids = [await plan(db, workspace.id, clock()) for _ in range(3)]

    class Late(Sink):
        async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
            clock.step(LEASE)
            return await super().send(delivery, loaded)

    late = Late()
    await dispatcher_of(database, clock, {"email": late}).drain()
    assert [each.id for each in late.taken] == ids
    # Each lease ends with the first that is sent under it: the others begin under the next one.
    for number, id in enumerate(ids, 1):
        outcomes = ["interrupted"] * (number - 1) + ["delivered"]
        assert await attempts_of(db, workspace.id, id) == [*enumerate(outcomes, 1)]


async def test_a_renewal_that_fails_is_made_again(
    database: Database,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch, "RENEWED_AFTER", timedelta(milliseconds=20))
    await plan(db, workspace.id, clock())
    slow, away = Slow(), MortalDatabase(database, leases.RENEW)
    worker = asyncio.ensure_future(dispatcher_of(away, clock, {"email": slow}).run())
    await come_about(lambda: slow.begun)
    clock.step(LEASE / 2)
    await come_about(lambda: away.ended > 1)
    away.at = ("", False)
    until = "select leased_until from delivery_queues where workspace_id = $1"

    async def is_renewed() -> bool:
        return bool(await db.fetchval(until, workspace.id) == clock() + LEASE)

    await come_about(is_renewed)
    slow.go.set()
    await come_about(lambda: slow.taken)

    async def is_delivered() -> bool:
        return await states_of(db, workspace.id) == ["delivered"]

    await come_about(is_delivered)
    worker.cancel()
    await asyncio.wait([worker])
    assert await is_delivered()


async def test_a_lease_that_has_ended_gives_back_nothing_beside_the_one_after_it(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    await plan(db, workspace.id, clock())
    await route(db, clock())
    [former] = await take(db, clock, {"email": Sink()}, 10, 0)
    clock.step(LEASE * 2)
    [present] = await take(db, clock, {"email": Sink()}, 10, 0)
    ended = [SentQueue(former.queue, [], []), SentQueue(present.queue, [])]
    for queues in (ended, ended[::-1]):
        finished = await finish(db, clock, queues, partial(tell_dead, clock))
        assert [each.lease for each in finished.lost] == [former.queue.lease]
        lease = "select lease from delivery_queues where workspace_id = $1"
        assert await db.fetchval(lease, workspace.id) == present.queue.lease


async def test_of_an_attempt_that_another_one_followed_nothing_is_written_down(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await plan(db, workspace.id, clock())
    await route(db, clock())
    channels: Any = {"email": Sink()}
    [taken] = await take(db, clock, channels, 10, 0)
    over: list[SentQueue] = []
    await send(taken, clock, channels, over.append, Paced(1, 1.0))
    await db.execute("update deliveries set attempts = 2 where id = $1", id)
    await finish(db, clock, over, partial(tell_dead, clock))
    assert await attempts_of(db, workspace.id, id) == []
    assert await states_of(db, workspace.id) == ["queued"]
