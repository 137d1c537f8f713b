"""Processes of two versions of the program on one database."""

import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.databases import empty_database
from tests.load import Load, load_on
from tests.processes import Folder, Process, come_about, connect, folder

ROOT = Path(__file__).parent.parent
LATER = "2999-01-01_later.sql"
HARMLESS = "alter table threads add column written_by text;"
BREAKING = (
    "-- breaks older programs: titles are headings\nalter table threads rename title to heading;"
)
# All that an older program could undo.
LEFT_BEHIND = """
select array_agg((p.oid, p.xmin, proname, prosrc)::text order by proname) from pg_proc p
where pronamespace = 'public'::regnamespace
union all select array_agg((m.xmin, m)::text order by name) from migrations m
union all select array_agg((c.oid, relname)::text order by relname) from pg_class c
  where relnamespace = 'public'::regnamespace"""
WRITTEN_BY = "select written_by from threads where id = $1"
FUNCTIONS = "select proname from pg_proc where proname like 'thread\\_update%' order by oid"


@pytest.fixture
def place() -> Iterator[Folder]:
    with folder() as opened:
        yield opened


@pytest.fixture
async def url(dsn: str) -> AsyncIterator[str]:
    async with empty_database(dsn) as url:
        yield url


@pytest.fixture
async def db(url: str) -> AsyncIterator[Any]:
    con = await connect(url)
    yield con
    await con.close()


def newer_version(place: Folder, migration: str) -> Path:
    """A program with one more migration, whose function says in `written_by` that it wrote."""
    source = place.path / "newer" / "src"
    shutil.copytree(ROOT / "src" / "looplane", source / "looplane")
    for each in ("migrations", "contract"):
        shutil.copytree(ROOT / each, source.parent / each)
    (source.parent / "migrations" / LATER).write_text(migration)
    statements = source / "looplane" / "threads" / "update" / "sql.py"
    ours = statements.read_text()
    theirs = ours.replace("update threads t set ", "update threads t set written_by = 'newer', ")
    assert theirs.count("written_by") == 1
    statements.write_text(theirs)
    return source


async def said_why(process: Process) -> str:
    """What a process that ended by itself says of it."""
    assert await process.ended() == 1
    assert not process.stumbled(), process.complained()
    return process.complained().splitlines()[-1]


async def renamed(load: Load, process: Process, title: str) -> None:
    answer = await load.client.patch(
        f"{process.url}/api/v2/threads/{load.threads[0]}", json={"title": title}
    )
    assert answer.json()["title"] == title
    seen = await load.client.get(f"{process.url}/api/v2/threads/{load.threads[0]}")
    assert seen.json()["title"] == title


async def test_an_older_program_goes_on_beside_a_newer_one(
    place: Folder, url: str, db: Any
) -> None:
    source = newer_version(place, HARMLESS)
    older = await place.started("serve", database_url=url)
    async with load_on(older.url, db) as load:
        id = UUID(load.threads[0])
        await renamed(load, older, "of the older")
        newer = await place.started("serve", source=source, database_url=url)
        left_behind = await db.fetch(LEFT_BEHIND)
        await renamed(load, newer, "of the newer")
        assert await db.fetchval(WRITTEN_BY, id) == "newer"
        # On connections that it had open all the while.
        for number in range(20):
            await renamed(load, older, f"of the older, beside the newer, {number}")
        await come_about(lambda: LATER in older.complained())
        assert not older.stumbled(), older.complained()
        older.popen.send_signal(signal.SIGTERM)
        assert await older.ended() == 0
        for part in ("serve", "api"):
            again = await place.started(part, database_url=url)
            await db.execute("update threads set written_by = null")
            await renamed(load, again, f"of the older, as {part}")
            assert await db.fetchval(WRITTEN_BY, id) is None, "each calls what is its own"
            await renamed(load, newer, f"of the newer, beside {part}")
            assert await db.fetchval(WRITTEN_BY, id) == "newer"
            [line] = again.complained().splitlines()
            assert LATER in line
    assert await db.fetch(LEFT_BEHIND) == left_behind
    assert len(await db.fetch(FUNCTIONS)) == 2
    assert newer.complained() == ""


async def test_an_older_program_ends_with_the_reason(place: Folder, url: str, db: Any) -> None:
    source = newer_version(place, BREAKING)
    running = await place.started("serve", database_url=url)
    migrating = place.start("migrate", source=source, database_url=url)
    assert await migrating.ended() == 0, migrating.complained()
    left_behind = await db.fetch(LEFT_BEHIND)
    later = [place.start(part, database_url=url) for part in ("serve", "api", "worker", "migrate")]
    for each in (running, *later):
        why = await said_why(each)
        assert LATER in why
        assert "titles are headings" in why
    assert await db.fetch(LEFT_BEHIND) == left_behind


@pytest.mark.parametrize("part", ["api", "worker"])
async def test_only_serve_and_migrate_apply_anything(
    place: Folder, url: str, db: Any, part: str
) -> None:
    assert "looplane migrate`" in await said_why(place.start(part, database_url=url))
    assert await db.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    assert await place.start("migrate", database_url=url).ended() == 0
    again = await place.started(part, database_url=url) if part == "api" else None
    assert again is None or again.runs()


async def test_a_migration_that_was_changed_is_refused(place: Folder, url: str, db: Any) -> None:
    assert await place.start("migrate", database_url=url).ended() == 0
    await db.execute("update migrations set digest = 'other'")
    for part in ("serve", "worker", "migrate"):
        assert "was changed" in await said_why(place.start(part, database_url=url))
