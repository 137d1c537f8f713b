"""Wherever a worker dies, another one goes on: nothing is lost, and nothing overtakes."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from looplane.delivery import sql
from looplane.delivery.commands import LEASE
from looplane.delivery.leases import sql as leases
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace
from tests.delivery.killed import KilledError, KillingDatabase, MortalDatabase
from tests.delivery.planned import attempts_of, plan, rows_of, states_of
from tests.dispatch import Sink, dispatcher_of
from tests.processes import come_about

pytestmark = pytest.mark.usefixtures("quiet")

# By what is done when the worker dies: the statement, whether it has run, how many deliveries had
# arrived, and whether their attempts had begun.
STEPS: list[Any] = [
    pytest.param(sql.LIST_UNROUTED, False, 0, False, id="before it is routed"),
    pytest.param(sql.ROUTE, True, 0, False, id="while it is routed"),
    pytest.param(leases.CLAIM, False, 0, False, id="once it is routed"),
    pytest.param(leases.CLAIM, True, 0, False, id="while it is claimed"),
    pytest.param(sql.BEGIN, True, 0, False, id="before the claim is committed"),
    pytest.param(leases.HOLD_LEASED, False, 2, True, id="once it is sent"),
    pytest.param(sql.RECORD, True, 2, True, id="while it is written down"),
    pytest.param(sql.RELEASE_LANES, True, 2, True, id="before its lane goes on"),
    pytest.param(sql.GIVE_BACK, True, 2, True, id="before that is committed"),
]


async def two_lanes(db: Any, workspace: Workspace, clock: SteppedClock) -> list[UUID]:
    """The ids of two deliveries in one lane, and of one in another."""
    first, second = uuid4(), uuid4()
    return [await plan(db, workspace.id, clock(), lane=lane) for lane in (first, first, second)]


@pytest.mark.parametrize(("statement", "after", "arrived", "is_begun"), STEPS)
async def test_another_worker_goes_on(
    database: Database,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    statement: str,
    after: bool,
    arrived: int,
    is_begun: bool,
) -> None:
    ids = await two_lanes(db, workspace, clock)
    sink = Sink()
    dying = dispatcher_of(KillingDatabase(database, statement, after=after), clock, {"email": sink})
    with pytest.raises(KilledError):
        await dying.drain()
    assert len(sink.taken) == arrived
    other = dispatcher_of(database, clock, {"email": sink})
    if is_begun:
        await other.drain()
        assert len(sink.taken) == arrived, "it is left alone until the lease ends"
        clock.step(LEASE)

    async def all_is_delivered() -> bool:
        await other.drain()  # nothing yet, where the server has not seen that the worker is gone
        return {*await states_of(db, workspace.id)} == {"delivered"}

    await come_about(all_is_delivered)
    await assert_all_arrived(db, workspace, sink, ids)
    expected = [(1, "interrupted"), (2, "delivered")] if is_begun else [(1, "delivered")]
    assert [await attempts_of(db, workspace.id, id) for id in ids] == [
        expected,
        [(1, "delivered")],
        expected,
    ]


async def assert_all_arrived(
    db: Any, workspace: Workspace, sink: Sink, ids: Sequence[UUID]
) -> None:
    rows = await rows_of(db, workspace.id)
    assert {row["state"] for row in rows} == {"delivered"}
    taken = [each.id for each in sink.taken]
    assert set(taken) == set(ids)
    assert taken.index(ids[0]) < taken.index(ids[1])
    # Those that arrived twice did so by one and the same name.
    assert all(each.event_id for each in sink.taken)
    for row in rows:
        attempts = await attempts_of(db, workspace.id, row["id"])
        assert (row["attempts"], row["tries"]) == (len(attempts), 0)


class Hanging(Sink):
    """A channel that stops at a step."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self._step, self.reached = step, asyncio.Event()

    async def load(self, con: Any, deliveries: Sequence[DueDelivery]) -> Mapping[UUID, Any]:
        if self._step == "load":
            await self._stop()
        return await super().load(con, deliveries)

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
        if self._step == "before":
            await self._stop()
        attempted = await super().send(delivery, loaded)
        await self._stop()
        return attempted

    async def _stop(self) -> None:
        self.reached.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize(("step", "arrived"), [("load", 0), ("before", 0), ("after", 2)])
async def test_in_the_hands_of_the_channel(
    database: Database,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    step: str,
    arrived: int,
) -> None:
    ids = await two_lanes(db, workspace, clock)
    hanging = Hanging(step)
    dying = asyncio.ensure_future(dispatcher_of(database, clock, {"email": hanging}).drain())
    await asyncio.wait_for(hanging.reached.wait(), 10)
    await come_about(lambda: len(hanging.taken) == arrived)
    dying.cancel()
    await asyncio.wait([dying])
    sink = Sink()
    sink.taken += hanging.taken
    other = dispatcher_of(database, clock, {"email": sink})
    clock.step(LEASE / 2)
    await other.drain()
    assert len(sink.taken) == arrived, "whoever had it may be at it yet"
    clock.step(LEASE / 2)
    await other.drain()
    await assert_all_arrived(db, workspace, sink, ids)
    assert await attempts_of(db, workspace.id, ids[0]) == [(1, "interrupted"), (2, "delivered")]


async def test_what_comes_too_late_is_left_to_who_has_it(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await plan(db, workspace.id, clock())
    other = dispatcher_of(database, clock, {"email": Sink()})

    class Late(Sink):
        async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
            clock.step(LEASE)
            await other.drain()
            await super().send(delivery, loaded)
            return Attempted("failed", "Too late.")

    await dispatcher_of(database, clock, {"email": Late()}).drain()
    assert await states_of(db, workspace.id) == ["delivered"]
    assert await attempts_of(db, workspace.id, id) == [(1, "interrupted"), (2, "delivered")]


async def test_who_comes_too_late_takes_no_queue_from_another(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await plan(db, workspace.id, clock())
    hanging = Hanging("before")
    others: list[asyncio.Task[Any]] = []

    class Late(Sink):
        async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
            clock.step(LEASE)
            other = dispatcher_of(database, clock, {"email": hanging})
            others.append(asyncio.ensure_future(other.drain()))
            await asyncio.wait_for(hanging.reached.wait(), 10)
            return await super().send(delivery, loaded)

    await dispatcher_of(database, clock, {"email": Late()}).drain()
    lease = "select lease, leased_until from delivery_queues where workspace_id = $1"
    [queue] = await db.fetch(lease, workspace.id)
    assert queue["lease"] is not None
    assert queue["leased_until"] == clock() + LEASE
    assert await attempts_of(db, workspace.id, id) == [(1, "interrupted")]
    others[0].cancel()
    await asyncio.wait(others)


async def test_a_queue_that_is_said_to_be_due_is_left_to_who_has_it(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    for _ in range(2):
        await plan(db, workspace.id, clock())
    other = dispatcher_of(database, clock, {"email": Sink()})
    due = "update delivery_queues set due_at = $2 where workspace_id = $1"

    class Resumed(Sink):
        most_at_once = 1

        async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
            await db.execute(due, workspace.id, clock())
            assert await other.drain() == []
            return await super().send(delivery, loaded)

    sink = Resumed()
    await dispatcher_of(database, clock, {"email": sink}).drain()
    assert len(sink.taken) == 2
    assert await states_of(db, workspace.id) == ["delivered", "delivered"]


async def test_what_is_over_is_kept_while_the_database_is_away(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await plan(db, workspace.id, clock())
    sink, away = Sink(), MortalDatabase(database, sql.RECORD)
    worker = asyncio.ensure_future(dispatcher_of(away, clock, {"email": sink}).run())
    await come_about(lambda: away.ended)
    away.at = ("", False)
    await come_about(lambda: attempts_of(db, workspace.id, id))
    worker.cancel()
    await asyncio.wait([worker])
    assert len(sink.taken) == 1
    assert await attempts_of(db, workspace.id, id) == [(1, "delivered")]
