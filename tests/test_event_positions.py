"""Positions of events: what a reader has passed, nothing slips under; also on another server."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from looplane.event_partitions import are_positions_behind, rebase_positions
from looplane.kit.database import connected
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.tables import MIGRATIONS
from tests.databases import empty_database
from tests.processes import BLOCKS, come_about

_INSERT = """
insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, actor, created_at,
  data) values ($1, $2, $2, 'thread.updated', $2, $2, '{}', $3, '{}') returning position"""
# One statement: the horizon and what lies below it are seen at the same instant.
_READ = """
select event_horizon() as horizon, array(select id from events
  where position >= $1 and position < event_horizon() order by position, id) as ids"""


class Reader:
    """Reads on from where it stopped, and never looks back."""

    def __init__(self, con: Any) -> None:
        self.con, self.next, self.read = con, 0, list[UUID]()

    async def go_on(self) -> list[UUID]:
        row = await self.con.fetchrow(_READ, self.next)
        assert row["horizon"] >= self.next, "a horizon never goes back"
        self.next = row["horizon"]
        self.read += row["ids"]
        return list(row["ids"])


class Writers:
    """Connections to a database of its own, and a workspace in it."""

    def __init__(self, url: str, workspace_id: UUID, stack: AsyncExitStack) -> None:
        self.url, self.workspace_id, self.stack = url, workspace_id, stack

    async def connect(self) -> Any:
        return await self.stack.enter_async_context(connected(self.url))

    async def write(self, con: Any) -> UUID:
        id = new_id()
        await con.fetchval(_INSERT, self.workspace_id, id, datetime.now(UTC))
        return id


@pytest.fixture
async def writers(dsn: str) -> AsyncIterator[Writers]:
    async with empty_database(dsn) as url, AsyncExitStack() as stack:
        con = await stack.enter_async_context(connected(url))
        await migrate(con, MIGRATIONS)
        workspace = new_id()
        await con.execute("insert into workspaces values ($1, 'W', now())", workspace)
        yield Writers(url, workspace, stack)


async def test_who_commits_late_is_not_passed(writers: Writers) -> None:
    slow, quick = await writers.connect(), await writers.connect()
    reader = Reader(await writers.connect())
    transaction = slow.transaction()
    await transaction.start()
    first = await writers.write(slow)
    second = await writers.write(quick)
    assert await reader.go_on() == [], "the first is still under way"
    third = await writers.write(quick)
    late = await writers.write(slow)
    assert await reader.go_on() == []
    await transaction.commit()
    assert await reader.go_on() == [first, late, second, third]
    assert await reader.go_on() == []


async def test_one_that_is_rolled_back_holds_nobody_up(writers: Writers) -> None:
    failing, quick = await writers.connect(), await writers.connect()
    reader = Reader(await writers.connect())
    transaction = failing.transaction()
    await transaction.start()
    await writers.write(failing)
    written = await writers.write(quick)
    await transaction.rollback()
    assert await reader.go_on() == [written]


async def test_readers_of_many_writers_see_each_event_once(writers: Writers) -> None:
    chance = random.Random(7)
    cons = [await writers.connect() for _ in range(6)]
    readers = [Reader(await writers.connect()) for _ in range(2)]
    written: list[UUID] = []
    writing = True

    async def write(con: Any) -> None:
        for _ in range(40):
            transaction = con.transaction()
            await transaction.start()
            ids = [await writers.write(con) for _ in range(chance.randint(1, 3))]
            await asyncio.sleep(chance.choice((0, 0, 0.001, 0.02)))
            if chance.random() < 0.1:
                await transaction.rollback()
                continue
            await transaction.commit()
            written.extend(ids)

    async def read(reader: Reader) -> None:
        while writing:
            await reader.go_on()

    reading = [asyncio.create_task(read(reader)) for reader in readers]
    await asyncio.gather(*(write(con) for con in cons))
    writing = False
    await asyncio.gather(*reading)
    for reader in readers:
        await reader.go_on()
        assert sorted(reader.read) == sorted(written)
    assert readers[0].read == readers[1].read


async def move(con: Any) -> int:
    """Makes the last position one that this server has not counted to yet."""
    await con.execute("update events set position = position + 1000000")
    return int(await con.fetchval("select max(position) from events"))


async def test_positions_go_on_rising_on_another_server(writers: Writers) -> None:
    con, reader = await writers.connect(), Reader(await writers.connect())
    ids = [await writers.write(con) for _ in range(3)]
    assert not await are_positions_behind(con)
    assert not await rebase_positions(con)
    last = await move(con)
    assert await are_positions_behind(con)
    assert await rebase_positions(con)
    assert not await rebase_positions(con)
    for _ in range(3):
        ids.append(await writers.write(con))
        assert await con.fetchval("select max(position) from events") > last
        last = await con.fetchval("select max(position) from events")
        assert not await are_positions_behind(con)
    await reader.go_on()
    assert reader.read == ids
    # Once more: the base of the first move counts too.
    await move(con)
    assert await rebase_positions(con)
    ids.append(await writers.write(con))
    reader.next, reader.read = 0, []
    await reader.go_on()
    assert reader.read == ids
    slow = await writers.connect()
    async with slow.transaction():
        late = await writers.write(slow)
        await writers.write(con)
        assert await reader.go_on() == []
    assert (await reader.go_on())[0] == late


async def test_positions_that_are_no_longer_kept_count_too(writers: Writers) -> None:
    con = await writers.connect()
    await writers.write(con)
    await con.execute("update workspaces set dropped_position = 1000000")
    await con.execute("delete from events")
    assert await are_positions_behind(con)
    assert await rebase_positions(con)
    await writers.write(con)
    assert await con.fetchval("select max(position) from events") > 1000000


async def test_a_transaction_that_stays_open_is_no_other_server(writers: Writers) -> None:
    slow, con = await writers.connect(), await writers.connect()
    async with slow.transaction():
        await slow.execute("create temporary table t ()")  # it has a number
        for _ in range(5):
            await writers.write(con)
        assert not await are_positions_behind(con)
        assert not await rebase_positions(con)


async def test_two_that_rebase_do_it_once(writers: Writers) -> None:
    one, other = await writers.connect(), await writers.connect()
    await writers.write(one)
    await move(one)
    async with one.transaction():
        assert await rebase_positions(one)
        waiting = asyncio.create_task(rebase_positions(other))
        await come_about(lambda: one.fetchval(BLOCKS))
    assert not await waiting
