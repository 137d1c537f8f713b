"""How many threads a view shows: counted as it is read, up to a limit, within a time."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import Database
from looplane.kit.principal import Principal
from looplane.threads.listing.schemas import ThreadFilter
from looplane.threads.listing.views import sql as listing
from looplane.views import commands
from looplane.views.schemas import MAX_COUNTED
from tests.conftest import Workspace
from tests.factory import Factory

_MANY = """
insert into threads (workspace_id, id, text, pain_level, origin, state, external_ids, created_at,
  updated_at, contact_id)
select $1, gen_random_uuid(), 'x', 'LOW', 'api', 'open', '{}', now(), now(), $3
from generate_series(1, $2)"""


async def _count(client: httpx.AsyncClient, view: dict[str, Any]) -> tuple[int | None, bool]:
    got = (await client.get(f"/views/{view['id']}")).json()
    return got["thread_count"], got["thread_count_is_exact"]


async def test_it_is_counted_up_to_a_limit(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    view = await make.view(filters={"pain_level": ["LOW"]})
    assert await _count(client, view) == (0, True)
    contact = (await make.contact())["id"]
    await db.execute(_MANY, workspace.id, MAX_COUNTED, contact)
    assert await _count(client, view) == (MAX_COUNTED, True)
    await make.thread(pain_level="HIGH")
    assert await _count(client, view) == (MAX_COUNTED, True)
    await make.thread()
    assert await _count(client, view) == (MAX_COUNTED, False)


_OTHERS = """
insert into threads (workspace_id, id, text, pain_level, origin, state, external_ids, created_at,
  updated_at, contact_id)
select $1, gen_random_uuid(), 'x', 'LOW', 'email', 'done', '{}', now(), now(), $3
from generate_series(1, $2)"""


async def test_what_takes_too_many_rows_is_null(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    contact = (await make.contact())["id"]
    for statement in (_MANY, _OTHERS):
        await db.execute(statement, workspace.id, 6000, contact)
    counts = {
        (("status", "open"), ("origin", "email")): (None, False),  # each many, both none
        (("status", "open"), ("origin", "slack")): (0, True),
        (("status", "open"), ("pain_level", "HIGH")): (0, True),
        (("status", "snoozed"), ("origin", "email")): (0, True),
        (("status", "done"), ("origin", "email")): (MAX_COUNTED, False),
    }
    for filters, count in counts.items():
        view = await make.view(filters={name: [value] for name, value in filters})
        assert await _count(client, view) == count, filters


async def test_an_order_that_leaves_some_out_is_counted_without_them(
    client: httpx.AsyncClient, make: Factory
) -> None:
    waiting, answered = [(await make.thread())["id"] for _ in range(2)]
    await client.post(f"/threads/{answered}/messages", json={"content": "<p>Done</p>"})
    view = await make.view(filters={}, sort="oldest_waiting")
    listed = await client.get("/threads", params={"view": view["id"]})
    assert [each["id"] for each in listed.json()["data"]] == [waiting]
    assert await _count(client, view) == (1, True)
    await client.patch(f"/views/{view['id']}", json={"sort": "pain"})
    assert await _count(client, view) == (2, True)


async def test_what_cannot_be_counted_in_time_is_null_and_the_others_are_counted(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    await make.thread()
    views = [await make.view() for _ in range(5)]
    slow = {views[1]["id"], views[4]["id"]}

    async def count(con: Any, context: Any, filter: Any, *more: Any) -> int | None:
        if filter.external_id is not None:
            await con.fetchval("select pg_sleep(20)")
        return await listing.count_threads(con, context, filter, *more)

    monkeypatch.setattr(commands, "count_threads", count)
    for id in slow:
        changed = await client.patch(f"/views/{id}", json={"filters": {"external_id": "x"}})
        assert (changed.status_code, changed.json()["thread_count"]) == (200, None)
    found = (await client.get("/views")).json()["data"]
    for each in found:
        known = (None, False) if each["id"] in slow else (1, True)
        assert (each["thread_count"], each["thread_count_is_exact"]) == known
    # The limit is gone with the counting, on every connection.
    limits = await asyncio.gather(*(_limit(database) for _ in range(3)))
    assert {*limits} == {"15s"}


async def _limit(database: Database) -> str:
    async with database.reading() as con:
        return str(await con.fetchval("show statement_timeout"))


async def test_each_view_costs_one_statement_more(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    filters = [{"tab": "open"}, {"unassigned": True, "pain_level": ["HIGH"]}, {"tab": "my"}]
    costs = []
    for number in range(1, 7):
        await make.view(filters=filters[number % 3])
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            assert len((await client.get("/views")).json()["data"]) == number
        costs.append(len(seen))
    # The page, the transaction with its limit, and a count for each.
    assert costs == [number + 4 for number in range(1, 7)]


async def test_counts_read_no_table_from_end_to_end(
    make: Factory, con: Any, workspace: Workspace
) -> None:
    tag, project = (await make.tag())["id"], (await make.project())["id"]
    contact = (await make.contact())["id"]
    await con.execute(_MANY, workspace.id, 20_000, contact)
    await con.execute("analyze threads")
    me = workspace.member_id
    context = Context(Principal(workspace.id, "program", member_id=me), system_clock, "test")
    cases: list[dict[str, Any]] = [
        {},
        {"tab": "open", "unassigned": True},
        {"tab": "my"},
        {"tab": "needs-response"},
        {"pain_level": ["HIGH"]},
        {"status": ["open", "snoozed"], "origin": ["email", "slack"]},
        {"tag_id": [tag]},
        {"tag_none": [tag]},
        {"project_id": [project]},
        {"contact_id": [contact]},
        {"waiting_longer_than": 3600},
        {"company_revenue_min": 5},
        {"external_id": "x"},
    ]
    for filters in cases:
        seen: list[Any] = []
        con.add_query_logger(seen.append)
        meant = ThreadFilter.model_validate(filters)
        await listing.count_threads(con, context, meant, "created_at", 1001)
        con.remove_query_logger(seen.append)
        await asyncio.sleep(0)
        for each in [each for each in seen if "count(*)" in each.query]:
            plan = await _explain(con, each.query)
            steps = [*_steps(plan)]
            # It stops where it has found enough.
            assert "Limit" in {step["Node Type"] for step in steps}, filters
            scanned = [step for step in steps if step.get("Relation Name") == "threads"]
            assert scanned, filters
            assert "Seq Scan" not in {step["Node Type"] for step in scanned}, (filters, plan)


async def _explain(con: Any, statement: str) -> dict[str, Any]:
    """How it is run, whatever its values."""
    await con.execute(f"prepare counting as {statement}")
    nulls = ", ".join(["null"] * max(n for n in range(1, 30) if f"${n}" in statement))
    rows = await con.fetchval(f"explain (format json) execute counting({nulls})")
    await con.execute("deallocate counting")
    plan: dict[str, Any] = json.loads(rows)[0]["Plan"]
    return plan


def _steps(plan: dict[str, Any]) -> Any:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _steps(part)
