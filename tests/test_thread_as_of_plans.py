"""How the database finds what was so: by the history of each thing, in no month that is later."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from looplane.kit.ids import new_id
from looplane.threads.as_of import sql
from tests.conftest import Workspace
from tests.factory import Factory

NOW = datetime.now(UTC)
# Before this month, so that later ones are there to be passed over.
THEN = NOW.replace(day=1) - timedelta(days=20)
_MONTHS = """
select make_events_partition(month::date)
from generate_series(date_trunc('month', $1::date)::timestamp - interval '6 months',
  $1::date, interval '1 month') month"""
# Of each of 200 things 100 events, over six months; of the thread a thousand more.
_EVENTS = """
insert into events (workspace_id, position, id, write_id, type, subject_id, aggregate_id, version,
  actor, created_at, after, data)
select $1, n, (left(first_id(moment)::text, 24) || lpad(to_hex(n), 12, '0'))::uuid,
  gen_random_uuid(), 'thread.updated', thing, thing, n, '{}', moment, '{"title": "x"}',
  '{"customer_needs": [], "tags": [], "contact": null, "company": null, "assignee": null}'
from generate_series(1, 21000) n
cross join lateral (select
  case when n % 21 = 0 then $2::uuid else lpad(to_hex(n % 200), 32, '0')::uuid end as thing,
  $3::timestamptz - interval '150 days' + n * interval '11 minutes' as moment) x"""


@pytest.fixture
async def months(make: Factory, workspace: Workspace, con: Any) -> Any:
    """A connection that sees 21,000 events of several months, and a thread of 1,000 of them."""
    thread = UUID((await make.thread())["id"])
    await con.execute("set local plan_cache_mode = force_generic_plan")
    # What other tests have left in months that had no partition would be in the way.
    await con.execute("delete from events_default")
    await con.execute(_MONTHS, NOW)
    await con.execute(_EVENTS, workspace.id, thread, NOW)
    await con.execute("analyze events")
    return con, thread


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


async def _explain(con: Any, statement: str, *args: Any) -> list[dict[str, Any]]:
    """The steps that were taken, with a plan that knows no values."""
    plan = await con.fetchval(f"explain (analyze, format json) {statement}", *args)
    [root] = json.loads(plan) if isinstance(plan, str) else plan
    return list(_nodes(root["Plan"]))


def _of_things(thread: UUID, workspace: UUID) -> dict[str, tuple[str, tuple[Any, ...]]]:
    things = [thread, *(UUID(int=n) for n in range(1, 20))]
    return {
        "thread": (sql.FIND, (workspace, thread, THEN)),
        "things": (sql.LAST_EVENTS, (workspace, things, THEN)),
        "comments": (sql.COMMENTS, (workspace, thread, THEN)),
    }


@pytest.mark.parametrize("name", ["thread", "things", "comments"])
async def test_a_history_is_read_by_its_index_and_no_further(
    months: Any, workspace: Workspace, name: str
) -> None:
    con, thread = months
    statement, args = _of_things(thread, workspace.id)[name]
    steps = await _explain(con, statement, *args)
    events = [each for each in steps if str(each.get("Relation Name", "")).startswith("events")]
    assert events
    later = f"events_{NOW:%Y_%m}"
    for each in events:
        has_rows = each["Actual Loops"] and (
            each["Actual Rows"] or each.get("Rows Removed by Filter")
        )
        if not has_rows:  # a month that was passed over, or has nothing in it
            continue
        assert each["Node Type"] in {"Index Scan", "Index Only Scan"}, each
        assert "aggregate_id = " in each["Index Cond"], each
        # What the moment leaves out is not read: neither months, nor more than the last events.
        if name != "comments":
            assert each["Relation Name"] < later, each
            assert each["Actual Rows"] <= 100, each


async def test_where_the_months_are_few_and_nothing_is_told(
    months: Any, workspace: Workspace
) -> None:
    con, _ = months
    for statement in (sql.PRESENT, sql.FIND):
        assert await con.fetchrow(statement, workspace.id, new_id(), THEN) is None
