"""What the worker does is given up quietly when the program ends."""

import asyncio
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import structlog

from looplane.delivery.commands import LEASE
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.event_feed.hints.commands import Hints
from looplane.kit.config import Settings
from looplane.kit.database import Connection, Database
from looplane.kit.reachability import Reachability
from looplane.worker import Periodic, _repeat, work
from tests.conftest import SteppedClock, Workspace
from tests.dispatch import Sink, deliver_due
from tests.factory import Factory
from tests.processes import PATIENCE

BUSY = "cannot perform operation: another operation is in progress"


async def ended(working: asyncio.Task[None]) -> None:
    working.cancel()
    done, _ = await asyncio.wait([working], timeout=PATIENCE)
    assert done, "it goes on, though it was told to end"


@pytest.mark.parametrize(
    "error", [asyncpg.InterfaceError(BUSY), asyncpg.DeadlockDetectedError(), ValueError("x")]
)
async def test_what_breaks_as_it_is_given_up_is_no_news(
    database: Database, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    began = asyncio.Event()

    async def run(_con: Connection) -> int:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as cause:
            raise error from cause
        return 0

    with structlog.testing.capture_logs() as logs:
        working = asyncio.create_task(
            _repeat(database, Periodic("test", run), Hints(database), Reachability())
        )
        await began.wait()
        await ended(working)
    assert (logs, caplog.records) == ([], [])


async def test_a_delivery_that_is_under_way_is_due_again(  # fixtures
    make: Factory,
    db: Any,
    database: Database,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await make.message((await make.thread())["id"])
    clock.step(timedelta(seconds=1))
    began = asyncio.Event()

    class Slow(Sink):
        async def send(self, _delivery: DueDelivery, _loaded: Any) -> Attempted:
            began.set()
            await asyncio.sleep(60)
            return Attempted("delivered")

    channels = nullcontext({"email": Slow(), "webhook": Sink(), "slack": Sink()})
    monkeypatch.setattr("looplane.worker.open_channels", lambda *_: channels)
    monkeypatch.setattr("looplane.delivery.dispatch.commands._GRACE", 0.1)
    with structlog.testing.capture_logs() as logs:
        working = asyncio.create_task(work(database, Settings(), clock))
        await began.wait()
        await ended(working)
    assert [each for each in logs if each["log_level"] in {"error", "warning"}] == []
    assert [each for each in caplog.records if each.name == "asyncio"] == []
    clock.step(LEASE)
    sink = Sink()
    assert (await deliver_due(db, clock, {"email": sink})).delivered >= 1
    assert workspace.id in {each.workspace_id for each in sink.taken}


async def test_a_delivery_that_is_under_way_has_time_to_end(
    make: Factory,
    db: Any,
    database: Database,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await make.message((await make.thread())["id"])
    clock.step(timedelta(seconds=1))
    began = asyncio.Event()

    class Slow(Sink):
        async def send(self, delivery: DueDelivery, _loaded: Any) -> Attempted:
            if delivery.workspace_id == workspace.id:
                began.set()
            await asyncio.sleep(0.5)
            return Attempted("delivered")

    channels = nullcontext({"email": Slow(), "webhook": Sink(), "slack": Sink()})
    monkeypatch.setattr("looplane.worker.open_channels", lambda *_: channels)
    working = asyncio.create_task(work(database, Settings(), clock))
    await began.wait()
    await ended(working)
    left = "select count(*) from deliveries where workspace_id = $1 and state <> 'delivered'"
    assert await db.fetchval(left, workspace.id) == 0, "what went out would go out once more"
