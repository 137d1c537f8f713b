"""GET /threads: how the database finds a page, and how often it is asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.principal import Principal
from looplane.threads.listing.pages.sql import list_threads
from looplane.threads.listing.schemas import ThreadQuery
from tests.conftest import Workspace
from tests.factory import Factory

_CONTACTS = """
insert into contacts (workspace_id, id, email, company_id, created_at, updated_at)
select $1, gen_random_uuid(), n || '@many.example', case when n % 50 = 0 then $2::uuid end, $3, $3
from generate_series(1, 5000) n"""
_SPREAD = """
insert into threads (workspace_id, id, text, pain_level, origin, state, snoozed_until, contact_id,
  company_id, assignee_id, external_ids, created_at, updated_at)
select $1, gen_random_uuid(), 'x', 'LOW', 'api', s, case s when 'snoozed' then $2::timestamptz end,
  c.id, c.company_id, case when n % 3 = 0 then $3::uuid end,
  case when n % 50 = 0 then jsonb_build_object('plain', n::text) else '{}' end,
  $2 - n * interval '1 minute', $2 - n * interval '1 minute'
from generate_series(1, 20000) n
cross join lateral (select (array['new','open','snoozed','done','closed'])[n % 5 + 1] as s) x
join (select id, company_id, row_number() over () - 1 as i
  from contacts where workspace_id = $1) c on c.i = n % 5000"""
_LINK = """
with picked as (
  select t.id, t.created_at, row_number() over (order by t.id) as n from threads t
  where t.workspace_id = $1 limit 4000)
, tagged as (
  insert into thread_tags select $1, id, $2, created_at from picked where n % 2 = 0)
insert into customer_needs (workspace_id, id, thread_id, project_id, created_at, updated_at)
select $1, gen_random_uuid(), id, $3, created_at, created_at from picked where n % 4 = 1"""


# What grows with the number of threads, and must never be read from end to end.
LARGE = ("threads", "thread_tags", "customer_needs")
MOMENT, LATER = "2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
NEVER = "1970-01-01T00:00:00Z"
# Where most threads have the status that is asked for, all of them in order do as well.
BY_STATUS = "threads_status threads_newest"
# Filters, and the indexes that give a page in its order.
IN_ORDER: list[tuple[dict[str, str], str]] = [
    ({}, "threads_newest"),
    ({"tab": "open"}, BY_STATUS),
    ({"tab": "new"}, "threads_new"),
    ({"tab": "needs-response"}, "threads_waiting"),
    ({"tab": "my"}, "threads_mine"),
    ({"tab": "snoozed"}, BY_STATUS),
    ({"tab": "done"}, BY_STATUS),
    ({"status": "open"}, BY_STATUS),
    ({"status": "open,snoozed"}, BY_STATUS),
    ({"status": "open", "pain_level": "LOW,HIGH"}, "threads_pain threads_status"),
    ({"sort": "last_activity"}, "threads_activity"),
    ({"status": "open", "assignee_id": "…"}, "threads_mine threads_assignee"),
    # All of these have it.
    ({"pain_level": "LOW"}, "threads_pain threads_status"),
    ({"origin": "api"}, "threads_newest"),
    ({"created_after": MOMENT, "created_before": MOMENT}, "threads_newest"),
    ({"updated_after": MOMENT}, "threads_newest"),
    ({"updated_after": MOMENT, "updated_before": LATER}, "threads_newest"),
    ({"assignee_id": "…"}, "threads_assignee threads_newest"),
    ({"contact_id": "…"}, "threads_contact"),
    ({"company_id": "…"}, "threads_company"),
    ({"tag_id": "…"}, "thread_tags_tag"),
]
OF_NEEDS = " ".join(
    f"customer_needs_{name}" for name in ("project", "of_project", "issue", "of_issue")
)
# Where a workspace has few threads, all of them in order do as well.
FEW = "threads_pkey threads_newest"
# Those that are few, so that a page is sorted when they are found.
SORTED: list[tuple[dict[str, str], str]] = [
    ({"project_id": "…"}, OF_NEEDS),
    ({"issue_id": "…"}, OF_NEEDS),
    ({"external_id": "50"}, "threads_external_ids"),
    ({"updated_after": LATER}, FEW),
    ({"updated_after": NEVER, "updated_before": NEVER}, FEW),
]


# Of which parents a step is run once.
ONCE = {"Outer", "Inner", "Member", "Subquery", "InitPlan"}


@pytest.fixture(params=[1, 50], ids=["one workspace", "many workspaces"])
async def crowd(
    request: pytest.FixtureRequest, pool: Any, make: Factory, workspace: Workspace
) -> AsyncIterator[tuple[Any, Context, dict[str, str]]]:
    """A connection that sees 20,000 threads, the caller, and ids to filter by.

    The planner is told that the table holds so many workspaces. What other tests left in it, and in
    its indexes, is out of the way until the end.
    """
    company, project, tag = await make.company(), await make.project(), await make.tag()
    issue = (await make.issue())["id"]
    contact = await make.contact(company_id=company["id"])
    now, me = datetime.now(UTC), workspace.member_id
    async with pool.acquire() as con:
        transaction = con.transaction()
        await transaction.start()
        await con.execute("truncate threads cascade")
        await con.execute(_CONTACTS, workspace.id, UUID(company["id"]), now)
        await con.execute(_SPREAD, workspace.id, now, me)
        await con.execute(_LINK, workspace.id, UUID(tag["id"]), UUID(project["id"]))
        for table in (*LARGE, "contacts"):
            distinct = f"alter table {table} alter workspace_id set (n_distinct = {request.param})"
            await con.execute(f"{distinct}; analyze {table}")
        links = {"assignee_id": str(me), "contact_id": contact["id"], "company_id": company["id"]}
        links |= {"tag_id": tag["id"], "project_id": project["id"], "issue_id": issue}
        principal = Principal(workspace.id, "program", member_id=me)
        yield con, Context(principal, system_clock, "test"), links
        await transaction.rollback()


def _query(sent: dict[str, str], **part: object) -> ThreadQuery:
    asked = ThreadQuery.model_validate_strings(sent)
    return asked.model_copy(update=part)


async def _plans(
    con: Any, context: Context, query: ThreadQuery
) -> tuple[list[dict[str, Any]], str | None]:
    """How the statements of a list are run, whatever their values; the cursor to the next page."""
    seen: list[Any] = []
    con.add_query_logger(seen.append)
    answer = await list_threads(con, context, query)
    con.remove_query_logger(seen.append)
    await asyncio.sleep(0)  # what was asked is logged in the next turn of the loop
    asked = [each.query for each in seen if each.query.lstrip().startswith("select")]
    plans = [await _explain(con, statement) for statement in asked]
    return plans, json.loads(answer.body)["page"]["cursor"]


async def _explain(con: Any, statement: str) -> dict[str, Any]:
    await con.execute(f"prepare list_query as {statement}")
    nulls = ", ".join(["null"] * max(n for n in range(1, 30) if f"${n}" in statement))
    rows = await con.fetchval(f"explain (format json) execute list_query({nulls})")
    await con.execute("deallocate list_query")
    plan: dict[str, Any] = json.loads(rows)[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any], *, within: bool) -> Iterator[dict[str, Any]]:
    """The steps of a plan; `within` those too that are run for each row, to make its JSON."""
    yield plan
    for part in plan.get("Plans", ()):
        if within or part["Parent Relationship"] in ONCE:
            yield from _nodes(part, within=within)


def _steps(plan: dict[str, Any], about: object) -> list[dict[str, Any]]:
    """The steps of a plan, of which none may read a large table from end to end."""
    for node in _nodes(plan, within=True):
        if node.get("Relation Name") in LARGE:
            assert node["Node Type"] != "Seq Scan", (about, json.dumps(plan, indent=1))
            assert node["Node Type"] == "Bitmap Heap Scan" or "Index Cond" in node, about
    return list(_nodes(plan, within=False))


def _indexes(steps: list[dict[str, Any]]) -> set[Any]:
    return {node.get("Index Name") for node in steps}


async def test_every_list_finds_its_rows_by_an_index(
    crowd: tuple[Any, Context, dict[str, str]],
) -> None:
    con, context, links = crowd
    for fields, indexes in IN_ORDER + SORTED:
        sent: dict[str, Any] = {
            name: links[name] if value == "…" else value for name, value in fields.items()
        }
        found, cursor = await _plans(con, context, _query(sent, limit=1))
        if cursor is not None:
            found += (await _plans(con, context, _query(sent, cursor=cursor)))[0]
        for plan in found:
            if plan["Node Type"] == "Result":  # what has changed, or is few: so many are read
                looks = {
                    node["Index Name"] for node in _nodes(plan, within=True) if "Index Name" in node
                }
                assert "updated_after" not in fields or looks == {"threads_changed"}, fields
                continue
            steps = _steps(plan, fields)
            assert _indexes(steps) & set(indexes.split()), (fields, _indexes(steps))
            if (fields, indexes) in IN_ORDER:
                # What is cut off already may be put in order again.
                *_, keys = (node for node in steps if node["Node Type"] == "Limit")
                before = [node["Node Type"] for node in _nodes(keys, within=False)]
                assert not [name for name in before if "Sort" in name], (fields, before)


async def test_a_long_list_costs_as_many_queries_as_a_short_one(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    tags = [(await make.tag())["id"] for _ in range(2)]
    project = (await make.project())["id"]
    for _ in range(200):
        thread = await make.thread(project_id=project)
    await client.patch(f"/threads/{thread['id']}", json={"tag_ids": tags})
    counted = []
    for limit in (1, 200):
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            answer = await client.get("/threads", params={"limit": limit})
        assert len(answer.json()["data"]) == limit
        counted.append(len(seen))
    assert counted == [1, 1]
