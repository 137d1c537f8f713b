"""API, workers and PostgreSQL are killed at random, and what leaves meets servers that fail.

With LOOPLANE_SOAK_SECONDS it runs for as long, and then until all has settled; LOOPLANE_SOAK_SEED
chooses once more what was chosen before.
"""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest

from looplane.kit.keys import SCOPES
from looplane.workspaces.commands import create_workspace
from tests.embedded_pg.running import postmaster_pid
from tests.factory import Factory
from tests.processes import Folder, Process, folder
from tests.soak.receivers import HOOKS, Receivers, receivers
from tests.soak.reckoning import LEFT, SETTLED, Reckoning
from tests.soak.traffic import THREADS, Traffic, traffic_client

SOAK = float(os.environ.get("LOOPLANE_SOAK_SECONDS", "0"))
SEED = int(os.environ.get("LOOPLANE_SOAK_SEED", time.time_ns() % 1_000_000))
BETWEEN = (3.0, 15.0)  # seconds from one kill to the next
# A worker that is killed keeps its queues to the end of their leases.
SETTLING = 300  # seconds at the most

pytestmark = pytest.mark.skipif(not SOAK, reason="it runs for as long as LOOPLANE_SOAK_SECONDS")


@dataclass
class Program:
    """The processes, and how often each was killed."""

    place: Folder
    parts: dict[str, Process]
    killed: Counter[str] = field(default_factory=Counter)

    async def keep_killing(self, chance: Random, seconds: float) -> None:
        """One after the other, and each is started again at once."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(chance.uniform(*BETWEEN))
            await self.kill(chance.choice([*self.parts, "PostgreSQL"]))

    async def kill(self, name: str) -> None:
        """kill -9."""
        self.killed[name] += 1
        if name == "PostgreSQL":
            pid = postmaster_pid(self.place.data_dir)
            os.kill(pid, signal.SIGKILL)
            await self.place.server_after(pid)
            return
        self.parts[name].kill()
        old = self.parts[name]
        self.parts[name] = self.place.start(old.part, old.source, **old.settings)
        if name == "API":
            await self.parts[name].ready()


@asynccontextmanager
async def program(place: Folder, these: Receivers) -> AsyncIterator[Program]:
    """An API and two workers, which may connect to the receivers."""
    assert await place.start("migrate").ended() == 0
    ports = (these.hooks.port, these.mail.port)
    settings = {
        "outbound_allow": ",".join(f"127.0.0.1:{port}" for port in ports),
        "slack_url": these.slack.address,
    }
    parts = {"API": await place.started("api", None, **settings)}
    parts |= {f"worker {n}": place.start("worker", None, **settings) for n in (1, 2)}
    yield Program(place, parts)


@asynccontextmanager
async def set_up(con: Any, url: str, these: Receivers) -> AsyncIterator[tuple[UUID, Traffic]]:
    """A workspace with threads, webhooks, a mailbox and Slack."""
    workspace_id = await create_workspace(con, "Soak", datetime.now(UTC))
    key = (await Factory.insert_key(con, workspace_id, SCOPES, None))["key"]
    async with traffic_client(url, key) as client:
        make = Factory(client, con, workspace_id)
        limits = {"daily_budget": 1_000_000, "per_thread_per_hour": 10_000}
        await make.mailbox(**these.mail.settings, **limits)
        await make.slack_connection()
        threads = [(await make.thread())["id"] for _ in range(THREADS)]
        for path in HOOKS:
            await make.webhook(url=these.hooks.url(path, "127.0.0.1"))
        yield workspace_id, Traffic(client, threads)


async def settle(con: Any, workspace_id: UUID, traffic: Traffic) -> None:
    """Waits until all is planned and has left, with nobody killed."""
    end = time.monotonic() + SETTLING
    while not await con.fetchval(SETTLED, workspace_id):
        left = [dict(each) for each in await con.fetch(LEFT, workspace_id)]
        assert time.monotonic() < end, f"this never leaves: {left}"
        await traffic.mend()
        await asyncio.sleep(1)


async def test_nothing_that_is_sent_is_lost() -> None:
    chance, start = Random(SEED), time.monotonic()
    async with AsyncExitStack() as stack:
        these = await stack.enter_async_context(receivers(chance))
        place = stack.enter_context(folder())
        running = await stack.enter_async_context(program(place, these))
        con = await place.connect()
        url = running.parts["API"].url
        workspace_id, traffic = await stack.enter_async_context(set_up(con, url, these))
        con.terminate()
        async with traffic.going_on():
            await running.keep_killing(chance, SOAK)
        these.recover()
        quiet = time.monotonic()
        con = await place.connect()
        await settle(con, workspace_id, traffic)
        reckoning = await Reckoning.of(con, workspace_id, traffic, these)
        await con.close()
        show(reckoning, running, quiet - start, time.monotonic() - quiet)
        reckoning.check()
        for each in running.parts.values():
            assert each.runs(), each.complained()
            assert not each.stumbled(), each.complained()


def show(reckoning: Reckoning, running: Program, traffic: float, settling: float) -> None:
    """Prints the table."""
    rows = [
        ("seed", SEED),
        ("seconds of traffic, and until all had settled", f"{traffic:.0f}, {settling:.0f}"),
        *((f"kill -9 of {name}", n) for name, n in sorted(running.killed.items())),
        *reckoning.rows(),
    ]
    lines = ["| | |", "|---|---|", *(f"| {what} | {n} |" for what, n in rows)]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
