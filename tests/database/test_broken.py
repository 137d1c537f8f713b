"""A database that goes away, stands still or never answers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from looplane.kit import database as module
from looplane.kit.database import (
    SESSION_SETTINGS,
    Database,
    as_unavailable,
    connected,
    is_unreachable,
    open_database,
)
from looplane.kit.errors import Unavailable
from looplane.kit.pooler import Pooling
from tests.database.waiting import (
    SHORT,
    WRITE,
    all_turns_are_free,
    come_about,
    gone,
    opened,
    read,
    write,
)


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Takes connections, and never says a word."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"postgresql://looplane@127.0.0.1:{port}/looplane"


async def test_a_process_that_stands_still_loses_its_locks(
    dsn: str, rows: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SESSION_SETTINGS, "idle_in_transaction_session_timeout", "50ms")

    async def stand_still(database: Database) -> None:
        async with database.writing() as con:
            await con.execute("begin")
            await con.execute(WRITE, rows[0])
            time.sleep(10 * SHORT)  # noqa: ASYNC251  # the whole process
            await con.execute(WRITE, rows[0])

    async with opened(dsn) as frozen, opened(dsn) as ours:
        with pytest.raises(asyncpg.PostgresError) as caught:
            await stand_still(frozen)
        assert is_unreachable(caught.value)
        await write(ours, rows[0])
        assert await read(frozen) == 1


async def test_a_transaction_that_nobody_ends_loses_its_locks(
    dsn: str, rows: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SESSION_SETTINGS, "idle_in_transaction_session_timeout", "50ms")

    async def forget(database: Database) -> None:
        async with database.writing() as con, con.transaction():
            await con.execute(WRITE, rows[0])
            await write(database, rows[0])
            await gone(database, 1)
            await con.execute(WRITE, rows[0])

    async with opened(dsn) as database:
        # The second, where it took as long to come to the first statement.
        with pytest.raises((asyncpg.InterfaceError, asyncpg.PostgresError)) as caught:
            await forget(database)
        assert is_unreachable(caught.value)
        assert await read(database) == 1


async def test_a_connection_that_broke_is_replaced(database: Database, other: Any) -> None:
    async def lose() -> None:
        async with database.writing() as con:
            await other.execute("select pg_terminate_backend($1)", con.get_server_pid())
            while True:
                await con.fetchval("select 1")

    with pytest.raises(Exception) as caught:  # noqa: PT011  # whichever the driver comes upon
        await lose()
    answer = as_unavailable(caught.value)
    assert answer is not None
    assert answer.headers == {"Retry-After": "1"}
    await all_turns_are_free(database, uuid4())


async def test_a_connection_that_was_seen_to_break_is_replaced(
    database: Database, other: Any
) -> None:
    async def lose() -> None:
        async with database.writing() as con:
            await other.execute("select pg_terminate_backend($1)", con.get_server_pid())
            await gone(database, 0)
            await con.fetchval("select 1")

    with pytest.raises(asyncpg.InterfaceError) as caught:
        await lose()
    assert as_unavailable(caught.value) is not None
    await all_turns_are_free(database, uuid4())


async def test_a_query_that_is_given_up_gives_its_connection_back(
    database: Database, other: Any
) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SHORT), database.reading() as con:
            await con.execute("select pg_sleep(60)")
    await come_about(
        lambda: other.fetchval(
            "select not exists (select from pg_stat_activity"
            " where state = 'active' and query like '%pg_sleep(60)%' and pid <> pg_backend_pid())"
        )
    )
    await all_turns_are_free(database, uuid4())


async def test_a_server_that_says_nothing_is_not_waited_for(
    patience: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(SHORT)
    monkeypatch.setattr(module, "_CONNECT_TIMEOUT", SHORT)
    async with silent_server() as dsn:
        pool = await asyncpg.create_pool(dsn, min_size=0, max_size=2)
        database = Database(dsn, pool, Pooling.NONE)
        for _ in range(3):
            with pytest.raises(Unavailable):
                await read(database)
            with pytest.raises(Unavailable):
                await write(database, uuid4())
        pool.terminate()
        for attempt in (database.connected(), connected(dsn)):
            with pytest.raises(TimeoutError):
                await attempt.__aenter__()
        with pytest.raises(TimeoutError) as caught:
            await open_database(dsn, 2)
        assert is_unreachable(caught.value)


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    async with silent_server() as dsn:
        pass
    with pytest.raises(OSError) as caught:  # noqa: PT011
        await open_database(dsn, 2)
    assert is_unreachable(caught.value)
    answer = as_unavailable(caught.value)
    assert answer is not None
    assert "cannot be reached" in answer.message
