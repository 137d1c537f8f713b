"""How soon webhooks are told and how many a second, and what they cost who writes.

`python -m bench.deliveries` measures that alone; BENCH_SHORT=1 only tries whether it can.
"""

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

import httpx

from bench.figures import backend_seconds, cpu_seconds, spread
from bench.receiver import Receiver, receiver
from bench.updates import grown
from bench.world import HERE, PORT, WORKSPACE, World, api, bench_id, postgres, seed
from looplane.event_feed.hints.sql import ALL, notify
from looplane.kit.config import Settings
from looplane.kit.database import Connection, connected
from looplane.kit.secrets import Secrets
from looplane.webhooks.rules import new_secret, secret_place
from looplane.webhooks.sql import KEEP_SEALED

_SHORT = bool(os.environ.get("BENCH_SHORT"))
_KEY = "0123456789abcdef" * 4
_THREADS = 1_000
_ROUNDS = 1 if _SHORT else 3
_WRITES, _PAUSE = (20 if _SHORT else 80), 0.05  # twenty writes a second at the most
_FEW, _MANY = 100, 1_000 if _SHORT else 10_000  # endpoints
_DRAINED = 1_000 if _SHORT else 5_000  # deliveries of a round
_BACKLOG = 1_000, 20_000 if _SHORT else 1_000_000
_OF_LARGE = 2_000 if _SHORT else 10_000  # of the larger backlog, the first ones
# Processes start, and what is taken last leaves less and less at once.
_MIDDLE = 0.1, 0.9
_MAKE = """
insert into webhooks (workspace_id, id, url, events, created_at, updated_at)
select $1, bench_id('6', n), $2 || n, '{thread.updated}', now() - interval '1 day', now()
from generate_series(1, $3::int) n"""
_EMPTY = """truncate deliveries, delivery_attempts, delivery_queues, event_bodies, webhook_secrets,
  webhooks cascade"""
_EMPTY_QUEUES = "truncate deliveries, delivery_attempts, delivery_queues, event_bodies cascade"
_LISTENING = "select count(*) from pg_stat_activity where query ilike 'listen %'"
_UNFINISHED = "select count(*) from deliveries where state = 'queued'"
_TURN = "update webhooks set status = $1"


@dataclass
class Drained:
    """How deliveries left, round by round; CPU in µs of each."""

    rates: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)

    def cpu(self) -> str:
        """A line of the report."""
        python, of_postgres = median(self.python), median(self.postgres)
        used = f"{python:,.0f} µs, {of_postgres:,.0f} µs"
        return f"| … CPU of one in Python, and in PostgreSQL | {used} |"


@dataclass
class Written:
    """Milliseconds: of a PATCH, and from when it was sent and answered to each arrival."""

    took: list[float] = field(default_factory=list)
    from_sent: list[float] = field(default_factory=list)
    from_answered: list[float] = field(default_factory=list)


def measure(world: World) -> list[str]:
    """Lines of the report."""
    with receiver() as target:
        return [*_speed(world, target), *_rates(world, target), *_backlogs(world, target)]


def _speed(world: World, target: Receiver) -> list[str]:
    asyncio.run(_endpoints(world, target, 3))
    told, untold, ratios = Written(), Written(), []
    with api(world, settings=_settings(target)), _workers(world, target, 1):
        asyncio.run(_write(world, target, Written(), 3))
        for _ in range(2 * _ROUNDS):
            asyncio.run(_turn(world, "disabled"))
            none = asyncio.run(_write(world, target, untold, 0))
            asyncio.run(_turn(world, "active"))
            three = asyncio.run(_write(world, target, told, 3))
            ratios.append(three / none)
    return [
        f"| PATCH sent to webhook received, p50 and p99 | {_two(told.from_sent)} |",
        f"| … from its answer, which follows the COMMIT | {_two(told.from_answered)} |",
        f"| PATCH with 3 matching endpoints, p50 and p99 | {_two(told.took)} |",
        f"| … with none | {_two(untold.took)} |",
        f"| **… of the medians, round by round; at most 1.25** | **{spread(ratios, 2)}** |",
    ]


def _rates(world: World, target: Receiver) -> list[str]:
    lines = []
    for endpoints in (_FEW, _MANY):
        asyncio.run(_endpoints(world, target, endpoints))
        count = max(_DRAINED, endpoints)
        for workers in (1, 2):
            drained = _drain(world, target, count // endpoints, workers=workers, count=count)
            name = f"{endpoints:,} endpoints, {workers} worker{'s' * (workers > 1)}"
            lines += [
                f"| Deliveries, {name} | {spread(drained.rates)} a second |",
                drained.cpu(),
            ]
    return lines


def _backlogs(world: World, target: Receiver) -> list[str]:
    asyncio.run(_endpoints(world, target, _FEW))
    few, many = _BACKLOG
    small = _drain(world, target, few // _FEW, count=few)
    large = _drain(world, target, many // _FEW, count=_OF_LARGE, is_part=True)
    ratio = large.rates[0] / median(small.rates)
    return [
        f"| A backlog of {few:,}, 1 worker | {spread(small.rates)} a second |",
        f"| A backlog of {many:,}, its first {_OF_LARGE:,} | {large.rates[0]:,.0f} a second |",
        large.cpu(),
        f"| **… the larger one / the smaller one** | **{ratio:.2f}** |",
    ]


def _two(times: list[float]) -> str:
    return f"{median(times):.1f} ms, {quantiles(times, n=100)[-1]:.1f} ms"


def _settings(target: Receiver) -> Mapping[str, str]:
    return {
        "LOOPLANE_SECRET_KEY": _KEY,
        "LOOPLANE_WORKER_PORT": "off",  # there are several
        "LOOPLANE_OUTBOUND_ALLOW": f"127.0.0.1:{target.port}",
    }


@contextlib.contextmanager
def _workers(world: World, target: Receiver, count: int) -> Iterator[list[int]]:
    """So many worker processes that are ready; their pids."""
    environment = {**os.environ, "LOOPLANE_DATABASE_URL": world.dsn, **_settings(target)}
    command, processes = [sys.executable, "-m", "looplane.cli", "worker"], []
    with Path(os.devnull).open("wb") as log:
        try:
            for _ in range(count):
                each = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
                processes.append(each)
            asyncio.run(_wait(world, _LISTENING, count))
            yield [each.pid for each in processes]
        finally:
            for each in processes:
                each.terminate()
            for each in processes:
                each.wait(30)


async def _wait(world: World, query: str, expected: int) -> None:
    async with connected(world.dsn) as con:
        for _ in range(600):
            if await con.fetchval(query) == expected:
                return
            await asyncio.sleep(0.05)
    msg = f"{query}: never {expected}"
    raise RuntimeError(msg)


async def _endpoints(world: World, target: Receiver, count: int) -> None:
    """So many webhooks in place of those that there are."""
    secrets = Secrets(Settings(secret_key=_KEY))
    async with connected(world.dsn) as con:
        await con.execute(_EMPTY)
        await con.execute(_MAKE, WORKSPACE, f"http://127.0.0.1:{target.port}/", count)
        rows = await con.fetch("select id, now() as now from webhooks")
        kept = [(WORKSPACE, row["id"], 1, _sealed(secrets, row["id"]), row["now"]) for row in rows]
        await con.executemany(KEEP_SEALED, kept)
        await con.execute("analyze webhooks, webhook_secrets")


def _sealed(secrets: Secrets, id: UUID) -> bytes:
    return secrets.seal(new_secret().encode(), secret_place(id, 1))


async def _turn(world: World, status: str) -> None:
    async with connected(world.dsn) as con:
        await con.execute(_TURN, status)


async def _write(world: World, target: Receiver, into: Written, endpoints: int) -> float:
    """Writes one after the other, each told to so many endpoints; the median of what they took."""
    target.clear()
    headers = {"Authorization": f"Bearer {world.key}"}
    url = f"http://127.0.0.1:{PORT}/api/v2/threads/"
    sent, answered, took = {}, {}, []
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        for _ in range(_WRITES):
            title, thread = f"Title {random.random()}", bench_id("a", random.randint(1, world.size))
            sent[title] = time.perf_counter()
            answer = await client.patch(thread, json={"title": title})
            answered[title] = time.perf_counter()
            answer.raise_for_status()
            took.append(1000 * (answered[title] - sent[title]))
            await asyncio.sleep(random.uniform(0, 2 * _PAUSE))
    target.wait_for(endpoints * _WRITES, 60)
    into.took += took
    into.from_sent += [1000 * (at - sent[title]) for title, at in target.titles]
    into.from_answered += [1000 * (at - answered[title]) for title, at in target.titles]
    return median(took)


def _drain(  # noqa: PLR0913  # what is queued, who sends it, and what of it is measured
    world: World,
    target: Receiver,
    events: int,
    *,
    count: int,
    workers: int = 1,
    is_part: bool = False,
) -> Drained:
    """Queues events for all endpoints, round by round, and measures the first so many of each."""
    drained = Drained()
    with _workers(world, target, workers) as pids:
        _round(world, target, 1, _FEW, pids, is_part=False)  # what is made once
        for _ in range(1 if is_part else _ROUNDS):
            rate, python, postgres = _round(world, target, events, count, pids, is_part=is_part)
            drained.rates.append(rate)
            drained.python.append(python)
            drained.postgres.append(postgres)
    return drained


def _round(  # noqa: PLR0913  # as above
    world: World, target: Receiver, events: int, count: int, pids: list[int], *, is_part: bool
) -> tuple[float, float, float]:
    target.clear()
    asyncio.run(_queue(world, events))
    python, backends = sum(map(cpu_seconds, pids)), backend_seconds()
    at = target.wait_for(count)
    if not is_part:  # what the last ones cost, too
        asyncio.run(_wait(world, _UNFINISHED, 0))
    used, of_postgres = sum(map(cpu_seconds, pids)) - python, grown(backends)
    first, last = (int(share * (count - 1)) for share in _MIDDLE)
    rate = (last - first) / (at[last] - at[first])
    return rate, 1e6 * used / count, 1e6 * of_postgres / count


async def _queue(world: World, events: int) -> None:
    async with connected(world.dsn) as con:
        await con.execute("set statement_timeout = 0")
        await con.execute(_EMPTY_QUEUES)
        await _insert(con, events)
        await notify(con, [ALL])


async def _insert(con: Connection, events: int) -> None:
    text = (HERE / "deliveries.sql").read_text().replace(":workspace", str(WORKSPACE))
    async with con.transaction():
        await con.execute(text, events, timeout=3600)
        await con.execute("analyze deliveries, event_bodies", timeout=3600)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        with postgres(Path(place)) as (address, programs):
            rows = measure(asyncio.run(seed(address, programs, _THREADS)))
    sys.stdout.write("\n".join(rows) + "\n")
