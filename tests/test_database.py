"""Waiting for the database: who waits for what, how long, and what is left for the others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
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

SIZE, WRITES = 10, 7
# For what is to wait in vain.
SHORT = 0.1
LONG = 30.0
MEANT = dict(SESSION_SETTINGS)


@asynccontextmanager
async def opened(dsn: str, size: int = SIZE) -> AsyncIterator[Database]:
    database = await open_database(dsn, size)
    try:
        yield database
    finally:
        await database.pool.close()


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    async with opened(dsn) as database:
        yield database


@pytest.fixture(autouse=True)
def no_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to succeed may take as long as it takes."""
    monkeypatch.setattr(module, "ACQUIRE_TIMEOUT", LONG)
    monkeypatch.setitem(SESSION_SETTINGS, "lock_timeout", f"{LONG:.0f}s")


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    return lambda seconds: monkeypatch.setattr(module, "ACQUIRE_TIMEOUT", seconds)


@pytest.fixture
async def other(dsn: str) -> AsyncIterator[Any]:
    """Somebody else's connection."""
    async with connected(dsn) as con:
        yield con


@pytest.fixture
async def rows(other: Any) -> AsyncIterator[list[UUID]]:
    """Rows of a table called `waited_for`, each a subject."""
    ids = [uuid4() for _ in range(SIZE)]
    await other.execute("create table waited_for (id uuid primary key, writes int not null)")
    await other.executemany("insert into waited_for values ($1, 0)", [[id] for id in ids])
    yield ids
    await other.execute("drop table waited_for")


WRITE = "update waited_for set writes = writes + 1 where id = $1"
BLOCKED = "select count(distinct pid) from pg_locks where not granted"


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


async def test_one_locked_row_costs_one_connection(
    database: Database, other: Any, rows: list[UUID]
) -> None:
    async with asyncio.TaskGroup() as group, other.transaction():
        await other.execute(WRITE, rows[0])
        for _ in range(30):
            group.create_task(write(database, rows[0]))
        await blocked(other, 1)
        assert await asyncio.gather(*(read(database) for _ in range(30))) == [1] * 30
        await asyncio.gather(*(write(database, id) for id in rows[1:]))
    written = await other.fetchval("select array_agg(writes order by writes) from waited_for")
    assert written == [*[1] * (SIZE - 1), 31]
    await all_turns_are_free(database, rows[0])


async def test_many_locked_rows_leave_connections_to_reads(
    database: Database, other: Any, rows: list[UUID]
) -> None:
    async with asyncio.TaskGroup() as group, other.transaction():
        await other.execute("update waited_for set writes = 0")
        for id in rows:
            group.create_task(write(database, id))
        await blocked(other, WRITES)
        assert await asyncio.gather(*(read(database) for _ in range(30))) == [1] * 30
    assert await other.fetchval("select sum(writes) from waited_for") == SIZE


async def test_writes_to_one_subject_go_in_the_order_they_came(
    database: Database, rows: list[UUID]
) -> None:
    order: list[int] = []

    async def note(number: int) -> None:
        async with database.writing(rows[0]) as con:
            await con.execute(WRITE, rows[0])
            order.append(number)

    await asyncio.gather(*(note(number) for number in range(20)))
    assert order == list(range(20))


@pytest.mark.parametrize("held", ["subject", "slots", "connections"])
async def test_a_write_that_waits_too_long_is_told_so(
    database: Database, held: str, patience: Callable[[float], None]
) -> None:
    subject = uuid4()
    taken = {
        "subject": lambda: [database.writing(subject)],
        "slots": lambda: [database.writing() for _ in range(WRITES)],
        "connections": lambda: [database.reading() for _ in range(SIZE)],
    }[held]()
    for each in taken:
        await each.__aenter__()
    patience(SHORT)
    for _ in range(3):
        with pytest.raises(Unavailable, match="turn") as caught:
            await database.writing(subject).__aenter__()
        assert caught.value.headers == {"Retry-After": "1"}
        assert isinstance(caught.value.__cause__, TimeoutError)
    if held != "connections":
        assert await read(database) == 1
    for each in taken:
        await each.__aexit__(None, None, None)
    patience(LONG)
    await all_turns_are_free(database, subject)


async def test_a_read_that_waits_too_long_is_told_so(
    database: Database, patience: Callable[[float], None]
) -> None:
    taken = [database.reading() for _ in range(SIZE)]
    for each in taken:
        await each.__aenter__()
    patience(SHORT)
    with pytest.raises(Unavailable, match="turn"):
        await read(database)
    for each in taken:
        await each.__aexit__(None, None, None)
    patience(LONG)
    await all_turns_are_free(database, uuid4())


async def test_the_waits_of_a_write_are_one_wait(
    database: Database, patience: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one would wait for the subject, then as long for a slot, then for a connection."""
    subject, limits = uuid4(), []
    real = asyncio.timeout

    def noted(seconds: float) -> Any:
        limits.append(seconds)
        return real(seconds)

    async with database.writing(subject):
        monkeypatch.setattr(asyncio, "timeout", noted)
        patience(SHORT)
        with pytest.raises(Unavailable):
            await write(database, subject)
    assert limits == [SHORT]


async def test_the_time_limit_is_for_waiting_alone(
    database: Database, patience: Callable[[float], None]
) -> None:
    patience(SHORT)
    async with database.writing(uuid4()) as con:
        await con.execute("select pg_sleep($1)", 3 * SHORT)
        assert await con.fetchval("select 1") == 1


@pytest.mark.parametrize("number", [0, 1, 5, 15])
async def test_who_goes_away_leaves_nothing_behind(
    database: Database, other: Any, rows: list[UUID], number: int
) -> None:
    """The first waits for the row, some after it for the subject, the rest for a slot."""
    async with other.transaction():
        await other.execute("update waited_for set writes = 0")
        subjects = [rows[0]] * 5 + rows[1:] * 2
        tasks = [asyncio.create_task(write(database, each)) for each in subjects]
        await blocked(other, WRITES)
        tasks[number].cancel()
        with pytest.raises(asyncio.CancelledError):
            await tasks[number]
    await asyncio.gather(*tasks[:number], *tasks[number + 1 :])
    assert await other.fetchval("select sum(writes) from waited_for") == len(tasks) - 1
    await all_turns_are_free(database, rows[0])


async def test_when_all_go_away_nothing_is_left_running(
    database: Database, other: Any, rows: list[UUID]
) -> None:
    async with other.transaction():
        await other.execute("update waited_for set writes = 0")
        tasks = [asyncio.create_task(write(database, each)) for each in rows * 3]
        await blocked(other, WRITES)
        for each in tasks:
            each.cancel()
        for each in tasks:
            with pytest.raises(asyncio.CancelledError):
                await each
        await come_about(lambda: other.fetchval(f"select ({BLOCKED}) = 0"))
    await all_turns_are_free(database, rows[0])
    assert await other.fetchval("select sum(writes) from waited_for") == 0


async def test_turns_survive_any_moment_of_going_away(database: Database) -> None:
    subject = uuid4()

    async def use() -> None:
        async with database.writing(subject) as con:
            await con.fetchval("select 1")

    for steps in range(40):
        tasks = [asyncio.create_task(use()) for _ in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[1].cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert not tasks[2].cancelled()
    await all_turns_are_free(database, subject)


async def test_another_process_is_kept_off_by_the_lock_timeout(
    dsn: str, rows: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SESSION_SETTINGS, "lock_timeout", "50ms")
    async with opened(dsn) as ours, opened(dsn) as theirs:
        async with theirs.writing(rows[0]) as con, con.transaction():
            await con.execute(WRITE, rows[0])
            with pytest.raises(asyncpg.LockNotAvailableError) as caught:
                await write(ours, rows[0])
        answer = as_unavailable(caught.value)
        assert answer is not None
        assert "Another write" in answer.message
        await write(ours, rows[0])


async def test_what_takes_too_long_is_ended(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SESSION_SETTINGS, "statement_timeout", "50ms")
    async with opened(dsn) as database:
        with pytest.raises(asyncpg.QueryCanceledError) as caught:
            async with database.reading() as con:
                await con.execute("select pg_sleep(60)")
        answer = as_unavailable(caught.value)
        assert answer is not None
        assert "too long" in answer.message
        assert await read(database) == 1


async def test_a_process_that_stands_still_loses_its_locks(
    dsn: str, rows: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SESSION_SETTINGS, "idle_in_transaction_session_timeout", "50ms")
    async with opened(dsn) as frozen, opened(dsn) as ours:
        with pytest.raises(Exception) as caught:  # noqa: PT011, PT012
            async with frozen.writing() as con, con.transaction():
                await con.execute(WRITE, rows[0])
                await write(ours, rows[0])
                await con.execute(WRITE, rows[0])
        assert is_unreachable(caught.value)
        assert await read(frozen) == 1


async def test_the_settings_are_in_force(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SESSION_SETTINGS, "lock_timeout", MEANT["lock_timeout"])
    said = {"lock_timeout": "2s", "statement_timeout": "15s", "jit": "off"}
    said |= {"idle_in_transaction_session_timeout": "30s"}
    said |= {"plan_cache_mode": "force_generic_plan", "TimeZone": "UTC"}
    async with opened(dsn) as database:
        assert database.pooling is Pooling.NONE
        for turn in (database.reading, database.writing, database.connected):
            async with turn() as con:
                for name, value in said.items():
                    assert await con.fetchval("select current_setting($1)", name) == value


async def test_nothing_is_said_to_the_server_beside_what_is_asked(
    database: Database, other: Any
) -> None:
    async with database.writing() as con:
        server = await con.fetchval("select pg_backend_pid() /* asked */")
    for turn in (database.reading, database.writing):
        async with turn() as con:
            assert con.get_server_pid() == server
    last = await other.fetchval("select query from pg_stat_activity where pid = $1", server)
    assert "/* asked */" in last


async def test_a_connection_that_broke_is_replaced(database: Database, other: Any) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011, PT012
        async with database.writing() as con:
            await other.execute("select pg_terminate_backend($1)", con.get_server_pid())
            while True:
                await con.fetchval("select 1")
    assert is_unreachable(caught.value)
    answer = as_unavailable(caught.value)
    assert answer is not None
    assert answer.headers == {"Retry-After": "1"}
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


@pytest.mark.parametrize("size", [2, 3])
async def test_the_smallest_pools_write_and_read(
    dsn: str, size: int, other: Any, rows: list[UUID]
) -> None:
    async with opened(dsn, size) as database, asyncio.TaskGroup() as group, other.transaction():
        await other.execute("update waited_for set writes = 0")
        for id in rows:
            group.create_task(write(database, id))
        await blocked(other, size - 1)
        assert await read(database) == 1


async def test_jsonb_is_json(database: Database) -> None:
    async with database.reading() as con:
        value = {"a": [1, None, "ä"]}
        assert await con.fetchval("select $1::jsonb", value) == value
