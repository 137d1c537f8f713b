"""GET /threads while rows come and go; and what a page costs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from looplane.kit.auth import By
from looplane.kit.clock import iso
from looplane.threads.schemas import ThreadQuery
from looplane.threads.sql import list_threads
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory

# A change between two pages: a thread is added so many minutes from the middle, or the n-th goes.
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(-6, 6)),
        st.tuples(st.just("remove"), st.integers(0, 20)),
    ),
    max_size=3,
)


async def _change(
    make: Factory, middle: datetime, there: list[str], changes: Sequence[tuple[str, int]]
) -> set[str]:
    """Takes `changes`; says the ids of all that came or went."""
    touched = set()
    for kind, number in changes:
        if kind == "add":
            at = iso(middle + timedelta(minutes=number))
            touched.add((await make.thread(created_at=at))["id"])
        elif there:
            id = there.pop(number % len(there))
            assert (await make.client.delete(f"/threads/{id}")).status_code == 200
            touched.add(id)
    return touched


@given(
    minutes=st.lists(st.integers(-6, 6), min_size=1, max_size=9),
    limit=st.integers(1, 4),
    between=st.lists(CHANGES, max_size=6),
)
@settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_rows_that_come_and_go_make_no_page_skip_or_repeat(
    client: httpx.AsyncClient,
    make: Factory,
    clock: SteppedClock,
    minutes: list[int],
    limit: int,
    between: list[list[tuple[str, int]]],
) -> None:
    middle = clock() - timedelta(hours=1)
    contact = (await make.contact())["email"]
    make_here = _Bound(make, contact)
    there = [
        (await make_here.thread(created_at=iso(middle + timedelta(minutes=each))))["id"]
        for each in minutes
    ]
    first = (await client.get("/contacts", params={"email": contact})).json()["data"][0]["id"]
    params: dict[str, Any] = {"contact_id": first, "limit": limit}
    seen: list[tuple[str, str]] = []
    stayed = set(there)
    for changes in [*between, *[[]] * 20]:
        page = (await client.get("/threads", params=params)).json()
        seen += [(row["created_at"], row["id"]) for row in page["data"]]
        if page["page"]["cursor"] is None:
            break
        params["cursor"] = page["page"]["cursor"]
        stayed -= await _change(make_here, middle, there, changes)
    assert seen == sorted(set(seen), reverse=True), "in order, none twice"
    assert stayed <= {id for _, id in seen}, "none that stayed is skipped"


class _Bound(Factory):
    """Makes threads of one contact only, so that runs do not see each other's."""

    def __init__(self, make: Factory, email: str) -> None:
        super().__init__(make.client, make.db, make.workspace_id)
        self.email = email

    async def thread(self, **fields: Any) -> dict[str, Any]:
        return await super().thread(contact_email=self.email, **fields)


async def test_a_long_list_costs_as_many_queries_as_a_short_one(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    tags = [(await make.tag())["id"] for _ in range(2)]
    project = (await make.project())["id"]
    for _ in range(200):
        thread = await make.thread(project_id=project)
    await client.patch(f"/threads/{thread['id']}", json={"tag_ids": tags})
    await client.get("/threads")
    counted = []
    for limit in (1, 200):
        with queries() as seen:
            answer = await client.get("/threads", params={"limit": limit})
        assert len(answer.json()["data"]) == limit
        counted.append(len(seen))
    assert counted == [1, 1]


_SPREAD = """
insert into threads (workspace_id, id, text, pain_level, origin, state, snoozed_until, contact_id,
  company_id, assignee_id, external_ids, created_at, updated_at)
select $1, gen_random_uuid(), 'x', 'LOW', 'api', s, case s when 'snoozed' then $2::timestamptz end,
  c.id, c.company_id, case when n % 3 = 0 then $3::uuid end,
  case when n % 50 = 0 then jsonb_build_object('plain', n::text) else '{}' end,
  $2 - n * interval '1 minute', $2 - n * interval '1 minute'
from generate_series(1, 20000) n
cross join lateral (select (array['new','open','snoozed','done','closed'])[n % 5 + 1] as s) x
join (select id, company_id, row_number() over () - 1 as i, count(*) over () as all_of_them
  from contacts where workspace_id = $1) c on c.i = n % c.all_of_them"""
_LINK = """
with picked as (
  select t.id, t.created_at, row_number() over (order by t.id) as n from threads t
  where t.workspace_id = $1 limit 4000)
, tagged as (
  insert into thread_tags select $1, id, $2, created_at from picked where n % 2 = 0)
insert into customer_needs (workspace_id, id, thread_id, project_id, created_at, updated_at)
select $1, gen_random_uuid(), id, $3, created_at, created_at from picked where n % 4 = 1"""


@pytest.fixture
async def crowded(
    pool: Any, make: Factory, workspace: Workspace
) -> AsyncIterator[tuple[Any, By, dict[str, str]]]:
    """A connection that sees 20,000 threads, planning as the pool does; and ids to filter by."""
    company, project, tag = await make.company(), await make.project(), await make.tag()
    issue = await make.issue()
    made = [await make.contact(company_id=company["id"]) for _ in range(20)]
    now, me = datetime.now(UTC), workspace.member_id
    con = await pool.acquire()
    transaction = con.transaction()
    await transaction.start()
    await con.execute(_SPREAD, workspace.id, now, me)
    await con.execute(_LINK, workspace.id, UUID(tag["id"]), UUID(project["id"]))
    for table in ("threads", "thread_tags", "customer_needs", "contacts", "companies"):
        await con.execute(f"alter table {table} alter workspace_id set (n_distinct = 1)")
    await con.execute("analyze threads, thread_tags, customer_needs, contacts, companies")
    by = By(workspace.id, {}, now, me)
    links = {"assignee_id": str(me), "contact_id": made[0]["id"], "company_id": company["id"]}
    links |= {"tag_id": tag["id"], "project_id": project["id"], "issue_id": issue}
    yield con, by, links
    await transaction.rollback()
    await pool.release(con)


FIXED = [
    *({"tab": tab} for tab in ("open", "new", "needs-response", "my", "snoozed", "done")),
    *({"status": status} for status in ("open", "snoozed", "done")),
    {"pain_level": "LOW"},
    {"origin": "api"},
    {"external_id": "50"},
    {"created_after": "2026-01-01T00:00:00Z"},
    {"created_before": "2026-01-01T00:00:00Z"},
    {"updated_after": "2026-01-01T00:00:00Z"},
    {"status": "open", "assignee_id": "x"},
    {},
]
LINKS = ("assignee_id", "contact_id", "company_id", "tag_id", "project_id", "issue_id")


async def _statement(con: Any, by: By, fields: dict[str, Any]) -> Any:
    seen: list[Any] = []
    con.add_query_logger(seen.append)
    await list_threads(con, by, ThreadQuery(**fields))
    con.remove_query_logger(seen.append)
    await asyncio.sleep(0)  # what was asked is logged in the next turn of the loop
    return seen[-1]


async def test_every_list_query_finds_its_rows_by_an_index(
    crowded: tuple[Any, By, dict[str, str]],
) -> None:
    con, by, links = crowded
    page = await list_threads(con, by, ThreadQuery(limit=1))
    cursor = page.body.partition('"cursor":"')[2].partition('"')[0]
    lists = [*FIXED, *({name: links[name]} for name in LINKS)]
    lists += [{"cursor": cursor}]
    for number, fields in enumerate(lists):
        query = (await _statement(con, by, fields)).query
        name = f"list_{number}"
        count = max(n for n in range(1, 30) if f"${n}" in query)
        await con.execute(f"prepare {name} as {query}")
        nulls = ", ".join(["null"] * count)
        rows = await con.fetch(f"explain execute {name}({nulls})")
        plan = "\n".join(row[0] for row in rows)
        assert "Seq Scan on threads" not in plan, (fields, plan)
        assert "Index" in plan, (fields, plan)
