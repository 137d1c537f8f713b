"""What is slow, away or paused holds up nobody else."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from looplane.deliveries.rules import RETRY_AFTER
from looplane.delivery.dispatch import commands as dispatch
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace
from tests.delivery.planned import attempts_of, plan, rows_of, states_of
from tests.dispatch import Sink, deliver_due, dispatcher_of
from tests.processes import come_about

pytestmark = pytest.mark.usefixtures("quiet")
DOWN = Attempted("failed", "Nobody is there.", is_target_down=True)
SECOND = timedelta(seconds=1)
_PAUSE = """
update delivery_queues set paused_at = $2, paused_reason = 'Because.' where workspace_id = $1"""
_QUEUES = "select * from delivery_queues where workspace_id = $1 order by queue"


class Hanging(Sink):
    """A channel of which some targets never answer."""

    def __init__(self, hung: str) -> None:
        super().__init__()
        self.hung, self.begun = hung, Counter[str]()

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
        self.begun[delivery.target] += 1
        if delivery.target.startswith(self.hung):
            await asyncio.Event().wait()
        return await super().send(delivery, loaded)


async def test_a_target_that_hangs_holds_up_none_of_the_others(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    for n in range(51):
        for _ in range(2):
            lane = uuid4()
            await plan(db, workspace.id, clock(), f"{n:02}", lane=lane, queue=f"{n:02}")
    channel = Hanging("00")
    channel.most_at_once = 1
    task = asyncio.ensure_future(dispatcher_of(database, clock, {"webhook": channel}).run())
    await come_about(lambda: len(channel.taken) == 100)
    assert channel.begun.pop("00") == 1
    assert set(channel.begun.values()) == {2}
    task.cancel()
    await asyncio.wait([task])
    assert Counter(await states_of(db, workspace.id)) == {"delivered": 100, "queued": 2}


async def test_many_that_fail_and_hang_leave_room(
    database: Database,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch, "MOST_QUEUES", 4)
    monkeypatch.setattr(dispatch, "MOST_FAILING", 2)
    for n in range(8):
        await plan(db, workspace.id, clock(), f"hung{n}", queue=f"hung{n}")
    await deliver_due(db, clock, {"webhook": Sink(lambda _: DOWN)})
    clock.step(timedelta(minutes=1))
    for n in range(8):
        await plan(db, workspace.id, clock(), f"good{n}", queue=f"good{n}")
    channel = Hanging("hung")
    task = asyncio.ensure_future(dispatcher_of(database, clock, {"webhook": channel}).run())
    await come_about(lambda: len(channel.taken) == 8)
    assert sum(channel.begun.values()) - 8 == 2
    task.cancel()
    await asyncio.wait([task])


async def test_one_that_somebody_is_at_is_not_overtaken_and_holds_up_no_others(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane = uuid4()
    first, second = [await plan(db, workspace.id, clock(), lane=lane) for _ in range(2)]
    beside = await plan(db, workspace.id, clock(), lane=uuid4())
    sink = Sink()
    async with database.pool.acquire() as other, other.transaction():
        await other.execute(
            "update deliveries set state = 'canceled', next_attempt_at = null where id = $1", first
        )
        await deliver_due(db, clock, {"email": sink})
        assert [each.id for each in sink.taken] == [beside]
    await deliver_due(db, clock, {"email": sink})
    assert [each.id for each in sink.taken] == [beside, second]


async def test_what_is_behind_one_that_is_canceled_does_not_wait_for_its_next_attempt(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane = uuid4()
    first, second = [await plan(db, workspace.id, clock(), lane=lane) for _ in range(2)]
    await deliver_due(db, clock, {"email": Sink(lambda _: Attempted("failed", "Not now."))})
    sink = Sink()
    assert (await deliver_due(db, clock, {"email": sink})).delivered == 0
    cancel = "update deliveries set state = 'canceled', next_attempt_at = null where id = $1"
    await db.execute(cancel, first)
    assert (await deliver_due(db, clock, {"email": sink})).delivered == 1
    assert [each.id for each in sink.taken] == [second]


async def test_what_is_canceled_while_it_is_sent(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    cancel = "update deliveries set state = 'canceled', next_attempt_at = null where id = $1"
    request = {"to": "a@mail.example"}

    class Canceled(Sink):
        most_at_once = 1

        async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
            await db.execute(cancel, delivery.id)
            await super().send(delivery, loaded)
            outcome: Any = delivery.target
            return Attempted(outcome, "Why.", request=request, answer={"text": "No."})

    ids = [await plan(db, workspace.id, clock(), each) for each in ("delivered", "failed")]
    await deliver_due(db, clock, {"email": Canceled()})
    # What has arrived has; the other one is canceled, and nothing says to whom it was.
    assert await states_of(db, workspace.id) == ["delivered", "canceled"]
    assert [await attempts_of(db, workspace.id, id) for id in ids] == [
        [(1, "delivered")],
        [(1, "failed")],
    ]
    kept = "select request, answer from delivery_attempts where workspace_id = $1"
    assert [tuple(row) for row in await db.fetch(kept, workspace.id)] == [(None, None)] * 2
    assert (await deliver_due(db, clock, {"email": Sink()})).delivered == 0


async def test_a_dead_target_is_tried_seldom_and_uses_up_no_schedule(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    sink = Sink(lambda _: DOWN)
    for _ in range(40):
        await plan(db, workspace.id, clock(), queue="w")
    await deliver_due(db, clock, {"webhook": sink})
    probed = []
    for _ in range(8):
        [queue] = await db.fetch(_QUEUES, workspace.id)
        clock.now = queue["due_at"] - timedelta(milliseconds=1)
        # Something new brings no try forward.
        await plan(db, workspace.id, clock() - SECOND, queue="w")
        assert (await deliver_due(db, clock, {"webhook": sink})).failures == []
        clock.now = queue["due_at"]
        done = await deliver_due(db, clock, {"webhook": sink})
        probed.append(len(done.failures))
        [queue] = await db.fetch(_QUEUES, workspace.id)
        assert queue["due_at"] == clock() + min(
            timedelta(seconds=10) * 2 ** (queue["failures"] - 1), timedelta(minutes=5)
        )
    assert probed == [1] * 8
    rows = await rows_of(db, workspace.id)
    assert {row["state"] for row in rows} == {"queued"}
    assert max(row["tries"] for row in rows) == 1
    assert sum(row["attempts"] for row in rows) == 10 + 8
    # Once somebody is there, all of it leaves.
    clock.step(timedelta(hours=1))
    assert (await deliver_due(db, clock, {"webhook": Sink()})).delivered == 48
    [queue] = await db.fetch(_QUEUES, workspace.id)
    assert (queue["failures"], queue["failing_since"], queue["due_at"]) == (0, None, None)


async def test_since_when_a_target_fails(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    began = clock()
    await plan(db, workspace.id, clock(), queue="w")
    for _ in range(3):
        await deliver_due(db, clock, {"webhook": Sink(lambda _: DOWN)})
        [queue] = await db.fetch(_QUEUES, workspace.id)
        assert queue["failing_since"] == began
        clock.step(timedelta(hours=1))
    assert queue["failures"] == 3
    # Whoever answers is there, whatever the answer is.
    await deliver_due(db, clock, {"webhook": Sink(lambda _: Attempted("failed", "Not now."))})
    [queue] = await db.fetch(_QUEUES, workspace.id)
    assert (queue["failures"], queue["failing_since"]) == (0, None)


async def test_a_queue_that_is_paused_keeps_what_comes(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    sink = Sink()
    await plan(db, workspace.id, clock(), queue="w")
    assert (await deliver_due(db, clock, {"webhook": sink})).delivered == 1
    await db.execute(_PAUSE, workspace.id, clock())
    for queue in ("w", "x"):
        await plan(db, workspace.id, clock(), queue, queue=queue)
    await deliver_due(db, clock, {"webhook": sink})
    assert await states_of(db, workspace.id) == ["delivered", "queued", "delivered"]
    await db.execute("update delivery_queues set paused_at = null")
    assert (await deliver_due(db, clock, {"webhook": sink})).delivered == 1


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (10 * SECOND, RETRY_AFTER[0]),
        (300 * SECOND, 300 * SECOND),
        (90 * 3600 * SECOND, 24 * 3600 * SECOND),
    ],
)
async def test_a_target_that_asks_for_time_gets_it(
    db: Any, workspace: Workspace, clock: SteppedClock, asked: timedelta, wait: timedelta
) -> None:
    await plan(db, workspace.id, clock())
    await deliver_due(db, clock, {"email": Sink(lambda _: Attempted("failed", "Busy.", asked))})
    [row] = await rows_of(db, workspace.id)
    assert row["next_attempt_at"] == clock() + wait


async def test_what_is_refused_is_dead_at_once_and_told(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await plan(db, workspace.id, clock())
    sink = Sink(lambda _: Attempted("refused", "There is no such mailbox."))
    await deliver_due(db, clock, {"email": sink})
    [row] = await rows_of(db, workspace.id)
    assert (row["state"], row["attempts"], row["is_routed"]) == ("dead", 1, False)
    told = "select subject_id, type, actor from events where workspace_id = $1"
    [event] = await db.fetch(told, workspace.id)
    assert (event["subject_id"], event["type"]) == (id, "delivery.dead")


async def test_what_an_older_program_planned_is_taken_over(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    ids = [await plan(db, workspace.id, clock(), str(n)) for n in range(2)]
    await db.execute(
        "update deliveries set state = 'planned' where workspace_id = $1", workspace.id
    )
    sink = Sink()
    assert (await deliver_due(db, clock, {"email": sink})).delivered == 2
    assert [each.id for each in sink.taken] == ids


async def test_more_than_one_routing_takes(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane = uuid4()
    await db.execute(
        """
        insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, lane,
          state, created_at, updated_at, next_attempt_at)
        select $1, gen_random_uuid(), gen_random_uuid(), 'notice', 'email', n::text as target,
          gen_random_uuid(), case n % 3 when 0 then $2::uuid end, 'queued', $3, $3, $3
        from generate_series(1, 1203) n order by n""",
        workspace.id,
        lane,
        clock(),
    )
    sink = Sink()
    sink.most_at_once = 100
    assert (await deliver_due(db, clock, {"email": sink})).delivered == 1203
    taken = [int(each.target) for each in sink.taken]
    assert [n for n in taken if n % 3 == 0] == list(range(3, 1204, 3))
