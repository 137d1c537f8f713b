"""Waiting for the database: who waits for what, how long, and what is left for the others."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from looplane.kit.database import (
    SESSION_SETTINGS,
    Database,
    as_unavailable,
)
from looplane.kit.errors import Unavailable
from tests.database.waiting import (
    BLOCKED,
    LONG,
    SHORT,
    SIZE,
    WRITE,
    WRITES,
    all_turns_are_free,
    blocked,
    come_about,
    opened,
    read,
    write,
)


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
    monkeypatch.setitem(SESSION_SETTINGS, "statement_timeout", "300ms")
    async with opened(dsn) as database:
        with pytest.raises(asyncpg.QueryCanceledError) as caught:
            async with database.reading() as con:
                await con.execute("select pg_sleep(60)")
        answer = as_unavailable(caught.value)
        assert answer is not None
        assert "too long" in answer.message
        assert await read(database) == 1


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
