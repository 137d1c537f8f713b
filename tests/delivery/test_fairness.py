"""However much a workspace has queued, none of the others waits behind it."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from looplane.delivery.commands import take
from looplane.delivery.dispatch.commands import TAKEN_AT_ONCE
from looplane.delivery.sql import ROUTED_AT_ONCE, route
from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace
from tests.delivery.planned import plan
from tests.dispatch import Sink, dispatcher_of
from tests.processes import come_about

pytestmark = pytest.mark.usefixtures("quiet")
_MANY = """
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, queue, state,
  created_at, updated_at, next_attempt_at)
select $1, gen_random_uuid(), gen_random_uuid(), 'event', 'webhook', n::text as target,
  gen_random_uuid(), (n % $4)::text, 'queued', $3, $3, $3
from generate_series(1, $2) n order by n"""
_ROUTED = """
select count(*) from deliveries where workspace_id = $1 and is_routed and state = 'queued'"""


async def routed(db: Any, workspace_id: UUID) -> int:
    return int(await db.fetchval(_ROUTED, workspace_id))


async def fill(db: Any, workspace_id: UUID, now: datetime, count: int, queues: int) -> None:
    await db.execute(_MANY, workspace_id, count, now, queues)


async def test_the_first_of_another_workspace_is_routed_at_once(
    db: Any, workspace: Workspace, other: Workspace, clock: SteppedClock
) -> None:
    await fill(db, workspace.id, clock(), 10_000, 1)
    await plan(db, other.id, clock(), queue="w")
    assert await route(db, clock()) > ROUTED_AT_ONCE // 2
    assert await routed(db, other.id) == 1
    # What the other one does without is not left unused.
    assert await routed(db, workspace.id) == ROUTED_AT_ONCE - 1
    assert await route(db, clock()) == ROUTED_AT_ONCE


async def test_two_with_many_have_the_same_share(
    db: Any, workspace: Workspace, other: Workspace, clock: SteppedClock
) -> None:
    for each in (workspace, other):
        await fill(db, each.id, clock(), 2_000, 1)
    await route(db, clock())
    shares = [await routed(db, each.id) for each in (workspace, other)]
    assert shares == [ROUTED_AT_ONCE // 2] * 2


async def test_its_queue_is_claimed_beside_hundreds_that_were_due_before(
    db: Any, workspace: Workspace, other: Workspace, clock: SteppedClock
) -> None:
    await fill(db, workspace.id, clock(), 400, 400)
    await route(db, clock())
    await plan(db, other.id, clock(), queue="w")
    await route(db, clock())
    taken = await take(db, clock, {"webhook": Sink()}, 4, 0)
    assert [each.queue.workspace_id for each in taken].count(other.id) == 1
    assert len(taken) == 4, "the room that is left is theirs"


async def test_it_leaves_among_the_first(
    database: Database, db: Any, workspace: Workspace, other: Workspace, clock: SteppedClock
) -> None:
    await fill(db, workspace.id, clock(), 3_000, 600)
    await plan(db, other.id, clock(), queue="w")
    sink = Sink()
    task = asyncio.ensure_future(dispatcher_of(database, clock, {"webhook": sink}).run())

    def place() -> int | None:
        of = [each.workspace_id for each in sink.taken]
        return of.index(other.id) if other.id in of else None

    await come_about(lambda: place() is not None)
    task.cancel()
    await asyncio.wait([task])
    assert (place() or 0) <= 2 * TAKEN_AT_ONCE
