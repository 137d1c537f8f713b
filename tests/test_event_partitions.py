"""Months of events: there ahead of time, and dropped whole."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from looplane.event_partitions import drop_partitions, make_partitions
from looplane.kit.config import Settings
from looplane.kit.database import connected, open_database
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.tables import MIGRATIONS
from looplane.worker import work
from tests.databases import empty_database
from tests.processes import come_about

_INSERT = """
insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, actor, created_at,
  data) values ($1, $2, $2, 'thread.updated', $2, $2, '{}', $3, '{}')"""
_NAMES = """
select inhrelid::regclass::text as name from pg_inherits
where inhparent = 'events'::regclass order by 1"""
_PLACES = "select tableoid::regclass::text as place from events order by id"


def id_at(moment: datetime, tail: int = 0) -> UUID:
    """An id of version 7 that was made at a moment."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | tail)


@pytest.fixture
async def url(dsn: str) -> AsyncIterator[str]:
    async with empty_database(dsn) as url, connected(url) as con:
        await migrate(con, MIGRATIONS)
        await con.execute("insert into workspaces values ($1, 'W', now())", new_id())
        yield url


@pytest.fixture
async def db(url: str) -> AsyncIterator[Any]:
    async with connected(url) as con:
        yield con


async def names(db: Any) -> list[str]:
    return [row["name"] for row in await db.fetch(_NAMES)]


async def write(db: Any, *moments: datetime) -> None:
    workspace = await db.fetchval("select id from workspaces")
    for number, moment in enumerate(moments):
        await db.execute(_INSERT, workspace, id_at(moment, number), moment)


async def test_the_months_are_there_and_events_find_theirs(db: Any) -> None:
    before = await names(db)
    # By now it may be the next month.
    then = await db.fetchval("select max(applied_at) from migrations")
    assert await make_partitions(db, then.date()) == 0, "the migration made them"
    assert await make_partitions(db, date(2031, 11, 30)) == 4
    assert await make_partitions(db, date(2031, 12, 1)) == 1
    made = [f"events_{month}" for month in ("2031_11", "2031_12", "2032_01", "2032_02", "2032_03")]
    assert await names(db) == sorted([*before, *made])
    end = datetime(2032, 1, 1, tzinfo=UTC)
    await write(db, end - timedelta(milliseconds=1), end, datetime(2040, 1, 1, tzinfo=UTC))
    places = [row["place"] for row in await db.fetch(_PLACES)]
    assert places == ["events_2031_12", "events_2032_01", "events_default"]


async def test_a_month_that_was_missed_does_not_stop_the_next_ones(db: Any) -> None:
    await write(db, datetime(2031, 12, 15, tzinfo=UTC))
    assert await make_partitions(db, date(2031, 11, 7)) == 3
    assert await make_partitions(db, date(2031, 11, 7)) == 0
    assert {"events_2031_11", "events_2032_01", "events_2032_02"} <= set(await names(db))
    await write(db, datetime(2031, 12, 16, tzinfo=UTC))
    places = [row["place"] for row in await db.fetch(_PLACES)]
    assert places == ["events_default"] * 2


async def test_months_that_ended_are_dropped_and_strays_deleted(db: Any) -> None:
    await make_partitions(db, date(2031, 11, 1))
    end = datetime(2031, 12, 1, tzinfo=UTC)
    stray = datetime(2001, 5, 5, tzinfo=UTC)
    await write(db, stray, end - timedelta(milliseconds=1), end)
    whole = await names(db)
    assert await drop_partitions(db, stray) == 0
    kept = [name for name in whole if name < "events_2031_11" or name > "events_2031_11"]
    past = [name for name in kept if name < "events_2031_11"]
    # One moment too early: nothing of the month has ended, and only the stray is gone.
    assert await drop_partitions(db, end - timedelta(milliseconds=1)) == len(past) + 1
    assert await names(db) == [name for name in whole if name not in past]
    assert await drop_partitions(db, end) == 1
    assert await names(db) == [name for name in kept if name not in past]
    assert [row["place"] for row in await db.fetch(_PLACES)] == ["events_2031_12"]
    assert await drop_partitions(db, end) == 0


async def test_for_a_hundred_years_is_for_ever(db: Any) -> None:
    now = datetime.now(UTC)
    # Of a month for which there is no table, as where no worker has run for long.
    await write(db, now + timedelta(days=3650), now)
    assert await drop_partitions(db, now - timedelta(days=36_500)) == 0
    assert await db.fetchval("select count(*) from events") == 2


@pytest.mark.parametrize("days", [0, 30])
async def test_the_worker_keeps_events_as_long_as_it_is_told(url: str, db: Any, days: int) -> None:
    now = datetime.now(UTC)
    long_ago = now - timedelta(days=400)
    await db.execute("select make_events_partition($1)", long_ago.date().replace(day=1))
    await write(db, long_ago, now)
    database = await open_database(url, 4)
    later = now + timedelta(days=200)
    working = asyncio.create_task(
        work(database, Settings(keep_events_days=days), lambda: later if days == 0 else now)
    )
    if days == 0:
        month = f"events_{later:%Y_%m}"
        await come_about(lambda: db.fetchval("select to_regclass($1) is not null", month))
        left = 2
    else:
        await come_about(lambda: db.fetchval("select count(*) = 1 from events"))
        left = 1
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert await db.fetchval("select count(*) from events") == left
    await database.pool.close()
