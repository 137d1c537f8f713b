"""An event that nobody gets past is set aside, told in the log, and can be told after all."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import structlog

from looplane.delivery.fan_out.commands import FanOut
from looplane.delivery.fan_out.failures.commands import TRIES, Retried, retry_failures
from looplane.event_feed.schemas import FannedEvent
from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory

KEPT = "select event_id, tries from fan_out_failures where workspace_id = $1"
EVENTS = "select id from events where workspace_id = $1 order by position, id"


class Breaking:
    """Is given what happens in a workspace, and breaks the database's transaction on one event."""

    def __init__(self, workspace_id: UUID) -> None:
        self._workspace_id, self.poison = workspace_id, UUID(int=0)
        self.told: list[UUID] = []
        self.tries = 0

    async def __call__(self, con: Any, workspace_id: UUID, events: Sequence[FannedEvent]) -> int:
        if workspace_id != self._workspace_id:
            return 0
        ids = [each.id for each in events]
        if self.poison in ids:
            self.tries += ids == [self.poison]
            await con.execute("select 1 / 0")
        self.told += ids
        return len(ids)


async def rounds(database: Database, clock: SteppedClock, fan_out: FanOut, count: int) -> None:
    async with database.reading() as con:
        for _ in range(count):
            await fan_out.run(con)
            clock.step(timedelta(seconds=1))


async def retry(database: Database, fan: Any) -> Retried:
    async with database.reading() as con:
        return await retry_failures(con, (fan,))


@pytest.fixture
async def ids(make: Factory, db: Any, workspace: Workspace) -> list[UUID]:
    """Events of the workspace, as they follow each other."""
    for _ in range(30):
        await make.thread()
    await db.execute("delete from fan_out_failures")
    return [row["id"] for row in await db.fetch(EVENTS, workspace.id)]


async def test_what_follows_goes_on(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock, ids: list[UUID]
) -> None:
    fan = Breaking(workspace.id)
    fan.poison = ids[7]
    with structlog.testing.capture_logs() as lines:
        await rounds(database, clock, FanOut((fan,), clock), 40)
    assert fan.told == [each for each in ids if each != fan.poison]
    assert fan.tries == TRIES
    assert [tuple(row) for row in await db.fetch(KEPT, workspace.id)] == [(fan.poison, TRIES)]
    [told] = [each for each in lines if each["log_level"] == "error"]
    assert (told["id"], told["set_aside"]) == (str(fan.poison), 1)
    assert "retry-events" in told["event"]


async def test_it_is_not_given_up_at_once(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock, ids: list[UUID]
) -> None:
    fan = Breaking(workspace.id)
    fan.poison = ids[0]
    fan_out = FanOut((fan,), clock)
    async with database.reading() as con:
        for _ in range(40):  # at one and the same moment
            await fan_out.run(con)
    assert fan.tries == 1
    assert await db.fetch(KEPT, workspace.id) == []
    fan.poison = uuid4()
    await rounds(database, clock, fan_out, 10)
    assert fan.told == ids


async def test_it_is_told_once_that_is_mended(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock, ids: list[UUID]
) -> None:
    fan = Breaking(workspace.id)
    fan.poison = ids[3]
    await rounds(database, clock, FanOut((fan,), clock), 40)
    assert await retry(database, fan) == Retried(0, 0, {ids[3]: "division by zero"})
    assert len(await db.fetch(KEPT, workspace.id)) == 1
    fan.poison = uuid4()
    assert await retry(database, fan) == Retried(1, 0, {})
    assert fan.told[-1] == ids[3]
    assert await retry(database, fan) == Retried(0, 0, {})


async def test_what_is_kept_no_longer_is_said_to_be_gone(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock, ids: list[UUID]
) -> None:
    insert = """
insert into fan_out_failures (workspace_id, event_id, position, event_type, reason, tries,
  failed_at) values ($1, $2, 1, 'thread.created', 'KeyError', 5, now())"""
    await db.execute(insert, workspace.id, uuid4())
    fan = Breaking(workspace.id)
    assert await retry(database, fan) == Retried(0, 1, {})
    assert fan.told == []


async def test_two_at_once_tell_it_once(
    database: Database, pool: asyncpg.Pool, db: Any, workspace: Workspace, clock: SteppedClock,
    ids: list[UUID],
) -> None:  # fmt: skip
    fan = Breaking(workspace.id)
    fan.poison = ids[3]
    await rounds(database, clock, FanOut((fan,), clock), 40)
    fan.poison = uuid4()
    async with pool.acquire() as other, other.transaction():
        held = "select from fan_out_failures where workspace_id = $1 for update"
        await other.execute(held, workspace.id)
        assert await retry(database, fan) == Retried(0, 0, {})
    assert await retry(database, fan) == Retried(1, 0, {})
