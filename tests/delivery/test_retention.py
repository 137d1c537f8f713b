"""Deliveries that ended long ago go; those that somebody still needs stay."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx
import pytest
import structlog

from looplane.delivery.retention import sql
from looplane.delivery.retention.commands import MOST_LOOKED_AT, DeliverySweep
from looplane.kit.config import Settings
from looplane.kit.database import connected, open_database
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.tables import MIGRATIONS
from looplane.worker import work
from tests.conftest import SteppedClock, Workspace
from tests.databases import empty_database
from tests.factory import Factory
from tests.messages.conftest import messages_of, send
from tests.plans import rolled_back
from tests.processes import come_about

DAYS = 400
_PAST = """(left(first_id({0})::text, 24) || right(gen_random_uuid()::text, 12))::uuid"""
_INSERT = f"""
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, state,
  is_routed, attempts, created_at, updated_at, next_attempt_at)
select $1, {_PAST.format("$2::timestamptz - n * interval '1 ms'")}, coalesce($3, gen_random_uuid()),
  $4, 'email', $5, gen_random_uuid(), $6, $7, 1, $2, $2,
  case when $6 in ('planned', 'queued') then $2 end
from generate_series(1, $8) n returning id"""
_ATTEMPT = """
insert into delivery_attempts (workspace_id, delivery_id, number, started_at, ended_at, outcome)
values ($1, $2, 1, now(), now(), 'delivered')"""
_IDS = "select id from deliveries where workspace_id = $1"


async def planned(  # what of them is to be otherwise
    db: Any,
    workspace_id: UUID,
    *,
    days: int = 500,
    state: str = "delivered",
    kind: str = "invite",
    target: str = "a@mail.example",
    event: UUID | None = None,
    is_routed: bool = False,
    count: int = 1,
) -> list[UUID]:
    """Deliveries that were planned, and have been in their state, for so many days."""
    then = datetime.now(UTC) - timedelta(days=days)
    args = (then, event, kind, target, state, is_routed, count)
    return [row["id"] for row in await db.fetch(_INSERT, workspace_id, *args)]


async def kept(db: Any, workspace_id: UUID) -> set[UUID]:
    return {row["id"] for row in await db.fetch(_IDS, workspace_id)}


async def sweep(db: Any, days: int = DAYS, most: int = MOST_LOOKED_AT) -> int:
    """Sweeps to the end; in how many rounds."""
    sweeping, rounds = DeliverySweep(lambda: datetime.now(UTC), days, most), 0
    while await sweeping.run(db):
        rounds += 1
    return rounds


async def test_for_a_hundred_years_nothing_is_even_looked_at(db: Any, workspace: Workspace) -> None:
    stays = await planned(db, workspace.id)
    assert await sweep(db, days=36_500) == 0
    assert await kept(db, workspace.id) == set(stays)


@pytest.mark.parametrize("state", ["delivered", "canceled", "dead", "failed"])
async def test_what_ended_long_ago_goes_with_its_attempts(
    db: Any, workspace: Workspace, state: str
) -> None:
    [gone] = await planned(db, workspace.id, state=state)
    [stays] = await planned(db, workspace.id, state=state, days=DAYS - 1)
    await db.execute(_ATTEMPT, workspace.id, gone)
    await db.execute(_ATTEMPT, workspace.id, stays)
    with structlog.testing.capture_logs() as lines:
        await sweep(db)
    assert await kept(db, workspace.id) == {stays}
    attempts = "select delivery_id from delivery_attempts where workspace_id = $1"
    assert [row["delivery_id"] for row in await db.fetch(attempts, workspace.id)] == [stays]
    assert [each["event"] for each in lines] == ["old deliveries were let go"]


async def test_what_is_still_needed_stays(db: Any, workspace: Workspace, make: Factory) -> None:
    stays = [
        *await planned(db, workspace.id, state="queued"),
        *await planned(db, workspace.id, state="planned"),
        # Its queue does not know yet that it was canceled: another one waits behind it.
        *await planned(db, workspace.id, state="canceled", is_routed=True),
    ]
    ended_lately, caught = await planned(db, workspace.id, count=2)
    lately = "update deliveries set updated_at = now() where workspace_id = $1 and id = $2"
    await db.execute(lately, workspace.id, ended_lately)
    mail = await make.caught_mail()
    told = "update caught_mail set delivery_id = $2 where workspace_id = $1"
    await db.execute(told, workspace.id, caught)
    await sweep(db)
    assert await kept(db, workspace.id) == {*stays, ended_lately, caught}
    assert (await make.client.delete(f"/caught-mail/{mail['id']}")).status_code == httpx.codes.OK
    await sweep(db)
    assert await kept(db, workspace.id) == {*stays, ended_lately}


async def test_what_died_stays_as_long_as_notices_of_it(db: Any, workspace: Workspace) -> None:
    dead = await planned(db, workspace.id, state="dead", days=89)
    await planned(db, workspace.id, state="dead", days=91)
    await planned(db, workspace.id, state="delivered", days=89)
    await sweep(db, days=30)
    assert await kept(db, workspace.id) == set(dead)


async def test_whom_a_broadcast_went_to_is_known_while_it_may_be_tried_again(
    db: Any, workspace: Workspace
) -> None:
    event = new_id()
    of_it: dict[str, Any] = {"kind": "broadcast", "event": event}
    [parent] = await planned(db, workspace.id, target="subscribers", state="queued", **of_it)
    [child] = await planned(db, workspace.id, days=499, **of_it)
    await sweep(db)
    assert await kept(db, workspace.id) == {parent, child}
    ended = "update deliveries set state = 'dead', next_attempt_at = null where id = $1"
    await db.execute(ended, parent)
    await sweep(db)
    assert await kept(db, workspace.id) == {child}, "it goes after its broadcast"
    await sweep(db)
    assert await kept(db, workspace.id) == set()


async def test_a_sweep_goes_by_few_at_a_time_over_all_workspaces(
    db: Any, workspace: Workspace, other: Workspace
) -> None:
    await planned(db, workspace.id, count=5)
    await planned(db, other.id, count=3)
    stays = await planned(db, workspace.id, count=4, state="queued")
    sweeping = DeliverySweep(lambda: datetime.now(UTC), DAYS, most=2)
    left = [12]
    while await sweeping.run(db):
        left.append(len(await kept(db, workspace.id) | await kept(db, other.id)))
    assert all(before - after in {0, 1, 2} for before, after in pairwise(left))
    assert await kept(db, workspace.id) == set(stays)
    assert await kept(db, other.id) == set()


async def test_several_sweep_at_once_and_wait_for_nobody(
    dsn: str, db: Any, workspace: Workspace
) -> None:
    held, *others = await planned(db, workspace.id, count=6)
    async with connected(dsn) as con, con.transaction():
        hold = "select from deliveries where workspace_id = $1 and id = $2 for update"
        await con.execute(hold, workspace.id, held)
        await asyncio.wait_for(sweep(db, most=2), 20)
        assert await kept(db, workspace.id) == {held}
    assert len(others) == 5
    await sweep(db)
    assert await kept(db, workspace.id) == set()


async def test_what_a_killed_worker_began_another_one_ends(db: Any, workspace: Workspace) -> None:
    await planned(db, workspace.id, count=7)
    killed = DeliverySweep(lambda: datetime.now(UTC), DAYS, most=2)
    while await killed.run(db) and len(await kept(db, workspace.id)) == 7:
        pass
    assert len(await kept(db, workspace.id)) == 5
    await sweep(db)
    assert await kept(db, workspace.id) == set()


async def test_a_sweep_reads_a_few_of_many_by_the_primary_key(
    dsn: str, workspace: Workspace
) -> None:
    async with rolled_back(dsn) as con:
        await planned(con, workspace.id, count=10_000)
        await con.execute("analyze deliveries")
        now = datetime.now(UTC)
        args = (UUID(int=0), now - timedelta(days=DAYS), now - timedelta(days=DAYS), 100)
        explain = f"explain (analyze, format json) {sql.LET_GO}"
        [told] = json.loads(await con.fetchval(explain, workspace.id, *args))
        left = await con.fetchval(
            "select count(*) from deliveries where workspace_id = $1", workspace.id
        )
    scans = [
        each
        for each in _nodes(told["Plan"])
        if each.get("Relation Name") == "deliveries" and "Scan" in each["Node Type"]
    ]
    assert scans
    assert {each["Node Type"] for each in scans} <= {"Index Scan", "Index Only Scan"}
    assert max(each["Actual Rows"] * each["Actual Loops"] for each in scans) <= 100
    assert all(each.get("Rows Removed by Filter", 0) <= 100 for each in scans)
    assert left == 10_000 - 100


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(each for part in node.get("Plans", ()) for each in _nodes(part))]


async def test_a_message_whose_delivery_is_gone_is_shown_and_answered(
    db: Any, client: httpx.AsyncClient, make: Factory, workspace: Workspace, clock: SteppedClock
) -> None:
    thread = await make.thread()
    await send(client, thread, content="<p>Done</p>")
    past = _PAST.format("$2::timestamptz")
    aged = f"""update deliveries set id = {past}, state = 'delivered', next_attempt_at = null,
      is_routed = false, updated_at = $2 where workspace_id = $1"""
    await db.execute(aged, workspace.id, clock() - timedelta(days=500))
    assert (await messages_of(client, thread["id"]))[-1]["delivery"]["state"] == "delivered"
    await sweep(db)
    assert (await messages_of(client, thread["id"]))[-1]["delivery"] is None
    await send(client, thread, content="<p>Once more</p>")
    assert (await messages_of(client, thread["id"]))[-1]["delivery"]["state"] == "queued"


@pytest.fixture
async def url(dsn: str) -> AsyncIterator[str]:
    async with empty_database(dsn) as url, connected(url) as con:
        await migrate(con, MIGRATIONS)
        await con.execute("insert into workspaces values ($1, 'W', now())", new_id())
        yield url


_CATCH = """
insert into caught_mail (workspace_id, id, delivery_id, kind, sender, recipients, subject, source,
  created_at, updated_at)
select $1, gen_random_uuid(), gen_random_uuid(), 'invite', '', '{}', '', '', at, at
from (select now() - n * interval '1 day' as at from generate_series(1, 500) n)"""
_COUNTS = """
select (select count(*) from deliveries), (select count(*) from caught_mail),
  (select count(*) from notices)"""
_OLD_NOTICE = """
insert into notices (workspace_id, id, write_id, event_id, event_type, reason, subject_id,
  is_in_app, created_at)
values ($1, $2, $2, $2, 'x', 'x', $2, false, now() - interval '1 year')"""


@pytest.mark.parametrize(
    ("kept", "left"),
    [
        # By default deliveries stay, and caught mail goes as it always did.
        (Settings(), (2, 29)),
        (Settings(keep_deliveries_days=DAYS, keep_caught_mail_days=0), (1, 500)),
        (Settings(keep_deliveries_days=600, keep_caught_mail_days=450), (2, 449)),
    ],
)
async def test_the_worker_keeps_what_it_is_told_to(
    url: str, kept: Settings, left: tuple[int, int]
) -> None:
    async with connected(url) as con:
        workspace = await con.fetchval("select id from workspaces")
        await planned(con, workspace)
        await planned(con, workspace, days=10)
        await con.execute(_CATCH, workspace)
        await con.execute(_OLD_NOTICE, workspace, new_id())
        database = await open_database(url, 4)
        working = asyncio.create_task(work(database, kept, lambda: datetime.now(UTC)))

        async def are_left() -> bool:
            return tuple(await con.fetchrow(_COUNTS) or ()) == (*left, 0)

        await come_about(are_left)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert tuple(await con.fetchrow(_COUNTS) or ()) == (*left, 0)
        await database.pool.close()
