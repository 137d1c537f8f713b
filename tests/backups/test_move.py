"""A move proves what it copied, and nothing is written where nobody looks."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.backups.conftest import Desk, contents, fingerprints
from tests.cli.conftest import ask
from tests.embedded_pg.running import wait_for
from tests.processes import BLOCKS, PATIENCE, come_about

pytestmark = pytest.mark.processes
OPEN = [
    "set default_transaction_read_only = off",
    "alter database looplane reset default_transaction_read_only",
]


def _password(url: str) -> str:
    return urlsplit(url).password or ""


def _is_alone(desk: Desk) -> bool:
    others = "select from pg_stat_activity where datname = 'looplane' and usesysid is not null"
    return len(ask(desk.url, others)) == 1


def test_to_an_older_server(desk: Desk, older: str, looplane: Any) -> None:
    url = desk.new_database(older)
    wait_for(lambda: _is_alone(desk))
    moved = looplane("move", "--to", url)
    assert moved.code == 0, moved.err
    assert _password(url) not in moved.out + moved.err
    assert "export LOOPLANE_DATABASE_URL='postgresql://looplane:PASSWORD@" in moved.out
    try:
        assert fingerprints(url) == fingerprints(desk.url)
        assert looplane("workspace", "list", database_url=url).code == 0
        closed = looplane("workspace", "list").complaint
        assert "as `looplane move` leaves the one that it copied" in closed
        assert looplane("migrate").complaint == closed
        assert "is not empty" in looplane("move", "--to", url).complaint
    finally:
        opened = looplane("pg", "psql", "-c", OPEN[0], "-c", OPEN[1])
    assert opened.code == 0
    assert all(each in closed for each in OPEN)
    assert looplane("workspace", "list").code == 0


def test_while_somebody_is_there(desk: Desk, looplane: Any) -> None:
    url = desk.new_database(desk.url)
    with asyncio.Runner() as runner:
        con = runner.run(asyncpg.connect(desk.url))
        try:
            complaint = looplane("move", "--to", url).complaint
        finally:
            runner.run(con.close())
    assert "1 other connections" in complaint
    assert contents(url) == []


async def test_who_comes_in_the_middle_writes_nothing(desk: Desk, looplane: Any) -> None:
    url = await asyncio.to_thread(desk.new_database, desk.url)
    await come_about(lambda: asyncio.to_thread(_is_alone, desk))

    @asynccontextmanager
    async def moving() -> AsyncIterator[subprocess.Popen[str]]:
        """A move that waits for another one who makes a table, too."""
        con = await asyncpg.connect(url)
        await con.execute("begin; create table workspaces ()")
        process = desk.start("move", "--to", url)
        await come_about(lambda: con.fetchval(BLOCKS))
        yield process
        await con.close()

    async with moving() as process:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await asyncio.to_thread(ask, desk.url, "create table lost ()")
        await asyncio.to_thread(
            ask,
            url,
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'",
        )
        assert process.wait(PATIENCE) == 1, process.communicate()
        process.communicate()
    await asyncio.to_thread(ask, desk.url, "delete from tags where false")
    async with moving() as process:
        process.kill()
        process.communicate()
    closed = await asyncio.to_thread(looplane, "workspace", "list")
    assert "if it was cut off, run it again" in closed.complaint
    await come_about(lambda: asyncio.to_thread(_is_alone, desk))
    try:
        assert (await asyncio.to_thread(looplane, "move", "--to", url)).code == 0
        there, here = [await asyncio.to_thread(fingerprints, each) for each in (url, desk.url)]
        assert there == here
    finally:
        await asyncio.to_thread(looplane, "pg", "psql", "-c", OPEN[0], "-c", OPEN[1])


def test_all_faults_of_a_target_are_named(desk: Desk, looplane: Any) -> None:
    url = desk.new_database(desk.url, "encoding 'SQL_ASCII' locale 'C' template template0")
    ask(url, "create table threads (id int)")
    ask(url, "create function mine() returns int language sql as 'select 1'")
    complaint = looplane("move", "--to", url).complaint
    assert "its encoding is SQL_ASCII" in complaint
    assert "it is not empty: public.mine(), public.threads." in complaint
    assert contents(url) == ["public.mine()", "public.threads"]


def test_programs_find_every_part_of_the_address(desk: Desk, looplane: Any) -> None:
    login, _, socket = desk.url.partition("?host=")
    more = "&application_name=an%20office&options=-c%20work_mem%3D5MB&search_path=a%2C%20b"
    url = f"{login}?host=/nowhere,{socket}{more}&target_session_attrs=read-write"
    query = "select current_setting('application_name'), current_setting('work_mem'), current_setting('search_path')"
    said = looplane(
        "pg", "psql", "--no-align", "--tuples-only", f"--command={query}", database_url=url
    )
    assert said.out == "an office|5MB|a, b\n", said.err


def test_a_missing_root_certificate_is_named(
    looplane: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    url = "postgresql://a:geheim@127.0.0.1:1/b?sslmode=verify-full"
    complaint = looplane("workspace", "list", database_url=url).complaint
    assert "root certificate file" in complaint
    assert "sslrootcert=" in complaint
    assert "geheim" not in complaint
