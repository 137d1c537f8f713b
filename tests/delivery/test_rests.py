"""For how long a target is left alone, whatever else comes or fails."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from looplane.deliveries.rules import RETRY_AFTER
from tests.conftest import SteppedClock, Workspace
from tests.delivery.planned import plan, rows_of
from tests.delivery.test_queues import DOWN, SECOND
from tests.dispatch import Sink, deliver_due

pytestmark = pytest.mark.usefixtures("quiet")


async def test_what_comes_waits_for_a_target_and_not_for_what_failed_before_it(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    await plan(db, workspace.id, clock(), queue="w")
    for wait in RETRY_AFTER[:5]:
        await deliver_due(db, clock, {"webhook": Sink(lambda _: DOWN)})
        clock.step(wait)
    await deliver_due(db, clock, {"webhook": Sink(lambda _: DOWN)})
    [row] = await rows_of(db, workspace.id)
    assert row["next_attempt_at"] == clock() + RETRY_AFTER[5]
    rest = timedelta(minutes=5)
    for seconds in (0, 1, rest.total_seconds() - 2):
        clock.step(timedelta(seconds=seconds))
        await plan(db, workspace.id, clock(), queue="w")
        assert (await deliver_due(db, clock, {"webhook": Sink()})).delivered == 0
    due = "select due_at from delivery_queues where workspace_id = $1"
    assert await db.fetchval(due, workspace.id) == clock() + SECOND
    clock.step(SECOND)
    assert (await deliver_due(db, clock, {"webhook": Sink()})).delivered == 3
    assert [row["state"] for row in await rows_of(db, workspace.id)] == [
        "queued",
        *3 * ["delivered"],
    ]
    # What comes once it has rested is tried at once, and then it rests again.
    clock.step(RETRY_AFTER[5])
    await deliver_due(db, clock, {"webhook": Sink(lambda _: DOWN)})
    clock.step(timedelta(hours=1))
    for tried in (1, 0):
        await plan(db, workspace.id, clock(), queue="w")
        done = await deliver_due(db, clock, {"webhook": Sink(lambda _: DOWN)})
        assert len(done.failures) == tried


@pytest.mark.parametrize("asked", [timedelta(hours=3), timedelta(days=90)])
async def test_a_target_that_asks_for_time_is_left_alone_whatever_comes(
    db: Any, workspace: Workspace, clock: SteppedClock, asked: timedelta
) -> None:
    for _ in range(3):
        await plan(db, workspace.id, clock(), queue="w")
    busy = replace(DOWN, retry_after=asked)
    channel = Sink(lambda _: busy)
    channel.most_at_once = 1
    assert len((await deliver_due(db, clock, {"webhook": channel})).failures) == 1
    clock.step(min(asked, timedelta(days=1)) - SECOND)
    await plan(db, workspace.id, clock(), queue="w")
    done = await deliver_due(db, clock, {"webhook": Sink()})
    assert (done.delivered, done.failures) == (0, [])
    clock.step(SECOND)
    assert (await deliver_due(db, clock, {"webhook": Sink()})).delivered == 4
