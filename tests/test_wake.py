"""Snoozes that end wake their threads, each once, whatever becomes of workers and of others."""

import asyncio
import contextlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import structlog

from looplane.kit import idempotency
from looplane.kit.clock import iso, system_clock
from looplane.kit.config import Settings
from looplane.kit.database import Database, connected
from looplane.kit.writes import LIFETIME
from looplane.threads.commands import wake_due_threads
from looplane.worker import SnoozeEnder, work
from tests.conftest import SteppedClock, Workspace
from tests.dispatch import cancel_all, follow_all
from tests.factory import Factory
from tests.processes import BLOCKS, Folder, come_about
from tests.witness import events_of

HOUR = timedelta(hours=1)
MANY = 250
pytestmark = pytest.mark.usefixtures("quiet")
_RULE = {"type": "rule", "key_id": None, "member_id": None, "rule": "snooze"}
# No date of Python: the thread cannot be read.
_POISON = "update threads set last_state_change_at = '20000-01-01' where id = $1"
_ANSWERS = """
insert into idempotent_answers
select $1, k.id, gen_random_uuid()::text, 'hash', '{}', '{}', $2
from api_keys k, generate_series(1, $3) where k.workspace_id = $1"""
_LEFT = "select count(*) from idempotent_answers where workspace_id = $1"


@pytest.fixture
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due."""
    await db.execute("update threads set deleted_at = now() where state = 'snoozed'")
    await db.execute("delete from idempotent_answers")


async def asleep(db: Any, workspace: Workspace, until: datetime, count: int = 1) -> list[UUID]:
    """The ids of so many threads that are snoozed until then, the first due first."""
    rows = await db.fetch(
        "insert into threads (workspace_id, id, text, pain_level, origin, state, is_read,"
        " snoozed_until, last_snoozed_until, created_at, updated_at)"
        " select $1, gen_random_uuid(), 'Words', 'LOW', 'API', 'snoozed', true, moment, moment,"
        " $2, $2 from generate_series(1, $3) as n, lateral"
        " (select $2::timestamptz - (1000 - n) * interval '1 ms') as at(moment) returning id",
        workspace.id,
        until,
        count,
    )
    return [row["id"] for row in rows]


async def times_woken(db: Any, ids: list[UUID]) -> Counter[int]:
    """How many threads tell of how many awakenings, in rows of both kinds of events."""
    rows = await db.fetch(
        "select count(*) filter (where e.type = 'thread.updated') as updated,"
        " count(*) filter (where e.type = 'thread.status_changed') as changed"
        " from unnest($1::uuid[]) as t(id) left join events e on e.subject_id = t.id"
        " and e.actor = $2 group by t.id",
        ids,
        _RULE,
    )
    assert all(row["updated"] == row["changed"] for row in rows)
    return Counter(row["changed"] for row in rows)


async def are_awake(db: Any, ids: list[UUID]) -> bool:
    found = await db.fetchval(
        "select count(*) from threads where id = any ($1) and state = 'open' and not is_read"
        " and snoozed_until is null and last_snoozed_until is not null",
        ids,
    )
    return bool(found == len(ids))


async def test_a_thread_wakes_as_it_is_by_then(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    until = clock() + HOUR
    ids = [(await make.thread(status="snoozed", snoozed_until=iso(until)))["id"] for _ in range(5)]
    due, again, done, back, gone = ids
    clock.step(HOUR - timedelta(milliseconds=1))
    assert (await wake_due_threads(db, clock, ())).woken == 0, "before its time"
    later = iso(clock() + HOUR)
    await client.patch(f"/threads/{again}", json={"snoozed_until": later})
    await client.patch(f"/threads/{done}", json={"status": "done"})
    await client.patch(f"/threads/{back}", json={"status": "open"})
    await client.delete(f"/threads/{gone}")
    clock.step(timedelta(milliseconds=1))
    assert (await wake_due_threads(db, clock, ())).woken == 1
    assert (await wake_due_threads(db, clock, ())).woken == 0
    assert await times_woken(db, [UUID(each) for each in ids]) == {1: 1, 0: 4}
    found = [(await client.get(f"/threads/{id}")).json() for id in (due, again, done, back)]
    assert [each["status"] for each in found] == ["open", "snoozed", "done", "open"]
    assert found[1]["snoozed_until"] == later
    row = await db.fetchrow("select * from threads where id = $1", UUID(due))
    assert (row["last_snoozed_until"], row["is_read"]) == (until, False)
    told = (await events_of(db, due))[-1]
    assert (told["actor"], told["cause"]) == (_RULE, "snooze")
    assert (told["before"]["status"], told["after"]["status"]) == ("snoozed", "open")
    assert told["created_at"] == clock()


async def test_several_at_once_wake_many_each_once(
    pool: asyncpg.Pool, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    ids = await asleep(db, workspace, clock(), MANY)

    async def wake() -> int:
        async with pool.acquire() as con:
            return (await wake_due_threads(con, clock, ())).woken

    assert sum(await asyncio.gather(*(wake() for _ in range(4)))) == MANY
    assert await times_woken(db, ids) == {1: MANY}
    assert await are_awake(db, ids)


async def test_a_worker_killed_at_its_work_and_two_that_go_on(
    place: Folder, dsn: str, db: Any, workspace: Workspace
) -> None:
    await follow_all(db)
    await cancel_all(db)
    ids = await asleep(db, workspace, system_clock(), MANY)
    async with db.transaction():
        # A thread is open by then, and its event has to wait for us.
        await db.execute("lock table events in share mode")
        killed = place.start("worker", database_url=dsn)
        await come_about(lambda: db.fetchval(BLOCKS))
        killed.kill()
        assert await times_woken(db, ids) == {0: MANY}
    workers = [place.start("worker", database_url=dsn) for _ in range(2)]
    await come_about(lambda: are_awake(db, ids))
    assert await times_woken(db, ids) == {1: MANY}
    assert [each.complained() for each in workers] == ["", ""]


async def test_a_worker_outlives_its_connections(
    place: Folder, dsn: str, db: Any, workspace: Workspace
) -> None:
    start = await db.fetchval("select now()")
    worker = place.start("worker", database_url=dsn)
    before = await asleep(db, workspace, system_clock())
    await come_about(lambda: are_awake(db, before))
    assert await db.fetch(
        "select pg_terminate_backend(pid) from pg_stat_activity where backend_start > $1"
        " and application_name = 'looplane' and pid <> pg_backend_pid()"
        " and datname = current_database()",
        start,
    )
    after = await asleep(db, workspace, system_clock())
    await come_about(lambda: are_awake(db, after))
    assert worker.runs()


async def test_one_that_fails_and_one_that_is_held_keep_no_other_asleep(
    dsn: str, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    bad, held, *good = await asleep(db, workspace, clock(), 10)
    await db.execute(_POISON, bad)
    async with connected(dsn) as con, con.transaction():
        await con.execute("select from threads where id = $1 for update", held)
        waking = await wake_due_threads(db, clock, ())
        assert await are_awake(db, good)
    assert waking.woken == len(good)
    [(failed, reason)] = waking.failures.items()
    assert (failed, type(reason)) == (bad, OverflowError)
    assert await times_woken(db, [bad, held, *good]) == {1: 8, 0: 2}
    await db.execute("update threads set last_state_change_at = null where id = $1", bad)
    assert (await wake_due_threads(db, clock, ())).woken == 2
    assert await times_woken(db, [bad, held, *good]) == {1: 10}


async def test_one_that_cannot_be_woken_is_set_aside_and_named_once(
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    queries: Any,
) -> None:
    seconds = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: seconds)
    bad, *good = await asleep(db, workspace, clock(), 3)
    await db.execute(_POISON, bad)
    tried: list[str] = []
    db.add_query_logger(lambda record: tried.append(record.query))
    ender = SnoozeEnder(clock)
    with structlog.testing.capture_logs() as logs:
        assert await ender.run(db) == len(good)
        assert await are_awake(db, good)
        for rest in (60.0, 120.0, 240.0):
            await asyncio.sleep(0)  # what was asked is logged in the next turn of the loop
            tried.clear()
            # One statement, the look: nothing is tried while it rests.
            for _ in range(3):
                assert await ender.run(db) == 0
            seconds += rest - 0.5
            assert await ender.run(db) == 0
            await asyncio.sleep(0)
            assert len(tried) == 4, tried
            seconds += 0.5
            late = await asleep(db, workspace, clock())
            assert await ender.run(db) == 1
            assert await are_awake(db, late)
    errors = [each for each in logs if each["log_level"] == "error"]
    assert [each["thread"] for each in errors] == [str(bad)]
    await db.execute("update threads set last_state_change_at = null where id = $1", bad)
    seconds += ender.MAX_REST
    assert await ender.run(db) == 1


async def test_what_fails_holds_up_no_other_work(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    bad, *good = await asleep(db, workspace, clock(), 3)
    await db.execute(_POISON, bad)
    await db.execute(_ANSWERS, workspace.id, clock() - LIFETIME, 3)
    with structlog.testing.capture_logs() as logs:
        working = asyncio.create_task(work(database, Settings(), clock))
        await come_about(lambda: are_awake(db, good))
        await come_about(lambda: nothing_left(db, workspace))
        for _ in range(3):
            late = await asleep(db, workspace, clock())
            await come_about(lambda: are_awake(db, late))  # noqa: B023  # at once
    assert [each["event"] for each in logs if each["log_level"] == "error"] == [
        "a thread cannot be woken"
    ]
    assert not working.done()
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def nothing_left(db: Any, workspace: Workspace) -> bool:
    return not await db.fetchval(_LEFT, workspace.id)


async def test_answers_that_expired_are_swept_and_no_others(
    pool: asyncpg.Pool, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    expired = clock() - LIFETIME
    await db.execute(_ANSWERS, workspace.id, expired, 2500)
    await db.execute(_ANSWERS, workspace.id, expired + timedelta(milliseconds=1), 5)

    async def sweep() -> int:
        async with pool.acquire() as con:
            return await idempotency.delete_expired(con, expired)

    swept = 0
    while done := sum(await asyncio.gather(sweep(), sweep())):
        swept += done
    assert swept == 2500
    assert await db.fetchval(_LEFT, workspace.id) == 5


async def test_an_answer_that_is_just_being_replaced_is_not_swept(
    dsn: str, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    expired = clock() - LIFETIME
    await db.execute(_ANSWERS, workspace.id, expired, 1)
    async with connected(dsn) as con, con.transaction():
        await con.execute(
            "update idempotent_answers set created_at = $2 where workspace_id = $1",
            workspace.id,
            clock(),
        )
        sweeping = asyncio.create_task(idempotency.delete_expired(db, expired))
        # One that does not wait is done soon; one that does must not go wrong afterwards.
        await come_about(lambda: waits_or_is_done(con, sweeping))
    assert await sweeping == 0
    assert await db.fetchval(_LEFT, workspace.id) == 1


async def waits_or_is_done(con: Any, task: "asyncio.Task[int]") -> bool:
    return bool(task.done() or await con.fetchval(BLOCKS))
