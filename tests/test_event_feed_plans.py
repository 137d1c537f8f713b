"""However many events there are, a page reads one range of an index in each month."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import pytest

from looplane.event_feed import sql
from looplane.event_feed.schemas import START, HistoryQuery
from looplane.kit.conditions import Conditions
from looplane.kit.database import connected
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.kit.paging import PAGE_BYTES
from looplane.tables import MIGRATIONS
from tests.databases import empty_database

Node = dict[str, Any]
MONTHS = 4
# So many of a thread that most are in its history, and as many of other things in each month.
_FILL = """
insert into events (workspace_id, position, id, write_id, type, subject_id, aggregate_id, version,
  actor, created_at, data_event_id, data)
select $1, m * 100000 + n, i, i, 'thread.updated', s, s, n, '{}', now(), null, '{"a": 1}'
from generate_series(0, $3::int - 1) m, generate_series(1, $4::int) n,
  lateral (select case when n % 2 = 0 then $2::uuid else gen_random_uuid() end as s,
    (substr(first_id(date_trunc('month', now()) + m * interval '1 month' + n * interval '1 s')::text,
      1, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid as i) x"""
ROWS = 6000


class Crowd:
    """A database with many events, and of whom they are."""

    def __init__(self, con: Any, workspace_id: UUID, thread_id: UUID) -> None:
        self.con, self.workspace_id, self.thread_id = con, workspace_id, thread_id

    async def plan(self, statement: str, values: list[Any]) -> Node:
        """How a statement is run, planned without its values."""
        await self.con.execute(f"prepare looked_at as {statement}")
        given = ", ".join(map(_literal, values))
        rows = await self.con.fetchval(
            f"explain (analyze, format json, timing off) execute looked_at({given})"
        )
        await self.con.execute("deallocate looked_at")
        return dict(json.loads(rows)[0]["Plan"])


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"array[{', '.join(map(_literal, value))}]"
    return str(value) if isinstance(value, int) else f"'{value}'"


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for each in node.get("Plans", ()):
        yield from nodes(each)


@pytest.fixture
async def crowd(dsn: str) -> AsyncIterator[Crowd]:
    async with empty_database(dsn) as url, connected(url) as con:
        await migrate(con, MIGRATIONS)
        workspace, thread = new_id(), new_id()
        await con.execute(
            "insert into workspaces (id, name, created_at) values ($1, 'W', now())", workspace
        )
        await con.execute(_FILL, workspace, thread, MONTHS, ROWS)
        # Below the horizon, as if this server had counted so far.
        await con.execute("update event_positions set base = 10000000")
        await con.execute("analyze")
        yield Crowd(con, workspace, thread)


def keys_of(plan: Node) -> list[Node]:
    """What the keys are read from, which is not what is looked up for one of them."""
    scans = [each for each in nodes(plan) if "events_" in each.get("Relation Name", "")]
    run = [each for each in scans if each["Actual Loops"]]
    assert {each["Node Type"] for each in run} <= {"Index Scan", "Index Only Scan"}
    sorted_rows = [each["Actual Rows"] for each in nodes(plan) if each["Node Type"] == "Sort"]
    assert max(sorted_rows, default=0) <= 51
    return [each for each in run if '"position" = ' not in each["Index Cond"]]


async def test_the_history_of_a_thread_is_one_range(crowd: Crowd) -> None:
    conditions = Conditions("e", crowd.workspace_id, complete=True)
    conditions.add("e.aggregate_id = {0}", crowd.thread_id)
    conditions.add(sql.VISIBLE, ["thread.updated"], None)
    query = HistoryQuery(limit=50)
    plan = await crowd.plan(sql.HISTORY.ask(conditions, query), conditions.values)
    ranges = keys_of(plan)
    assert len(ranges) == MONTHS + 1  # and the default partition
    for each in ranges:
        assert "aggregate_id" in each["Index Name"]
        assert "workspace_id = " in each["Index Cond"]
        assert "aggregate_id = " in each["Index Cond"]
        assert each["Scan Direction"] == "Backward"
    # Of each month its last one, and of the last month a page.
    assert sum(each["Actual Rows"] for each in ranges) <= 51 + len(ranges)
    assert [each["Node Type"] for each in nodes(plan)].count("Merge Append") == 1


async def test_what_follows_is_one_range(crowd: Crowd) -> None:
    start = await crowd.con.fetchrow("select position, id from events order by 1, 2 limit 1")
    first = [crowd.workspace_id, *start, 51, 51, PAGE_BYTES]
    wanted = [["thread.updated"], None]
    of_thread = [*first, *wanted, crowd.thread_id]
    asked = [
        (sql.FOLLOW, first, "pkey"),
        (sql.FOLLOW_WANTED, [*first, *wanted], "pkey"),
        (sql.FOLLOW_SUBJECT, of_thread, "aggregate_id"),
    ]
    for statement, values, index in asked:
        plan = await crowd.plan(statement, values)
        ranges = [each for each in keys_of(plan) if each["Scan Direction"] == "Forward"]
        ranges = [each for each in ranges if "ROW(" in each["Index Cond"]]
        assert len(ranges) == MONTHS + 1
        for each in ranges:
            assert index in each["Index Name"]
            assert "workspace_id = " in each["Index Cond"]
            assert ("aggregate_id = " in each["Index Cond"]) == (index == "aggregate_id")
        assert sum(each["Actual Rows"] for each in ranges) <= 51 + len(ranges)


async def test_where_it_ends_is_one_look(crowd: Crowd) -> None:
    plan = await crowd.plan(sql.PLACE, [crowd.workspace_id])
    ranges = keys_of(plan)
    assert {each["Scan Direction"] for each in ranges} == {"Backward"}
    assert sum(each["Actual Rows"] for each in ranges) <= 1 + len(ranges)
    assert await sql.latest(crowd.con, crowd.workspace_id) > START
