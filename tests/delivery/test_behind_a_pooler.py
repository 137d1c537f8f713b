"""Behind PgBouncer, where one transaction is all that a connection is good for."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from looplane.kit.database import Database, open_database
from looplane.kit.pooler import Pooling
from tests.conftest import SteppedClock, Workspace
from tests.delivery.planned import plan, rows_of
from tests.dispatch import Sink, dispatcher_of
from tests.pgbouncer import PROGRAM, pgbouncer

pytestmark = [
    pytest.mark.usefixtures("quiet"),
    pytest.mark.skipif(
        PROGRAM is None and os.geteuid() != 0,
        reason="PgBouncer is not installed, and who runs the tests cannot install it",
    ),
]


@pytest.fixture
async def pooled(dsn: str, database: Database) -> AsyncIterator[Database]:  # with its tables
    with pgbouncer(dsn, pool_mode="transaction", default_pool_size=3) as pooler:
        opened = await open_database(pooler.dsn, 10)
        assert opened.pooling is Pooling.TRANSACTION
        yield opened
        await opened.pool.close()


async def test_two_workers_deliver_each_once_and_in_order(
    pooled: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    lanes = [uuid4() for _ in range(5)]
    ids = [await plan(db, workspace.id, clock(), lane=lane) for _ in range(4) for lane in lanes]
    sink = Sink()

    async def worker() -> None:
        while any(row["state"] == "queued" for row in await rows_of(pooled.pool, workspace.id)):
            await dispatcher_of(pooled, clock, {"email": sink}).drain()

    await asyncio.gather(worker(), worker())
    taken = [each.id for each in sink.taken]
    assert sorted(taken) == sorted(ids)
    for n in range(5):
        assert [id for id in taken if id in ids[n::5]] == ids[n::5]
