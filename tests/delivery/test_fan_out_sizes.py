"""How many events are fanned out at once: fewer where each is told to many, or takes long."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from looplane.delivery.fan_out.commands import BATCH, FIRST_BATCH, MOST_PLANNED, FanOut
from looplane.delivery.sql import ROUTED_AT_ONCE, route
from looplane.event_feed.schemas import FannedEvent
from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory


class Counting:
    """Says that it planned so many of each event, and keeps how many events it was given."""

    def __init__(self, workspace_id: UUID, planned: int, most: int = BATCH) -> None:
        self.workspace_id, self.planned, self.most = workspace_id, planned, most
        self.sizes: list[int] = []

    async def __call__(
        self,
        con: Any,  # noqa: ARG002  # as it is called
        workspace_id: UUID,
        events: Sequence[FannedEvent],
    ) -> int:
        if workspace_id != self.workspace_id:
            return 0
        self.sizes.append(len(events))
        if len(events) > self.most:
            raise TimeoutError
        return len(events) * self.planned


async def sizes(database: Database, counting: Counting) -> list[int]:
    fan_out = FanOut((counting,))
    async with database.reading() as con:
        for _ in range(12):
            try:
                await fan_out.run(con)
            except TimeoutError:  # as where a round was cut off
                continue
    return counting.sizes


@pytest.fixture
async def told(make: Factory, db: Any, database: Database, workspace: Workspace) -> None:
    """Ten times as many events as are fanned out at first, and nothing else that is behind."""
    async with database.reading() as con:
        while await FanOut((Counting(workspace.id, 0),)).run(con):
            pass
    thread = await make.thread()
    for n in range(10 * FIRST_BATCH):
        await make.client.patch(f"/threads/{thread['id']}", json={"title": f"{n}"})


@pytest.mark.usefixtures("told")
async def test_more_where_little_is_planned(database: Database, workspace: Workspace) -> None:
    assert (await sizes(database, Counting(workspace.id, 1)))[:3] == [
        FIRST_BATCH,
        2 * FIRST_BATCH,
        4 * FIRST_BATCH,
    ]


@pytest.mark.usefixtures("told")
async def test_fewer_where_each_is_told_to_many(database: Database, workspace: Workspace) -> None:
    found = await sizes(database, Counting(workspace.id, MOST_PLANNED))
    assert found[:6] == [20, 10, 5, 2, 1, 1]


@pytest.mark.usefixtures("told")
async def test_what_takes_too_long_is_tried_with_fewer(
    database: Database, workspace: Workspace
) -> None:
    found = await sizes(database, Counting(workspace.id, 1, most=5))
    assert found[:4] == [20, 10, 5, 10]


async def test_no_mail_waits_behind_many_webhooks(
    make: Factory, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    await db.execute(
        "insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id,"
        " queue, state, created_at, updated_at, next_attempt_at)"
        " select $1, gen_random_uuid(), gen_random_uuid(), 'event', 'webhook', n::text,"
        " gen_random_uuid(), n::text, 'queued', $2, $2, $2 from generate_series(1, $3::int) n",
        workspace.id,
        clock(),
        3 * ROUTED_AT_ONCE,
    )
    await make.message((await make.thread())["id"])
    await route(db, clock())
    left = await db.fetch(
        "select channel from deliveries where workspace_id = $1 and not is_routed", workspace.id
    )
    assert {row["channel"] for row in left} == {"webhook"}
    await db.execute(
        "update deliveries set state = 'canceled', next_attempt_at = null, is_routed = false"
        " where workspace_id = $1 and state = 'queued'",
        workspace.id,
    )
