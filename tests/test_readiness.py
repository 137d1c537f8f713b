"""Readiness: what it looks at, that it costs little, and that it always answers."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from looplane.kit import readiness
from looplane.kit.database import Database, open_database
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.processes import read_pid_file
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.readiness import Readiness
from looplane.kit.request_middleware import RequestMiddleware


@pytest.fixture(scope="module")
def server_pid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The address and the process of a server of our own, which has no tables yet."""
    folder = tmp_path_factory.mktemp("unready")
    server = EmbeddedPostgres(folder, find_binaries(None))
    dsn = server.start()
    found = read_pid_file(folder / "postgres")
    assert found is not None
    yield dsn, found.pid
    server.stop()


@pytest.fixture
async def database(server_pid: tuple[str, int]) -> AsyncIterator[Database]:
    database = await open_database(server_pid[0], 2)
    yield database
    await database.pool.execute("drop table if exists migrations")
    await database.pool.close()


def probe(database: Database) -> httpx.AsyncClient:
    """Somebody who asks whether we are ready."""
    ready = Readiness()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await ready.check(database)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    return httpx.AsyncClient(
        transport=httpx.ASGITransport(RequestMiddleware(app)), base_url="http://x"
    )


@pytest.fixture
async def migrated(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(readiness, "_REMEMBERED", 0)
    await database.pool.execute("create table migrations ()")
    return database


async def test_without_tables_it_says_what_to_do(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_REMEMBERED", 0)
    async with probe(database) as client:
        answer = await client.get("/")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "looplane migrate" in answer.json()["message"]
        await database.pool.execute("create table migrations ()")
        assert (await client.get("/")).status_code == 200


async def test_a_pool_that_is_all_in_use_says_nothing(migrated: Database) -> None:
    async with AsyncExitStack() as stack, probe(migrated) as client:
        for _ in range(2):
            await stack.enter_async_context(migrated.pool.acquire())
        assert (await client.get("/")).status_code == 200


@pytest.fixture
def connections(migrated: Database, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """One entry for each connection outside of the pool."""
    seen: list[Any] = []
    real = migrated.connected

    def connected() -> Any:
        seen.append(1)
        return real()

    monkeypatch.setattr(migrated, "connected", connected)
    return seen


async def test_many_who_ask_at_once_share_one_look(
    migrated: Database, connections: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_REMEMBERED", 60)
    async with probe(migrated) as client:
        for _ in range(2):
            answers = await asyncio.gather(*(client.get("/") for _ in range(30)))
            assert {each.status_code for each in answers} == {200}
        assert len(connections) == 1
        monkeypatch.setattr(readiness, "_REMEMBERED", 0)
        await client.get("/")
    assert len(connections) == 2, "and what was seen is not believed for ever"


async def test_one_who_leaves_takes_nothing_from_the_others(migrated: Database) -> None:
    ready = Readiness()
    first = asyncio.create_task(ready.check(migrated))
    await asyncio.sleep(0)
    second = asyncio.create_task(ready.check(migrated))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert first.cancelled()


async def test_a_server_that_does_not_answer_is_not_waited_for(
    migrated: Database, server_pid: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_PATIENCE", 0.3)
    async with probe(migrated) as client:
        os.kill(server_pid[1], signal.SIGSTOP)
        try:
            async with asyncio.timeout(5):
                answers = await asyncio.gather(*(client.get("/") for _ in range(3)))
        finally:
            os.kill(server_pid[1], signal.SIGCONT)
        assert {each.status_code for each in answers} == {503}
        async with asyncio.timeout(20):
            while (await client.get("/")).status_code != httpx.codes.OK:  # noqa: ASYNC110  # asked from outside
                await asyncio.sleep(0.05)
