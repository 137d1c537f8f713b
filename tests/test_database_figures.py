"""What /metrics tells of the database: right, soon, and without reading it from end to end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
import structlog
from prometheus_client.core import Metric

from looplane.event_feed.schemas import START
from looplane.figures import commands, sql
from looplane.figures.commands import CHANNELS, DatabaseFigures
from looplane.tables import MIGRATIONS
from tests.conftest import Workspace
from tests.delivery.test_cost import explain
from tests.dispatch import cancel_all

_DELIVERIES = """
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, queue, state,
  is_routed, created_at, updated_at, next_attempt_at)
select $1, gen_random_uuid(), gen_random_uuid(), 'event', 'webhook', 't', gen_random_uuid(), 'w', $2,
  $2 = 'queued', now() - n * interval '1 millisecond', now(), case when $2 = 'queued' then now() end
from generate_series(1, $3) n"""
_QUEUE = """
insert into delivery_queues (workspace_id, channel, queue, due_at, failures)
values ($1, 'webhook', 'w', now() - interval '90 s', 0)"""
_THREADS = """
insert into threads (workspace_id, id, text, pain_level, origin, state, snoozed_until, contact_id,
  created_at, updated_at)
select $1, gen_random_uuid(), 'x', 'LOW', 'api', 'snoozed', now() + (n - 2) * interval '1 minute', $2,
  now(), now() from generate_series(1, $3) n"""
_CONTACT = """
insert into contacts (workspace_id, id, email, created_at, updated_at)
values ($1, $2, 'one@many.example', now(), now())"""
_EVENTS = """
insert into events (workspace_id, position, id, type, subject_id, aggregate_id, write_id, version,
  actor, data, created_at)
select $1, 1, gen_random_uuid(), 'thread.created', gen_random_uuid(), gen_random_uuid(),
  gen_random_uuid(), 1, '{}', '{}', now() - interval '1 hour' from generate_series(1, $2::int) n"""
FEW, MANY = 10, 5_000
MOST, MOST_OF_ONE = 500, 50


@pytest.fixture
async def con(con: Any) -> Any:
    """Nothing that other tests left is due, however long ago that was."""
    await cancel_all(con)
    return con


class Connected:
    """A database that has one connection, or fails, and counts who asks for it."""

    def __init__(self, con: Any, error: Exception | None = None) -> None:
        self._con, self.error, self.asked = con, error, 0

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Any]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        yield self._con


def told(read: Sequence[Metric]) -> dict[tuple[str, ...], float]:
    """Every figure by its name and the values of its labels."""
    return {
        (sample.name.removeprefix("looplane_"), *sample.labels.values()): sample.value
        for family in read
        for sample in family.samples
    }


async def figures(con: Any) -> dict[tuple[str, ...], float]:
    database: Any = Connected(con)
    return told(await DatabaseFigures(database, MIGRATIONS).read())


async def fill(con: Any, workspace: Workspace, count: int) -> None:
    contact = uuid4()
    for state in ("delivered", "queued", "dead", "canceled"):
        await con.execute(_DELIVERIES, workspace.id, state, count)
    await con.execute(_QUEUE, workspace.id)
    await con.execute(_CONTACT, workspace.id, contact)
    await con.execute(_THREADS, workspace.id, contact, count)
    await con.execute("analyze deliveries; analyze delivery_queues; analyze threads")


def lower(statement: str) -> str:
    """The same statement with lower limits, so that fewer rows are many."""
    whole = statement.replace(f"limit {sql.MOST_OF_ONE})", f"limit {MOST_OF_ONE})")
    return whole.replace(f"limit {sql.MOST})", f"limit {MOST})")


async def costs(con: Any) -> dict[str, int]:
    """Rows that each statement looks at."""
    return {
        "snooze": await explain(con, sql.SNOOZE),
        "queues": await explain(con, sql.QUEUES),
        "queued": await explain(con, lower(sql.QUEUED), CHANNELS),
        "unrouted": await explain(con, lower(sql.UNROUTED)),
        "dead": await explain(con, lower(sql.DEAD)),
        "untold": await explain(con, lower(sql.UNTOLD), START.number, START.id),
    }


async def test_however_much_there_is_a_bounded_part_is_read(con: Any, workspace: Workspace) -> None:
    found = []
    await con.execute("update deliveries set state = 'canceled', next_attempt_at = null")
    await con.execute("update deliveries set is_routed = false")
    for count in (FEW, MANY):
        savepoint = con.transaction()
        await savepoint.start()
        await fill(con, workspace, count)
        found.append(await costs(con))
        await savepoint.rollback()
    few, many = found
    bounds = {"queued": 2 * MOST, "dead": 2 * MOST_OF_ONE}
    for name, rows in many.items():
        assert rows <= 2 * few[name] + 10 + bounds.get(name, 0), (name, few, many)


async def test_it_tells_what_waits_and_for_how_long(con: Any, workspace: Workspace) -> None:
    before = await figures(con)
    await fill(con, workspace, FEW)
    after = await figures(con)
    for state, more in {"queued": FEW, "dead": FEW, "unrouted": 0}.items():
        name = ("deliveries", "webhook", state)
        assert after[name] - before[name] == more, state
    assert after["delivery_overdue_seconds", "webhook"] >= 90
    assert after["delivery_overdue_seconds", "email"] < 90
    assert after["snooze_overdue_seconds",] >= 60
    assert (after["database_up",], after["migrations_pending",]) == (1, 0)
    assert after["database_size_bytes",] > 1_000_000
    assert 0 < after["database_connections",] <= after["database_max_connections",]


async def test_what_fails_or_is_paused_is_told_apart_from_what_is_late(
    con: Any, workspace: Workspace
) -> None:
    before = await figures(con)
    await fill(con, workspace, FEW)
    await con.execute(
        "update delivery_queues set failures = 3 where workspace_id = $1", workspace.id
    )
    failing = await figures(con)
    assert failing["delivery_targets", "webhook", "failing"] == (
        before["delivery_targets", "webhook", "failing"] + 1
    )
    assert failing["delivery_overdue_seconds", "webhook"] < 90
    # What nothing waits for may be gone long since, and calls nobody.
    await con.execute(
        "update delivery_queues set due_at = null where workspace_id = $1", workspace.id
    )
    name = ("delivery_targets", "webhook", "failing")
    assert (await figures(con))[name] == before[name]
    await con.execute(
        "update delivery_queues set paused_at = now() where workspace_id = $1", workspace.id
    )
    paused = await figures(con)
    name = ("delivery_targets", "webhook", "failing")
    assert paused[name] == before[name]
    assert paused["delivery_targets", "webhook", "paused"] == (
        before["delivery_targets", "webhook", "paused"] + 1
    )


async def test_events_that_are_set_aside_are_counted(con: Any, workspace: Workspace) -> None:
    before = await figures(con)
    await con.execute(
        "insert into fan_out_failures (workspace_id, event_id, position, event_type, reason, tries,"
        " failed_at) select $1, gen_random_uuid(), n, 'thread.created', 'DataError', 5, now()"
        " from generate_series(1, 3) n",
        workspace.id,
    )
    assert (await figures(con))["events_set_aside",] == before["events_set_aside",] + 3


async def test_events_that_nobody_was_told_of_are_counted_with_their_age(
    con: Any, workspace: Workspace
) -> None:
    await con.execute("delete from fan_outs where workspace_id = $1", workspace.id)
    before = await figures(con)
    await con.execute(_EVENTS, workspace.id, FEW)
    after = await figures(con)
    assert after["events_behind",] - before["events_behind",] == FEW
    assert after["events_behind_seconds",] >= 3600


async def test_what_rests_in_an_archived_workspace_is_not_late(
    con: Any, workspace: Workspace
) -> None:
    """It waits until the operator ends that, and nobody is to be woken for it."""
    await con.execute("update workspaces set archived_at = now() where id <> $1", workspace.id)
    await con.execute("delete from fan_outs where workspace_id = $1", workspace.id)
    await fill(con, workspace, FEW)
    await con.execute(_EVENTS, workspace.id, FEW)
    late = {
        ("delivery_overdue_seconds", "webhook"),
        ("snooze_overdue_seconds",),
        ("events_behind",),
        ("events_behind_seconds",),
    }
    awake = await figures(con)
    assert all(awake[name] > 0 for name in late), awake
    await con.execute("update workspaces set archived_at = now() where id = $1", workspace.id)
    resting = await figures(con)
    assert not any(resting[name] for name in late), resting


async def test_a_database_that_is_away_is_told_and_asked_for_no_more_than_is_needed(
    con: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away: Any = Connected(con, OSError("refused"))
    asked = DatabaseFigures(away, MIGRATIONS)
    answers = await asyncio.gather(*(asked.read() for _ in range(20)))
    assert {tuple(told(each).items()) for each in answers} == {((("database_up",), 0.0),)}
    assert away.asked == 1
    await asked.read()
    assert away.asked == 1, "what was seen is good for a while"
    away.error = None
    monkeypatch.setattr(commands, "REMEMBERED", -1.0)
    asked = DatabaseFigures(away, MIGRATIONS)
    for _ in range(2):
        assert told(await asked.read())["database_up",] == 1
    assert away.asked == 3, "and not for ever"


async def test_figures_that_cannot_be_had_leave_the_others(
    con: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "SNOOZE", "select 1 / 0")
    with structlog.testing.capture_logs() as lines:
        found = await figures(con)
    assert (found["database_up",], found["migrations_pending",]) == (1, 0)
    assert ("snooze_overdue_seconds",) not in found
    assert "division by zero" in str(lines)
