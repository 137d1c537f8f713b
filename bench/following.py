"""How soon events arrive, and what those who wait for them cost."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import AsyncIterator
from statistics import median, quantiles

import httpx

from bench.figures import resident_megabytes
from bench.world import PORT, WORKSPACE, World, api, bench_id
from looplane.event_feed.hints.sql import notify
from looplane.kit.database import Connection, connected
from looplane.kit.ids import new_id

_WRITES, _PAUSE = 200, 0.05  # a light load: twenty writes a second at the most
_UNTOLD_WRITES = 40
_LISTENERS = 1_000
_INSERT = """
insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, actor, created_at,
  after, data) values ($1, $2, $2, 'thread.updated', $3, $3,
  '{"type": "rule", "key_id": null, "member_id": null, "rule": "bench"}', now(), $4, '{}')"""
_FREELY = {"LOOPLANE_FOLLOWERS_PER_KEY": "0"}


def measure(world: World) -> list[str]:
    """Lines of the report."""
    with api(world, settings=_FREELY):
        soon = asyncio.run(_latencies(world, 1))
        committed, took = asyncio.run(_commits(world, _WRITES, is_told=True))
        untold, _ = asyncio.run(_commits(world, _UNTOLD_WRITES, is_told=False))
    with api(world, workers=2, settings=_FREELY):
        apart = asyncio.run(_latencies(world, 8))
    with api(world, settings=_FREELY) as pid:
        rest = resident_megabytes(pid)
        idle, busy, all_of_them = asyncio.run(_crowd(world, pid))
    memory = f"{rest:.0f} MB, {idle:.0f} MB, {busy:.0f} MB"
    return [
        f"| COMMIT sent to arrival in a stream, p50 and p95 | {_two(committed)} |",
        f"| … of which the COMMIT itself took | {_two(took)} |",
        f"| … where no hint is told | {_two(untold)} |",
        f"| PATCH sent to arrival in a stream, the write included | {_two(soon)} |",
        f"| … two API processes, 8 streams on both | {_two(apart)} |",
        f"| API process at rest, with {_LISTENERS:,} streams, after 100 events | {memory} |",
        f"| … PATCH sent to arrival at the last of {_LISTENERS:,} | {median(all_of_them):.0f} ms |",
    ]


def _two(times: list[float]) -> str:
    return f"{median(times):.1f} ms, {quantiles(times, n=20)[-1]:.1f} ms"


class _Stream:
    """One stream, over which events come; when each title was seen."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self.seen: dict[str, float] = {}

    async def read(self) -> None:
        """Notes each change of a title, until cancelled."""
        while line := await self._reader.readline():
            if not line.startswith(b"data: "):
                continue
            after = json.loads(line[6:])["after"]
            if after and "title" in after:
                self.seen[after["title"]] = time.perf_counter()


@contextlib.asynccontextmanager
async def _streams(world: World, count: int) -> AsyncIterator[list[_Stream]]:
    head = "GET /api/v2/events/stream?after=latest&types=thread.updated HTTP/1.0\r\nHost: bench\r\n"
    found, writers, tasks = [], [], []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=2**20)
        writer.write(f"{head}Authorization: Bearer {world.key}\r\n\r\n".encode())
        while not (await reader.readline()).startswith(b": following"):
            pass
        stream = _Stream(reader)
        found.append(stream)
        writers.append(writer)
        tasks.append(asyncio.create_task(stream.read()))
    try:
        yield found
    finally:
        for task in tasks:
            task.cancel()
        for writer in writers:
            writer.transport.abort()


async def _write(client: httpx.AsyncClient, world: World) -> tuple[str, float]:
    """A new title of any thread, and when it was sent: nobody outside sees when it commits."""
    title, thread = _change(world)
    sent = time.perf_counter()
    answer = await client.patch(f"/threads/{thread}", json={"title": title})
    answer.raise_for_status()
    return title, sent


def _change(world: World) -> tuple[str, str]:
    return f"Title {random.random()}", bench_id("a", random.randint(1, world.size))


async def _commit(con: Connection, world: World, *, is_told: bool) -> tuple[str, float, float]:
    """The title in an event of this connection; when COMMIT was sent, and when it was answered."""
    title, thread = _change(world)
    transaction = con.transaction()
    await transaction.start()
    await con.execute(_INSERT, WORKSPACE, new_id(), thread, {"title": title})
    sent = time.perf_counter()
    await transaction.commit()
    answered = time.perf_counter()
    if is_told:  # after the commit, as the API does
        await notify(con, [str(WORKSPACE)])
    return title, sent, answered


async def _commits(world: World, count: int, *, is_told: bool) -> tuple[list[float], list[float]]:
    """Milliseconds from each COMMIT that was sent to its arrival, and to its answer."""
    async with _streams(world, 1) as (stream,), connected(world.dsn) as con:
        written = []
        for _ in range(count):
            written.append(await _commit(con, world, is_told=is_told))
            await asyncio.sleep(random.uniform(0, 2 * _PAUSE))
        await asyncio.sleep(2)
        arrived = [1000 * (stream.seen[title] - sent) for title, sent, _ in written]
        return arrived, [1000 * (answered - sent) for _, sent, answered in written]


def _client(world: World) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {world.key}"}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}/api/v2", headers=headers)


async def _latencies(world: World, count: int) -> list[float]:
    """Milliseconds from each write that was sent to its arrival at each stream."""
    async with _streams(world, count) as streams, _client(world) as client:
        written = []
        for _ in range(_WRITES):
            written.append(await _write(client, world))
            await asyncio.sleep(random.uniform(0, 2 * _PAUSE))
        await asyncio.sleep(2)
        return [1000 * (stream.seen[title] - at) for title, at in written for stream in streams]


async def _crowd(world: World, pid: int) -> tuple[float, float, list[float]]:
    """Memory with many streams that are quiet, after events, and when the last one was told."""
    async with _streams(world, _LISTENERS) as streams, _client(world) as client:
        await asyncio.sleep(2)
        idle, last = resident_megabytes(pid), []
        for _ in range(100):
            title, at = await _write(client, world)
            while not all(title in each.seen for each in streams):  # noqa: ASYNC110  # many are set
                await asyncio.sleep(0.005)
            last.append(1000 * (max(each.seen[title] for each in streams) - at))
        return idle, resident_megabytes(pid), last
