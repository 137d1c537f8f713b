"""What is in one lane of a queue leaves in its order."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from looplane.deliveries.rules import RETRY_AFTER
from looplane.delivery.schemas import Attempted
from looplane.delivery.sql import route
from tests.conftest import SteppedClock, Workspace
from tests.delivery.planned import plan, rows_of
from tests.dispatch import Sink, deliver_due

pytestmark = pytest.mark.usefixtures("quiet")
DOWN = Attempted("failed", "Nobody is there.", is_target_down=True)
SECOND = timedelta(seconds=1)
_PAUSE = """
update delivery_queues set paused_at = $2, paused_reason = 'Because.' where workspace_id = $1"""
_CANCEL = """
update deliveries set state = 'canceled', next_attempt_at = null
where workspace_id = $1 and id = $2"""
_QUEUE_AGAIN = """
update deliveries set state = 'queued', is_routed = false, seq = default, tries = 0,
  next_attempt_at = $3, updated_at = $3
where workspace_id = $1 and id = $2"""
_QUEUES = "select * from delivery_queues where workspace_id = $1 order by queue"


async def test_a_lane_waits_behind_the_one_that_fails(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane, other = uuid4(), uuid4()
    ids = [await plan(db, workspace.id, clock(), str(n), lane=lane) for n in range(30)]
    beside = [await plan(db, workspace.id, clock(), "x", lane=other) for _ in range(3)]
    fails = [True]
    sink = Sink(lambda each: Attempted("failed", "No.") if fails[0] and each.id == ids[0] else None)
    await deliver_due(db, clock, {"email": sink})
    assert [each.id for each in sink.taken] == beside
    assert [row["is_behind"] for row in await rows_of(db, workspace.id)][:30] == [
        False,
        *[True] * 29,
    ]
    fails[0] = False
    clock.step(RETRY_AFTER[0])
    await deliver_due(db, clock, {"email": sink})
    assert [each.id for each in sink.taken[3:]] == ids
    assert {row["is_behind"] for row in await rows_of(db, workspace.id)} == {False}


@pytest.mark.parametrize("state", ["canceled", "dead"])
async def test_what_ends_elsewhere_lets_its_lane_go_on(
    db: Any, workspace: Workspace, clock: SteppedClock, state: str
) -> None:
    lane = uuid4()
    ids = [await plan(db, workspace.id, clock(), str(n), lane=lane) for n in range(4)]
    sink = Sink(lambda each: Attempted("failed", "No.") if each.id == ids[0] else None)
    await deliver_due(db, clock, {"email": sink})
    assert sink.taken == []
    await db.execute(
        "update deliveries set state = $3, next_attempt_at = null"
        " where workspace_id = $1 and id = any ($2)",
        workspace.id,
        [ids[0], ids[2]],
        state,
    )
    await deliver_due(db, clock, {"email": sink})
    assert [each.id for each in sink.taken] == [ids[1], ids[3]]


async def test_what_is_canceled_and_queued_again_at_once_leaves_none_behind_it_stuck(
    db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane = uuid4()
    first = await plan(db, workspace.id, clock(), "first", lane=lane, queue="q")
    await plan(db, workspace.id, clock(), "second", lane=lane, queue="q")
    await route(db, clock())
    clock.step(SECOND)
    await db.execute(_CANCEL, workspace.id, first)
    await db.execute(_QUEUE_AGAIN, workspace.id, first, clock())
    sink = Sink()
    await deliver_due(db, clock, {"webhook": sink})
    assert [each.target for each in sink.taken] == ["second", "first"]
