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
from bench.world import PORT, World, api, bench_id

_WRITES, _PAUSE = 200, 0.05  # a light load: twenty writes a second at the most
_LISTENERS = 1_000
_NAME = b'"title":'
_FREELY = {"LOOPLANE_FOLLOWERS_PER_KEY": "0"}


def measure(world: World) -> list[str]:
    """Lines of the report."""
    with api(world, settings=_FREELY):
        soon = asyncio.run(_latencies(world, 1))
    with api(world, workers=2, settings=_FREELY):
        apart = asyncio.run(_latencies(world, 8))
    with api(world, settings=_FREELY) as pid:
        rest = resident_megabytes(pid)
        idle, busy, all_of_them = asyncio.run(_crowd(world, pid))
    memory = f"{rest:.0f} MB, {idle:.0f} MB, {busy:.0f} MB"
    return [
        f"| commit to arrival in a stream, p50 and p95 | {_two(soon)} |",
        f"| … two API processes, 8 streams on both | {_two(apart)} |",
        f"| API process at rest, with {_LISTENERS:,} streams, after 100 events | {memory} |",
        f"| … commit to arrival at the last of {_LISTENERS:,} | {median(all_of_them):.0f} ms |",
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
    """A new title of any thread; and when its answer was there, just after the commit."""
    title = f"Title {random.random()}"
    thread = bench_id("a", random.randint(1, world.size))
    answer = await client.patch(f"/threads/{thread}", json={"title": title})
    answer.raise_for_status()
    return title, time.perf_counter()


def _client(world: World) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {world.key}"}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}/api/v2", headers=headers)


async def _latencies(world: World, count: int) -> list[float]:
    """Milliseconds from the answer of each write to its arrival at each stream."""
    async with _streams(world, count) as streams, _client(world) as client:
        written = []
        for _ in range(_WRITES):
            written.append(await _write(client, world))
            await asyncio.sleep(random.uniform(0, 2 * _PAUSE))
        await asyncio.sleep(2)
        # It may arrive before the answer does.
        return [
            1000 * max(0.0, stream.seen[title] - at) for title, at in written for stream in streams
        ]


async def _crowd(world: World, pid: int) -> tuple[float, float, list[float]]:
    """Memory with many streams that are quiet, after events, and when the last one was told."""
    async with _streams(world, _LISTENERS) as streams, _client(world) as client:
        await asyncio.sleep(2)
        idle, last = resident_megabytes(pid), []
        for _ in range(100):
            title, at = await _write(client, world)
            while not all(title in each.seen for each in streams):  # noqa: ASYNC110  # many are set
                await asyncio.sleep(0.005)
            last.append(1000 * max(0.0, max(each.seen[title] for each in streams) - at))
        return idle, resident_megabytes(pid), last
