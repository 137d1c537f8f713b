"""A worker that is killed, and one that is asked to end."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from looplane.delivery.commands import LEASE
from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace
from tests.delivery.planned import attempts_of, plan, states_of
from tests.delivery.test_leases import Slow
from tests.dispatch import Sink, dispatcher_of
from tests.processes import PATIENCE, come_about

pytestmark = pytest.mark.usefixtures("quiet")


class Worker:
    """The process, and what it has sent."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self._sent, self._said, self._go = folder / "sent", folder / "said", folder / "go"
        self._sent.touch()
        with self._said.open("w") as said:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "tests.delivery.worker_process", dsn, self._sent],
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """It does nothing more, and knows nothing of that."""
        self.popen.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.popen.pid, os.WSTOPPED)

    def go_on(self) -> None:
        self._go.touch()
        self.popen.send_signal(signal.SIGCONT)

    @property
    def sent(self) -> list[str]:
        return self._sent.read_text().splitlines()

    @property
    def said(self) -> str:
        return self._said.read_text()


@pytest.fixture
def worker(dsn: str, database: Database, tmp_path: Path) -> Iterator[Worker]:  # with its tables
    started = Worker(dsn, tmp_path)
    yield started
    started.popen.kill()
    started.popen.wait(PATIENCE)


async def test_one_that_is_killed_is_followed_by_another(
    worker: Worker, database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lane = uuid4()
    ids = [await plan(db, workspace.id, clock(), each, lane) for each in ("hung", "next")]
    await plan(db, workspace.id, clock(), "beside")
    await come_about(lambda: {"begun hung", "sent beside"} <= {*worker.sent})
    worker.popen.kill()
    worker.popen.wait(PATIENCE)
    sink = Sink()
    other = dispatcher_of(database, clock, {"email": sink})
    await other.drain()
    assert sink.taken == []
    clock.now = datetime.now(UTC) + LEASE
    await other.drain()
    assert [each.target for each in sink.taken if each.id in ids] == ["hung", "next"]
    assert {*await states_of(db, workspace.id)} == {"delivered"}
    assert await attempts_of(db, workspace.id, ids[0]) == [(1, "interrupted"), (2, "delivered")]


async def test_one_that_is_asked_to_end_finishes_what_it_can(
    worker: Worker, database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    ids = [
        await plan(db, workspace.id, clock(), each, uuid4()) for each in ("slow", "hung", "slow")
    ]
    await come_about(lambda: len(worker.sent) == 3)
    await plan(db, workspace.id, clock(), "late")
    worker.popen.send_signal(signal.SIGTERM)
    assert worker.popen.wait(PATIENCE) == 0
    assert sorted(worker.sent[3:]) == ["sent slow", "sent slow"]
    assert not [line for line in worker.said.splitlines() if "error" in line or "Trace" in line]
    assert await states_of(db, workspace.id) == ["delivered", "queued", "delivered", "queued"]
    # What was cut off is nobody's any more, and leaves as soon as there is another worker.
    sink = Sink()
    await dispatcher_of(database, clock, {"email": sink}).drain()
    assert [each.target for each in sink.taken] == ["hung", "late"]
    assert await attempts_of(db, workspace.id, ids[1]) == [(1, "interrupted"), (2, "delivered")]


ALL = """
select (select jsonb_agg(d order by d.seq) from deliveries d where d.workspace_id = $1) as d,
  (select jsonb_agg(a order by a.delivery_id, a.number) from delivery_attempts a
    where a.workspace_id = $1) as a,
  (select jsonb_agg(q) from delivery_queues q where q.workspace_id = $1) as q"""


@pytest.mark.parametrize("other_is_at_it", [True, False])
async def test_one_that_slept_past_its_lease_writes_nothing_and_says_so(  # as a suspended machine
    worker: Worker,
    database: Database,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    other_is_at_it: bool,  # or through with it
) -> None:
    lane = uuid4()
    ids = [await plan(db, workspace.id, clock(), each, lane) for each in ("gated", "next")]
    await come_about(lambda: "begun gated" in worker.sent)
    worker.stop()
    clock.now = datetime.now(UTC) + LEASE * 2
    slow, sink = Slow(), Sink()
    other = dispatcher_of(database, clock, {"email": slow if other_is_at_it else sink})
    task = asyncio.ensure_future(other.drain())
    await (come_about(lambda: slow.begun) if other_is_at_it else task)
    before = await db.fetchrow(ALL, workspace.id)
    worker.go_on()
    await come_about(lambda: "a queue was taken over" in worker.said)
    assert await db.fetchrow(ALL, workspace.id) == before
    assert "begun next" not in worker.sent
    slow.go.set()
    await task

    async def are_delivered() -> bool:  # the next one by whoever came to it first
        return {*await states_of(db, workspace.id)} == {"delivered"}

    await come_about(are_delivered)
    assert await attempts_of(db, workspace.id, ids[0]) == [(1, "interrupted"), (2, "delivered")]
    assert await attempts_of(db, workspace.id, ids[1]) == [(1, "delivered")]
    # It goes on as before.
    await plan(db, workspace.id, datetime.now(UTC), "later")
    await come_about(lambda: "sent later" in worker.sent)
