"""Behind PgBouncer, whatever it pools by."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from looplane.kit.database import (
    SESSION_SETTINGS,
    Connection,
    Database,
    connected,
    is_unreachable,
    open_database,
)
from looplane.kit.pooler import PoolerError, Pooling, find_pooling
from tests.pgbouncer import PROGRAM, PgBouncer, pgbouncer

pytestmark = pytest.mark.skipif(
    PROGRAM is None and os.geteuid() != 0,
    reason="PgBouncer is not installed, and who runs the tests cannot install it",
)

# What PgBouncer pools by, what the operator says, and what it comes to.
SETUPS = [
    ("transaction", "auto", Pooling.TRANSACTION),
    ("transaction", "transaction", Pooling.TRANSACTION),
    ("session", "auto", Pooling.TRANSACTION),
    ("session", "session", Pooling.SESSION),
]
OVERLOOKED = ",".join([*SESSION_SETTINGS, "looplane.witness"])
# As PostgreSQL shows them.
SHOWN = {"tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count"}


@asynccontextmanager
async def opened(dsn: str, size: int = 10, pooling: str = "auto") -> AsyncIterator[Database]:
    database = await open_database(dsn, size, pooling)
    try:
        yield database
    finally:
        await database.pool.close()


async def settings_of(con: Connection) -> dict[str, str]:
    names = [each for each in SESSION_SETTINGS if each not in SHOWN]  # no part of a Unix socket
    return {name: await con.fetchval("select current_setting($1)", name) for name in names}


EXPECTED = {name: value for name, value in SESSION_SETTINGS.items() if name not in SHOWN}


@pytest.fixture(params=SETUPS, ids=lambda setup: f"{setup[0]}-{setup[1]}")
def setup(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def pooler(dsn: str, setup: Any) -> Any:
    with pgbouncer(dsn, pool_mode=setup[0]) as started:
        yield started


@pytest.fixture
async def database(pooler: PgBouncer, setup: Any) -> AsyncIterator[Database]:
    async with opened(pooler.dsn, pooling=setup[1]) as database:
        yield database


async def test_without_a_pooler_nothing_is_changed(dsn: str) -> None:
    assert await find_pooling(dsn, "auto") is Pooling.NONE


async def test_every_setting_is_in_force(database: Database, setup: Any) -> None:
    assert database.pooling is setup[2]
    for _ in range(2):
        async with database.reading() as con:
            assert await settings_of(con) == EXPECTED
        async with database.writing() as con:
            assert await settings_of(con) == EXPECTED
    async with database.connected() as con:
        assert await settings_of(con) == EXPECTED


@pytest.mark.parametrize("mode", ["session", "transaction"])
async def test_a_pooler_that_overlooks_settings_is_seen(dsn: str, mode: str) -> None:
    with pgbouncer(dsn, pool_mode=mode, ignore_startup_parameters=OVERLOOKED) as pooler:
        async with opened(pooler.dsn) as database, database.reading() as con:
            assert await settings_of(con) == EXPECTED
        async with connected(pooler.dsn) as con:
            assert await settings_of(con) == EXPECTED


async def test_the_database_may_have_our_settings_as_its_own(dsn: str) -> None:
    # Then that they are there says nothing about whether they arrive.
    ours: Any = {"pool_mode": "transaction", "ignore_startup_parameters": OVERLOOKED}
    query = "set plan_cache_mode = force_generic_plan; set jit = off"
    with pgbouncer(dsn, connect_query=query, **ours) as pooler:
        assert await find_pooling(pooler.dsn, "auto") is Pooling.TRANSACTION


async def work(database: Database, table: str, number: int) -> None:
    """Statements that are prepared, JSON, a write that is undone, and one that stays."""
    for _ in range(5):
        async with database.reading() as con:
            assert await con.fetchval("select $1::int + 1", number) == number + 1
            assert await con.fetchval("select $1::jsonb", {"n": number}) == {"n": number}
        async with database.writing(uuid4()) as con:
            await con.execute(f"insert into {table} values ($1)", number)
            undone = con.transaction()
            await undone.start()
            await con.execute(f"insert into {table} values ($1)", -number)
            await undone.rollback()


@pytest.fixture
async def table(dsn: str) -> AsyncIterator[str]:
    name = f"pooled_{uuid4().hex}"
    async with connected(dsn) as con:
        await con.execute(f"create table {name} (n int)")
        yield name
        await con.execute(f"drop table {name}")


async def count(dsn: str, table: str) -> list[int]:
    async with connected(dsn) as con:
        return [row["n"] for row in await con.fetch(f"select n from {table} order by n")]


EVERY_WRITE = sorted([*range(1, 21)] * 5)


async def test_many_read_and_write_at_once(
    database: Database, dsn: str, table: str, setup: Any
) -> None:
    await asyncio.gather(*(work(database, table, number) for number in range(1, 21)))
    assert await count(dsn, table) == EVERY_WRITE


async def test_one_server_is_enough_for_many_by_transaction(dsn: str, table: str) -> None:
    with pgbouncer(dsn, pool_mode="transaction", default_pool_size=1) as pooler:
        async with opened(pooler.dsn) as database:
            await asyncio.gather(*(work(database, table, number) for number in range(1, 21)))
    assert await count(dsn, table) == EVERY_WRITE


@pytest.mark.parametrize("wanted", ["auto", "session"])
async def test_one_server_is_enough_for_one_by_session(dsn: str, table: str, wanted: str) -> None:
    with pgbouncer(dsn, pool_mode="session", default_pool_size=1) as pooler:
        async with opened(pooler.dsn, 1, wanted) as database:
            await asyncio.gather(*(work(database, table, number) for number in range(1, 21)))
    assert await count(dsn, table) == EVERY_WRITE


async def test_a_raised_error_undoes_a_write_of_one_statement_too(dsn: str, table: str) -> None:
    async def fail(database: Database) -> None:
        async with database.writing() as con:
            await con.execute(f"insert into {table} values (1)")
            raise ZeroDivisionError

    with pgbouncer(dsn, pool_mode="transaction") as pooler:
        async with opened(pooler.dsn) as database:
            with pytest.raises(ZeroDivisionError):
                await fail(database)
    assert await count(dsn, table) == []


async def test_our_settings_reach_nobody_else(dsn: str) -> None:
    with pgbouncer(dsn, pool_mode="transaction", default_pool_size=1) as pooler:
        async with opened(pooler.dsn) as database:
            async with database.writing() as con:
                server = await con.fetchval("select pg_backend_pid()")
            other = await asyncpg.connect(pooler.dsn, statement_cache_size=0)
            async with other.transaction():
                assert await other.fetchval("select pg_backend_pid()") == server
                assert await other.fetchval("select current_setting('lock_timeout')") == "0"
            await other.close()


async def test_a_lock_is_not_waited_for_any_longer(
    pooler: PgBouncer, setup: Any, table: str, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SESSION_SETTINGS, "lock_timeout", "50ms")
    async with opened(pooler.dsn, pooling=setup[1]) as database, connected(dsn) as other:
        async with other.transaction():
            await other.execute(f"lock table {table}")
            with pytest.raises(asyncpg.LockNotAvailableError):
                async with database.writing() as con:
                    await con.execute(f"insert into {table} values (1)")
        async with database.writing() as con:
            await con.execute(f"insert into {table} values (1)")


async def test_a_restart_is_survived(database: Database, pooler: PgBouncer) -> None:
    async with database.reading() as con:
        await con.fetchval("select 1")
    pooler.stop()
    with pytest.raises(Exception) as caught:  # noqa: PT011
        async with database.reading() as con:
            await con.fetchval("select 1")
    assert is_unreachable(caught.value)
    pooler.start()
    async with database.reading() as con:
        assert await settings_of(con) == EXPECTED


@pytest.mark.parametrize("wanted", ["auto", "session", "transaction"])
async def test_pooling_by_statement_is_refused(dsn: str, wanted: str) -> None:
    settings: Any = {"pool_mode": "statement"}
    with pgbouncer(dsn, **settings) as pooler, pytest.raises(PoolerError, match="by statement"):
        await open_database(pooler.dsn, 10, wanted)


async def test_by_statement_is_refused_though_settings_are_overlooked(dsn: str) -> None:
    settings: Any = {"pool_mode": "statement", "ignore_startup_parameters": OVERLOOKED}
    with pgbouncer(dsn, **settings) as pooler, pytest.raises(PoolerError, match="by statement"):
        await open_database(pooler.dsn, 10)


@pytest.mark.parametrize("round_robin", [0, 1])
async def test_what_is_not_by_session_is_refused_as_such(dsn: str, round_robin: int) -> None:
    with pgbouncer(dsn, pool_mode="transaction", server_round_robin=round_robin) as pooler:
        async with opened(pooler.dsn) as database, AsyncExitStack() as held:
            for _ in range(3):  # servers, or one would come round again by chance
                await held.enter_async_context(database.reading())
        with pytest.raises(PoolerError, match="set it to transaction"):
            await find_pooling(pooler.dsn, "session")


async def test_by_session_is_never_doubted_because_others_are_busy(dsn: str) -> None:
    async def come_and_go(dsn: str) -> None:
        while True:
            async with connected(dsn, "session") as con:
                await con.fetchval("select 1")

    with pgbouncer(dsn, pool_mode="session", default_pool_size=8) as pooler:
        async with asyncio.TaskGroup() as group:
            others = [group.create_task(come_and_go(pooler.dsn)) for _ in range(2)]
            for _ in range(8):
                assert await find_pooling(pooler.dsn, "session") is Pooling.SESSION
            for each in others:
                each.cancel()


async def test_a_wrong_password_is_named_and_no_pooler(dsn: str) -> None:
    with pgbouncer(dsn, pool_mode="transaction") as pooler:
        user, _, rest = pooler.dsn.partition("@")
        wrong = f"{user.rpartition(':')[0]}:wrong@{rest}"
        with pytest.raises(asyncpg.PostgresError, match="authentication failed"):
            await find_pooling(wrong, "auto")
