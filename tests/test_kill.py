"""Nothing that was acknowledged is ever lost, whoever is killed, and no retry writes twice."""

import asyncio
import itertools
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from looplane.kit import db as database
from looplane.kit.auth import SCOPES
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.workspaces.commands import create_workspace
from tests.embedded_pg.running import postmaster_pid
from tests.factory import Factory
from tests.processes import PATIENCE, Folder, Process, come_about, folder

SOAK = float(os.environ.get("LOOPLANE_SOAK_SECONDS", "0"))
KILLS = 3  # at least, in each test
BETWEEN = 60  # acknowledged writes from one kill to the next
WRITERS = 6
AWAY = {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.CONFLICT}


@dataclass
class Load:
    """Writers that never stop: half of them send a lost write again, with its Idempotency-Key."""

    client: httpx.AsyncClient
    threads: list[str]
    api_stays: bool = False  # then it has to answer all the time, whatever happens behind it
    count: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    stopping: bool = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Load"]:
        self.acknowledged = {id: [] for id in self.threads}
        writers = [
            asyncio.create_task(self._write(id, retries=number % 2 == 0))
            for number, id in enumerate(self.threads)
        ]
        try:
            yield self
        finally:
            self.stopping = True
            await asyncio.gather(*writers)

    async def more(self, writes: int = BETWEEN) -> None:
        """Waits until so many more writes are acknowledged."""
        goal = self.count["acknowledged"] + writes

        async def reached() -> bool:
            return self.count["acknowledged"] >= goal

        await come_about(reached)

    async def _write(self, id: str, *, retries: bool) -> None:
        for number in itertools.count(1):
            if self.stopping:
                return
            title = f"{id} {number}"
            done = await self._send(id, title, retries)
            while retries and not done:
                done = await self._send(id, title, retries)
            if done:
                self.acknowledged[id].append(title)
                self.count["acknowledged"] += 1

    async def _send(self, id: str, title: str, retries: bool) -> bool:
        headers = {"Idempotency-Key": title.replace(" ", "/")} if retries else {}
        try:
            answer = await self.client.patch(
                f"/threads/{id}", json={"title": title}, headers=headers
            )
        except httpx.TransportError as error:
            assert not isinstance(error, httpx.TimeoutException), "a request hung"
            assert not self.api_stays, error
            self.count["answers lost"] += 1
            await asyncio.sleep(0.02)
            return False
        if answer.status_code in AWAY:
            self.count[f"answered {answer.status_code}"] += 1
            assert int(answer.headers["retry-after"]) >= 1
            await asyncio.sleep(0.02)
            return False
        assert answer.status_code == httpx.codes.OK, answer.text
        assert answer.json()["title"] == title
        self.count["replayed"] += answer.headers.get("idempotent-replayed") == "true"
        return True

    async def check(self, con: Any) -> None:
        """Every acknowledged write is in its thread and its events; nothing is there twice."""
        for number, id in enumerate(self.threads):
            written = Counter(
                await con.fetchval(
                    "select array_agg(after ->> 'title') from events"
                    " where subject_id = $1 and type = 'thread.updated'",
                    UUID(id),
                )
            )
            mine = self.acknowledged[id]
            assert set(mine) <= set(written), "an acknowledged write is lost"
            assert set(written.values()) == {1}, "a write was made twice"
            title = (await self.client.get(f"/threads/{id}")).json()["title"]
            assert int(title.split()[1]) == max(int(each.split()[1]) for each in written)
            if number % 2 == 0:
                assert list(written) and set(written) == set(mine)
            self.count["stored, answer lost"] += len(written) - len(mine)


@asynccontextmanager
async def load_on(process: Process, con: Any, **options: Any) -> AsyncIterator[Load]:
    """A load on a workspace of its own."""
    from datetime import UTC, datetime

    workspace_id = await create_workspace(con, "Load", datetime.now(UTC))
    key = (await Factory.insert_key(con, workspace_id, SCOPES, None))["key"]
    async with httpx.AsyncClient(
        base_url=f"{process.url}/api/v2",
        headers={"Authorization": f"Bearer {key}"},
        timeout=PATIENCE,
    ) as client:
        make = Factory(client, con, workspace_id)
        threads = [(await make.thread())["id"] for _ in range(WRITERS)]
        async with Load(client, threads, **options).running() as load:
            yield load
    print(dict(load.count))


def rounds() -> Any:
    end = time.monotonic() + SOAK
    return itertools.takewhile(
        lambda number: number < KILLS or time.monotonic() < end, itertools.count()
    )


@pytest.fixture
def place():
    with folder() as opened:
        yield opened


async def test_no_acknowledged_write_is_lost_when_the_api_is_killed(place: Folder, dsn: str, pool: Any) -> None:
    settings = {"database_url": dsn}
    process = await place.started("api", **settings)
    port = process.url.rpartition(":")[2]
    async with pool.acquire() as con, load_on(process, con) as load:
        for _ in rounds():
            await load.more()
            process.kill()
            process = await place.started("api", port=port, **settings)
        await load.more()
        load.stopping = True
    async with pool.acquire() as con:
        process = process
        await check(load, con)


async def check(load, con):
    async with httpx.AsyncClient(base_url=load.client.base_url, headers=load.client.headers, timeout=PATIENCE) as client:
        load.client = client
        await load.check(con)
    print(dict(load.count))


async def guest(place):
    server = EmbeddedPostgres(place.data_dir, find_binaries(None))
    return await database.connect(server.start())


async def test_postmaster(place: Folder) -> None:
    process = await place.started("serve")
    con = await guest(place)
    async with load_on(process, con, api_stays=True) as load:
        for _ in rounds():
            await load.more()
            os.kill(postmaster_pid(place.data_dir), signal.SIGKILL)
        await load.more()
    con = await guest(place)
    await check(load, con)
    print(process.complained()[-3000:])
