"""A worker is woken by what happens, and would find it all the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Any

import pytest

from looplane import worker as periodic
from looplane.delivery.dispatch import commands as dispatch
from looplane.event_feed.hints.commands import Hints
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.waiting import wait_at_most
from looplane.worker import work
from tests.conftest import SteppedClock, Workspace
from tests.delivery.planned import plan, states_of
from tests.dispatch import Sink
from tests.processes import come_about

pytestmark = pytest.mark.usefixtures("quiet")
_LISTENS = """
select count(*) from pg_stat_activity where query like 'LISTEN%looplane_events%'"""


@pytest.fixture
async def never_looks(
    database: Database, clock: SteppedClock, db: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """A worker that looks for itself only once an hour."""
    monkeypatch.setattr(dispatch, "_TICK", 3600.0)
    monkeypatch.setattr(periodic, "_TICK", 3600.0)
    monkeypatch.setattr(periodic, "open_channels", lambda *_: nullcontext({"email": Sink()}))
    task = asyncio.ensure_future(work(database, Settings(), clock))
    await come_about(lambda: db.fetchval(_LISTENS))
    yield
    task.cancel()
    await asyncio.wait([task])


async def test_it_is_woken_by_a_hint(
    never_looks: None, database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    async def one_stays() -> bool:
        await plan(db, workspace.id, clock())
        await wait_at_most(asyncio.Event(), 0.2)
        return (await states_of(db, workspace.id))[-1] == "queued"

    await come_about(one_stays)  # what it does at first is over then
    hints = Hints(database)
    telling = asyncio.ensure_future(hints.keep())
    hints.note(workspace.id)

    async def is_delivered() -> bool:
        return {*await states_of(db, workspace.id)} == {"delivered"}

    await come_about(is_delivered)
    assert not telling.done()
    telling.cancel()
    await asyncio.wait([telling])
