"""Starting, stopping, and what a process says when it cannot run."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from tests.embedded_pg.running import postmaster_pid, server_pids
from tests.load import load_on
from tests.processes import (
    BLOCKS,
    Folder,
    Process,
    come_about,
    connect,
    folder,
    free_port,
    status,
)

MIGRATING = 6_071_955  # the lock that a migration holds
BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@pytest.fixture
def empty() -> Iterator[Folder]:
    """A folder for processes, in which no database was made yet."""
    with folder() as opened:
        yield opened


async def refused(process: Process) -> str:
    """The one line that a process which cannot run says."""
    assert await process.ended() == 1
    [line] = process.complained().splitlines()
    return line


def is_clean(process: Process, place: Folder) -> bool:
    """Whether it ended as if nothing had been."""
    told = process.complained().splitlines()
    assert [line for line in told if "A new database in " not in line] == []
    assert server_pids(place.data_dir) == []
    return process.popen.returncode == 0


@BOTH
async def test_everything_starts_answers_and_ends(empty: Folder, number: int) -> None:
    early = empty.start("serve")
    await come_about(lambda: is_made(empty))
    early.popen.send_signal(number)
    await early.ended()
    assert is_clean(early, empty), "a start can be ended, too"
    process = await empty.restarted(early)
    for path in ("/healthz", "/readyz", "/metrics", "/api/v2/openapi.json"):
        assert await status(f"{process.url}{path}") == httpx.codes.OK
    assert process.url in process.said()
    async with httpx.AsyncClient() as idle:
        # A connection that is kept open holds nothing up.
        await idle.get(f"{process.url}/healthz")
        process.popen.send_signal(number)
        await process.ended()
    assert is_clean(process, empty)


def is_made(place: Folder) -> bool:
    """Whether somebody is making the database now."""
    return bool([*place.data_dir.glob("postgres.init-*/PG_VERSION")])


@pytest.mark.usefixtures("database")  # its tables
async def test_requests_that_have_begun_are_answered(place: Folder, dsn: str) -> None:
    process = await place.started("api", database_url=dsn)
    con = await connect(dsn)
    async with load_on(process.url, con) as load:
        [id, *_] = load.threads
        async with con.transaction():
            await con.execute("select from threads where id = $1 for update", UUID(id))
            patching = asyncio.create_task(load.client.patch(f"/threads/{id}", json={"title": "x"}))
            await come_about(lambda: con.fetchval(BLOCKS))
            process.popen.send_signal(signal.SIGTERM)
            await come_about(lambda: nobody_listens(process.url))
        assert (await patching).json()["title"] == "x"
    await con.close()
    await process.ended()
    assert is_clean(process, place)


async def nobody_listens(url: str) -> bool:
    return await status(f"{url}/healthz") == 0


async def test_a_second_one_at_the_same_address_touches_nothing(place: Folder) -> None:
    first = place.start("serve")
    port = first.settings["port"]
    await first.ready()
    second = place.start("serve", port=port, data_dir=place.path / "other")
    line = await refused(second)
    assert f"127.0.0.1:{port}" in line
    assert "LOOPLANE_PORT" in line
    assert not (place.path / "other").exists()


async def test_of_two_at_the_same_address_at_once_one_runs(place: Folder) -> None:
    port = free_port()
    both = [place.start("serve", port=port) for _ in range(2)]
    await come_about(lambda: not all(each.runs() for each in both))
    loser, winner = sorted(both, key=Process.runs)
    assert "LOOPLANE_PORT" in await refused(loser)
    await winner.ready()


async def test_processes_on_one_data_directory_share_the_database(place: Folder) -> None:
    owner = await place.started("serve")
    guest = await place.started("api")
    server = postmaster_pid(place.data_dir)
    con = await place.connect()
    async with load_on(owner.url, con) as load:
        thread = f"/api/v2/threads/{load.threads[0]}"
        for changed, looked_at in ((owner, guest), (guest, owner)):
            sent = {"title": f"At {changed.url}"}
            await load.client.patch(f"{changed.url}{thread}", json=sent)
            seen = await load.client.get(f"{looked_at.url}{thread}")
            assert seen.json()["title"] == sent["title"]
        await con.close()
        owner.kill()
        await place.server_after(server)
        await guest.ready()
        assert (await load.client.get(f"{guest.url}{thread}")).json()["title"] == sent["title"]


async def test_a_start_goes_on_when_the_owner_of_the_server_ends(place: Folder) -> None:
    owner = EmbeddedPostgres(place.data_dir, find_binaries(None))
    with running(owner) as dsn:
        con = await connect(dsn)
        await con.execute("select pg_advisory_lock($1)", MIGRATING)
        guest = place.start("serve")
        await come_about(lambda: con.fetchval(BLOCKS))
        con.terminate()
        owner.stop()
        await guest.ready()


async def test_without_its_database_a_process_says_so_and_recovers(place: Folder) -> None:
    server = EmbeddedPostgres(place.data_dir, find_binaries(None))
    with running(server) as dsn:
        process = await place.started("serve", database_url=dsn)
        server.stop()
        assert await status(f"{process.url}/healthz") == httpx.codes.OK

        async def is_not_ready() -> bool:  # what it saw a moment ago counts for a moment
            return await status(f"{process.url}/readyz") == httpx.codes.SERVICE_UNAVAILABLE

        await come_about(is_not_ready)
        async with httpx.AsyncClient(base_url=process.url) as client:
            for path in ("/readyz", "/api/v2/threads"):
                answer = await client.get(path, headers={"Authorization": "Bearer ll_x"})
                assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
                assert answer.json()["code"] == "unavailable"
                assert int(answer.headers["retry-after"]) > 0
        server.start()
        await process.ready()
        assert not process.stumbled(), process.complained()


@contextmanager
def running(server: EmbeddedPostgres) -> Iterator[str]:
    try:
        yield server.start()
    finally:
        server.stop()


async def test_without_a_database_nothing_starts(place: Folder) -> None:
    nowhere = f"postgresql://me:secret@127.0.0.1:{free_port()}/looplane"
    line = await refused(place.start("serve", database_url=nowhere))
    assert "LOOPLANE_DATABASE_URL" in line
    assert "secret" not in line


async def test_a_database_that_refuses_is_quoted(place: Folder) -> None:
    with running(EmbeddedPostgres(place.data_dir, find_binaries(None))) as dsn:
        parts = urlsplit(dsn)
        for url, reason in (
            (f"postgresql://looplane:wrong@/looplane?{parts.query}", "password"),
            (f"postgresql://looplane:{parts.password}@/nothing?{parts.query}", '"nothing"'),
            ("postgresql://looplane:a/b@host/looplane", "%2F for /"),
        ):
            assert reason in await refused(place.start("api", database_url=url))
