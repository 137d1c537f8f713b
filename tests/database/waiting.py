"""Writes and reads that wait for one another, and what shows that nothing is left of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from looplane.kit.database import (
    Database,
    open_database,
)

SIZE, WRITES = 10, 7
# For what is to wait in vain, and for what is not.
SHORT, LONG = 0.1, 30.0
WRITE = "update waited_for set writes = writes + 1 where id = $1"
BLOCKED = "select count(distinct pid) from pg_locks where not granted"


@asynccontextmanager
async def opened(dsn: str, size: int = SIZE) -> AsyncIterator[Database]:
    database = await open_database(dsn, size)
    try:
        yield database
    finally:
        await database.pool.close()


async def write(database: Database, id: UUID) -> None:
    async with database.writing(id) as con:
        await con.execute(WRITE, id)


async def read(database: Database) -> int:
    async with database.reading() as con:
        return int(await con.fetchval("select 1"))


async def come_about(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(LONG):
        while not await condition():  # noqa: ASYNC110  # it comes about in the server
            await asyncio.sleep(0.01)


async def blocked(other: Any, count: int) -> None:
    """Waits until so many connections wait for a lock, then makes sure that they are no more."""

    async def are() -> bool:
        return bool(await other.fetchval(BLOCKED) >= count)

    await come_about(are)
    await asyncio.sleep(SHORT)
    assert await other.fetchval(BLOCKED) == count


async def gone(database: Database, left: int) -> None:
    """Waits until so many connections of the pool are left."""

    async def are() -> bool:
        return database.pool.get_size() == left

    await come_about(are)


async def all_turns_are_free(database: Database, id: UUID) -> None:
    """That every write there may be at once can be, one of them to `id`, and reads beside."""
    every = asyncio.Barrier(SIZE)

    async def hold(turn: Any) -> None:
        async with turn as con:
            await con.fetchval("select 1")
            await every.wait()

    turns = [database.writing(id), *(database.writing(uuid4()) for _ in range(WRITES - 1))]
    turns += [database.reading() for _ in range(SIZE - WRITES)]
    await asyncio.gather(*map(hold, turns))
