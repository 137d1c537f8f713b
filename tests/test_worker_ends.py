"""What the worker does is given up quietly when the program ends."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
import structlog

from looplane.deliveries.commands import DueDelivery
from looplane.event_feed.hints.commands import Hints
from looplane.kit.config import Settings
from looplane.kit.database import Connection, Database
from looplane.worker import Periodic, _repeat, work
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.processes import come_about

BUSY = "cannot perform operation: another operation is in progress"


async def ended(working: asyncio.Task[None]) -> None:
    working.cancel()
    done, _ = await asyncio.wait([working], timeout=5)
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
        working = asyncio.create_task(_repeat(database, Periodic(run), Hints(database)))
        await began.wait()
        await ended(working)
    assert (logs, caplog.records) == ([], [])


async def test_a_delivery_that_is_under_way_is_free_again(  # fixtures
    make: Factory,
    db: object,
    database: Database,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever it is about: in the middle of a statement, or of what a channel does."""
    await make.message((await make.thread())["id"])
    clock.step(timedelta(seconds=1))
    taken = asyncio.Event()

    class Slow:
        name = "slow"

        async def deliver(self, con: Connection, _delivery: DueDelivery) -> None:
            taken.set()
            await con.execute("select pg_sleep(60)")

    monkeypatch.setattr("looplane.worker.set_up_channels", lambda _: {"email": Slow()})
    with structlog.testing.capture_logs() as logs:
        working = asyncio.create_task(work(database, Settings(), clock))
        await taken.wait()
        await asyncio.sleep(0.05)
        await ended(working)
    assert [each for each in logs if each["log_level"] in {"error", "warning"}] == []
    assert [each for each in caplog.records if each.name == "asyncio"] == []

    async def is_free() -> bool:
        async with database.reading() as con:
            row = await con.fetchrow(
                "select attempts from deliveries where workspace_id = $1 and state = 'planned'"
                " for update skip locked",
                workspace.id,
            )
        return row is not None and row["attempts"] == 0

    await come_about(is_free)
