"""Migrations of two versions of a program on one database."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from looplane.kit import migrate as program
from looplane.kit.database import Database, connected, open_database
from looplane.kit.functions import StoredFunction
from looplane.kit.ledger import Comparison
from looplane.kit.migrate import check, migrate, watch
from looplane.kit.migrations import Migration, MigrationError, Migrations
from tests.databases import empty_database
from tests.processes import BLOCKS, come_about

# The ledger as the first version made it.
FIRST_LEDGER = """
create table migrations (
  name text primary key, digest text not null, applied_at timestamptz not null default now())"""
TABLES = "select tablename from pg_tables where schemaname = 'public' order by 1"
APPLIED = "select name, breaks_older, applied_at, xmin::text from migrations order by name"


def function(answer: str) -> StoredFunction:
    text = f"create function <name>() returns text language sql as $$ select '{answer}' $$"
    return StoredFunction("answer", text)


def files(**texts: str) -> dict[str, Migration]:
    names = {name: f"{name}.sql" for name in sorted(texts)}
    return {name: Migration(name, texts[each]) for each, name in names.items()}


FIRST = {"a_cats": "create table cats (id int not null, name text)"}
MORE = {**FIRST, "b_dogs": "create table dogs ()"}
OLDER = Migrations(files(**FIRST), (function("one"),))
NEWER = Migrations(files(**MORE), (function("two"),))


@pytest.fixture
async def url(dsn: str) -> AsyncIterator[str]:
    async with empty_database(dsn) as url:
        yield url


@pytest.fixture
async def db(url: str) -> AsyncIterator[Any]:
    async with connected(url) as con:
        yield con


async def answers(db: Any, migrations: Migrations) -> list[str]:
    return [await db.fetchval(f"select {each.name}()") for each in migrations.functions]


async def tables(db: Any) -> list[str]:
    return [row["tablename"] for row in await db.fetch(TABLES)]


async def test_everything_is_applied_once(db: Any) -> None:
    with pytest.raises(MigrationError, match=r"a_cats.sql, answer_\w{8}.*`looplane migrate`"):
        await check(db, OLDER)
    assert await tables(db) == [], "a look applies nothing"
    name = OLDER.functions[0].name
    assert (await migrate(db, OLDER)).outstanding == ("a_cats.sql", name)
    assert await tables(db) == ["cats", "migrations"]
    assert await migrate(db, OLDER) == await check(db, OLDER) == Comparison()
    assert await answers(db, OLDER) == ["one"]


async def test_a_missing_function_alone_is_missed_and_made(db: Any) -> None:
    await migrate(db, OLDER)
    changed = Migrations(OLDER.files, (*OLDER.functions, function("three")))
    with pytest.raises(MigrationError, match="looplane migrate"):
        await check(db, changed)
    assert (await migrate(db, changed)).outstanding == (function("three").name,)
    assert await answers(db, changed) == ["one", "three"]


async def test_an_older_program_undoes_nothing_and_says_so(db: Any) -> None:
    await migrate(db, OLDER)
    await migrate(db, NEWER)
    before = await db.fetch(APPLIED)
    for again in (migrate, check, migrate):
        found = await again(db, OLDER)
        assert found.outstanding == ()
        assert found.notice
        assert "b_dogs.sql" in found.notice
        assert await answers(db, OLDER) == ["one"]
        assert await answers(db, NEWER) == ["two"]
    assert await db.fetch(APPLIED) == before
    assert (await check(db, NEWER)).notice is None


async def test_an_older_program_makes_what_it_alone_calls(db: Any) -> None:
    await migrate(db, NEWER)
    found = await migrate(db, OLDER)
    assert (found.missing, found.unknown) == ((OLDER.functions[0].name,), ("b_dogs.sql",))
    assert await answers(db, OLDER) == ["one"]


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("-- breaks older programs: cats are birds now", "cats are birds now"),
        ("-- Cats.\n--\n-- Breaks older programs", "it changes what they use"),
    ],
)
async def test_a_program_that_cannot_go_on_says_why(db: Any, head: str, reason: str) -> None:
    await migrate(db, OLDER)
    breaking = Migrations(files(**FIRST, b_birds=f"{head}\nalter table cats rename to birds"))
    await migrate(db, breaking)
    for act in (migrate, check):
        with pytest.raises(MigrationError, match=re.escape(f"b_birds.sql ({reason})")):
            await act(db, OLDER)
    assert await check(db, breaking) == Comparison()


async def test_programs_that_went_apart_do_not_work_together(db: Any) -> None:
    await migrate(db, NEWER)
    apart = Migrations(files(**FIRST, c_fish="create table fish ()"))
    for act in (migrate, check):
        with pytest.raises(MigrationError, match=r"b_dogs.sql.*c_fish.sql"):
            await act(db, apart)
    assert "fish" not in await tables(db)


async def test_a_file_that_was_changed_is_refused(db: Any) -> None:
    await migrate(db, OLDER)
    changed = Migrations(files(a_cats=FIRST["a_cats"] + " "))
    for act in (migrate, check):
        with pytest.raises(MigrationError, match=r"a_cats.sql was changed"):
            await act(db, changed)


async def test_a_ledger_of_the_first_version_goes_on(db: Any) -> None:
    insert = "insert into migrations (name, digest) values ($1, $2)"
    await db.execute(FIRST_LEDGER)
    await db.execute(FIRST["a_cats"])
    await db.execute(insert, "a_cats.sql", OLDER.files["a_cats.sql"].digest)
    await db.execute(insert, "functions of threads", "whatever")
    assert (await migrate(db, NEWER)).outstanding == ("b_dogs.sql", NEWER.functions[0].name)
    # It still writes what it always did, and is read.
    await db.execute(insert, "c_first.sql", "whatever")
    assert (await check(db, NEWER)).unknown == ("c_first.sql",)


async def test_all_is_applied_or_nothing(db: Any) -> None:
    await migrate(db, OLDER)
    await db.execute("insert into cats values (1), (1)")
    failing = Migrations(files(**MORE, c_keys="alter table cats add primary key (id)"))
    with pytest.raises(MigrationError, match=r"c_keys.sql.*is duplicated"):
        await migrate(db, failing)
    assert await tables(db) == ["cats", "migrations"]
    assert await check(db, OLDER) == Comparison()
    wrong = Migrations(OLDER.files, (StoredFunction("wrong", "create function <name>() nonsense"),))
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await migrate(db, wrong)


async def test_of_many_at_once_one_migrates(db: Any, url: str) -> None:
    async with AsyncExitStack() as stack:
        cons = [await stack.enter_async_context(connected(url)) for _ in range(4)]
        done = await asyncio.gather(*(migrate(con, NEWER) for con in cons))
    assert sorted(len(each.outstanding) for each in done) == [0, 0, 0, 3]
    assert await check(db, NEWER) == Comparison()


async def test_who_migrates_is_waited_for(db: Any, url: str) -> None:
    async with connected(url) as waiting:
        await waiting.execute("set lock_timeout = '1ms'; set statement_timeout = '200ms'")
        await db.execute("select pg_advisory_lock($1)", program.LOCK)
        migrating = asyncio.create_task(migrate(waiting, OLDER))
        await come_about(lambda: db.fetchval(BLOCKS))
        await asyncio.sleep(0.5)  # longer than it waits for anything else
        assert not migrating.done()
        await db.execute("select pg_advisory_unlock($1)", program.LOCK)
        await migrating
        settings = [
            await waiting.fetchval(f"show {each}_timeout") for each in ("lock", "statement")
        ]
    assert settings == ["1ms", "200ms"], "the session's own settings are back"


async def test_a_busy_table_is_tried_for_and_let_go(
    db: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(db, OLDER)
    monkeypatch.setattr(program, "_TABLE_PATIENCE", "20ms")
    monkeypatch.setattr(program, "_PAUSE", 0.02)
    renaming = Migrations(files(**MORE, c_birds="alter table cats rename to birds"))
    async with connected(url) as other:
        async with other.transaction():
            await other.execute("select from cats")
            with pytest.raises(MigrationError, match=r"lock timeout.*pg_stat_activity"):
                await migrate(db, renaming)
            assert await tables(db) == ["cats", "migrations"]
            with capture_logs() as logs:
                migrating = asyncio.create_task(migrate(db, renaming))
                await come_about(lambda: logs)
        assert (await migrating).pending == ("b_dogs.sql", "c_birds.sql")


class Unsteady:
    """A database that cannot be asked at every second look, each time for another reason."""

    def __init__(self, database: Database) -> None:
        self.database, self.looks = database, 0
        held, met = asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError
        self._reasons = itertools.cycle((OSError, held, asyncpg.InvalidCachedStatementError, met))

    def reading(self) -> Any:
        self.looks += 1
        if self.looks % 2:
            raise next(self._reasons)
        return self.database.reading()


async def test_a_running_program_learns_of_a_newer_one(
    db: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "_LOOK", 0.01)
    known = await migrate(db, OLDER)
    database = await open_database(url, 2)
    unsteady = Unsteady(database)
    with capture_logs() as logs:
        watching = asyncio.create_task(watch(unsteady, OLDER, known))  # type: ignore[arg-type]
        await migrate(db, NEWER)
        await come_about(lambda: logs)
        # It is not told again, and a database that is away in between is none of its business.
        before = unsteady.looks
        await come_about(lambda: unsteady.looks > before + 10)
        assert [each["event"] for each in logs] == [(await check(db, OLDER)).notice]
        breaking = "-- breaks older programs: no cats\ndrop table cats"
        await migrate(db, Migrations(files(**MORE, c_none=breaking)))
        with pytest.raises(MigrationError, match="no cats"):
            await watching
    await database.pool.close()
