"""Events are fanned out once each, in the order of what happened to a thing."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog

from looplane.deliveries.schemas import NewDelivery
from looplane.delivery.fan_out import sql
from looplane.delivery.fan_out.commands import BATCH, FanOut
from looplane.event_feed.schemas import FannedEvent
from looplane.kit.database import Database
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.delivery.killed import KilledError, KillingDatabase
from tests.delivery.planned import rows_of
from tests.factory import Factory
from tests.processes import come_about

_PLAN = """
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, queue, lane,
  state, created_at, updated_at, next_attempt_at)
select $1, $2, $3, 'event', $4, $5, $3, $6, $7, 'queued', $8, $8, $8
on conflict (workspace_id, event_id, channel, target) do nothing"""
_INSERT = """
insert into events (workspace_id, position, id, write_id, type, subject_id, aggregate_id, version,
  actor, created_at, data)
select $1, e.position, $3, $3, 'delivery.dead', $4, $4, e.version, '{}', now(), '{}'
from (select $2::bigint as position, $5::bigint as version) e"""
_LAST = "select max(position) from events where workspace_id = $1"


class Telling:
    """Tells one target of all threads, and keeps what it was given."""

    def __init__(self, workspace_id: UUID, clock: SteppedClock) -> None:
        self.workspace_id, self._clock = workspace_id, clock
        self.given: list[FannedEvent] = []

    async def __call__(self, con: Any, workspace_id: UUID, events: Sequence[FannedEvent]) -> int:
        if workspace_id != self.workspace_id:
            return 0
        self.given += events
        for each in events:
            new = NewDelivery("event", "webhook", "w", each.id, queue="w", lane=each.aggregate_id)
            planned = (new_id(), each.id, new.channel, new.target, new.queue, new.lane)
            await con.execute(_PLAN, workspace_id, *planned, self._clock())
        return len(events)


@pytest.fixture
def telling(workspace: Workspace, clock: SteppedClock) -> Telling:
    return Telling(workspace.id, clock)


async def types_told(db: Any, telling: Telling) -> list[tuple[UUID, str]]:
    query = """
    select e.id, e.type from deliveries d join events e
      on e.workspace_id = $1 and e.id = d.event_id
    where d.workspace_id = $1 and d.kind = 'event' order by d.seq"""
    return [tuple(row) for row in await db.fetch(query, telling.workspace_id)]


async def all_events(db: Any, workspace: Workspace) -> list[tuple[UUID, str]]:
    query = "select id, type from events where workspace_id = $1 order by position, id"
    return [tuple(row) for row in await db.fetch(query, workspace.id)]


async def fan_out(database: Database, telling: Telling) -> int:
    done = 0
    async with database.reading() as con:
        while found := await FanOut((telling,)).run(con):
            done += found
    return done


async def test_each_event_is_told_once_and_in_order(
    make: Factory, database: Database, db: Any, workspace: Workspace, telling: Telling
) -> None:
    for _ in range(3):
        await make.message((await make.thread())["id"])
    await fan_out(database, telling)
    assert await types_told(db, telling) == await all_events(db, workspace)
    assert len(telling.given) > 5
    told = len(telling.given)
    await make.thread()
    assert await fan_out(database, telling) == len(telling.given) - told > 0
    assert await fan_out(database, telling) == 0
    assert await types_told(db, telling) == await all_events(db, workspace)


@pytest.mark.parametrize("statement", [_PLAN, sql.ADVANCE])
async def test_one_that_dies_half_way_goes_on(
    make: Factory,
    database: Database,
    db: Any,
    workspace: Workspace,
    telling: Telling,
    statement: str,
) -> None:
    await make.message((await make.thread())["id"])
    with pytest.raises(KilledError):
        await fan_out(KillingDatabase(database, statement), telling)
    assert len(telling.given) > 1
    assert await types_told(db, telling) == []

    async def are_told() -> bool:
        await fan_out(database, telling)  # nothing, until the server has seen that it is gone
        return await types_told(db, telling) == await all_events(db, workspace)

    await come_about(are_told)


async def test_two_at_once_do_not_meet(
    make: Factory, database: Database, db: Any, workspace: Workspace, telling: Telling
) -> None:
    for _ in range(4):
        await make.thread()
    await asyncio.gather(*(fan_out(database, telling) for _ in range(4)))
    assert await types_told(db, telling) == await all_events(db, workspace)
    assert len({each.id for each in telling.given}) == len(telling.given)


async def test_what_breaks_one_workspace_leaves_the_others(
    make: Factory,
    make_other: Factory,
    database: Database,
    db: Any,
    workspace: Workspace,
    other: Workspace,
    telling: Telling,
) -> None:
    await make.thread()
    await make_other.thread()

    async def breaking(con: Any, workspace_id: UUID, events: Any) -> int:
        if workspace_id == other.id:
            await con.execute("select 1 / 0")
        return 0

    async with database.reading() as con:
        await FanOut((telling, breaking)).run(con)
    assert await types_told(db, telling) == await all_events(db, workspace)
    left = await db.fetchrow("select * from fan_outs where workspace_id = $1", other.id)
    assert left is None


async def test_versions_of_one_thing_stay_in_order_where_writes_met(
    database: Database, db: Any, workspace: Workspace, telling: Telling
) -> None:
    # The write that began first ended last, with the newer version, and a batch ends in between.
    thread, other = uuid4(), uuid4()
    start = (await db.fetchval(_LAST, workspace.id) or 0) + 1
    places = [(thread, 1), (other, 1), (thread, 3), *[(other, n) for n in range(2, BATCH + 2)]]
    places += [(thread, 2), (thread, 4), (other, BATCH + 3), (other, BATCH + 2)]
    await db.execute("delete from fan_outs where workspace_id = $1", workspace.id)
    horizon = await db.fetchval("select event_horizon()")
    first = max(start, horizon - 2 * len(places))
    for n, (subject, version) in enumerate(places):
        await db.execute(_INSERT, workspace.id, first + n, new_id(), subject, version)
    await fan_out(database, telling)
    given = list(dict.fromkeys((each.subject_id, each.version) for each in telling.given))
    for subject, most in ((thread, 4), (other, BATCH + 3)):
        told = [version for each, version in given if each == subject]
        assert told == list(range(1, most + 1))
    lanes = await db.fetch(
        "select e.subject_id, e.version from deliveries d join events e"
        " on e.workspace_id = $1 and e.id = d.event_id where d.workspace_id = $1 order by d.seq",
        workspace.id,
    )
    assert [row["version"] for row in lanes if row["subject_id"] == thread] == [1, 2, 3, 4]
    assert len(lanes) == len(places) == len(await rows_of(db, workspace.id))


async def test_what_a_transaction_is_yet_to_come_before_waits(
    make: Factory,
    database: Database,
    db: Any,
    dsn: str,
    workspace: Workspace,
    telling: Telling,
) -> None:
    async with database.connected() as open_one:
        transaction = open_one.transaction()
        await transaction.start()
        await open_one.fetchval("select pg_current_xact_id()")
        await make.thread()
        await fan_out(database, telling)
        assert telling.given == []
        await transaction.rollback()
    await fan_out(database, telling)
    assert await types_told(db, telling) == await all_events(db, workspace)


async def test_what_was_dropped_before_it_was_told_is_said_once(
    make: Factory, database: Database, db: Any, workspace: Workspace, telling: Telling
) -> None:
    await make.thread()
    await fan_out(database, telling)
    said = []
    for is_missed in (False, True, False):
        # Up to where all was told, and then one more that nobody was told of.
        await db.execute(
            "update workspaces w set dropped_position = f.position, dropped_event_id = f.event_id"
            " from fan_outs f where w.id = $1 and f.workspace_id = $1",
            workspace.id,
        )
        if is_missed:
            await make.thread()
            await db.execute(
                "update workspaces w set (dropped_position, dropped_event_id) = (e.position, e.id)"
                " from (select position, id from events where workspace_id = $1"
                "   order by position desc, id desc limit 1) e where w.id = $1",
                workspace.id,
            )
        await make.thread()
        with structlog.testing.capture_logs() as lines:
            await fan_out(database, telling)
        said.append([each["event"] for each in lines if each["log_level"] == "error"])
    assert said == [[], ["events were dropped before they were told"], []]
