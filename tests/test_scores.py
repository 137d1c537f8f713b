"""Scores of projects and issues, kept with each write, against a plain recount."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.database import Database, connected
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.kit.migrations import Migrations
from looplane.tables import MIGRATIONS
from tests.conftest import SteppedClock, Workspace
from tests.databases import empty_database
from tests.factory import Factory
from tests.instances import instances

PAINS = ("UNKNOWN", "LOW", "MEDIUM", "HIGH")
# Tenths add up to the last digit only where they are counted as decimals.
PRIORITIES = (0, 0.1, 0.2, 0.3, 1.1, 7, 99.9, 100)
# What is kept and what is counted, of everything in a workspace where they differ.
WRONG = """
with counted as (
  select x.kind, x.id, x.score, x.total_score, x.thread_count, count(t.id) as threads,
    coalesce(sum(n.priority::numeric
      + case t.pain_level when 'HIGH' then 3 when 'MEDIUM' then 2 else 1 end)
      filter (where t.id is not null), 0) as sum
  from (select 'project' as kind, * from
      (select workspace_id, id, score, total_score, thread_count from projects) p
    union all
    select 'issue', * from
      (select workspace_id, id, score, total_score, thread_count from issues) i) x
  left join customer_needs n on n.workspace_id = x.workspace_id
    and x.id = case x.kind when 'project' then n.project_id else n.issue_id end
  left join threads t on t.workspace_id = n.workspace_id and t.id = n.thread_id
    and t.deleted_at is null
  where x.workspace_id = $1
  group by 1, 2, 3, 4, 5)
select * from counted
where score <> sum or total_score <> sum::double precision or thread_count <> threads"""


@pytest.fixture(scope="session")
async def app(dsn: str, database: Database, session_clock: SteppedClock) -> AsyncIterator[ASGIApp]:
    async with instances(dsn, session_clock) as app:
        yield app


class Chance:
    """Random writes to a few threads that ask for a few things."""

    def __init__(self, client: httpx.AsyncClient, make: Factory, seed: int) -> None:
        self.client, self.make, self.random = client, make, random.Random(seed)

    async def begin(self) -> None:
        self.projects = [(await self.make.project())["id"] for _ in range(4)]
        self.issues = [(await self.make.issue())["id"] for _ in range(3)]
        self.threads = [(await self.make.thread())["id"] for _ in range(6)]

    def some(self, ids: list[str]) -> list[str]:
        return self.random.sample(ids, self.random.randint(1, len(ids)))

    def write(self) -> Awaitable[httpx.Response]:
        chosen = self.random.choices(
            (self._pain, self._link, self._field, self._unlink, self._delete, self._create),
            (4, 5, 4, 3, 0.4, 0.6),
        )[0]
        return chosen(f"/threads/{self.random.choice(self.threads)}")

    async def _pain(self, path: str) -> httpx.Response:
        return await self.client.patch(path, json={"pain_level": self.random.choice(PAINS)})

    async def _link(self, path: str) -> httpx.Response:
        body: dict[str, Any] = {"priority": self.random.choice(PRIORITIES)}
        body |= {"project_ids": self.some(self.projects), "issue_ids": self.some(self.issues)}
        return await self.client.post(f"{path}/customer-needs", json=body)

    async def _field(self, path: str) -> httpx.Response:
        body = {"project_id": self.random.choice([None, *self.projects])}
        return await self.client.patch(path, json={**body, "pain_level": self.random.choice(PAINS)})

    async def _unlink(self, path: str) -> httpx.Response:
        found = await self.client.get(path)
        needs = found.json().get("customer_needs")
        if not needs:
            return found
        id = self.random.choice(needs)["id"]
        return await self.client.delete(f"{path}/customer-needs/{id}")

    async def _delete(self, path: str) -> httpx.Response:
        return await self.client.delete(path)

    async def _create(self, _path: str) -> httpx.Response:
        body = {"text": "x", "pain_level": self.random.choice(PAINS)}
        body |= {"contact_email": "score@mail.example"}
        body |= {"project_id": self.random.choice(self.projects)}
        made = await self.client.post(
            "/threads", json={**body, "issue_id": self.random.choice(self.issues)}
        )
        self.threads.append(made.json()["id"])
        return made


_DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


@pytest.fixture
async def no_deadlocks(db: Any) -> AsyncIterator[None]:
    """Nobody is ended so that another can go on."""
    before = await db.fetchval(_DEADLOCKS)
    yield
    assert await db.fetchval(_DEADLOCKS) == before


@pytest.mark.usefixtures("no_deadlocks")
@pytest.mark.parametrize("at_once", [1, 12])
async def test_what_is_kept_is_what_is_counted(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, at_once: int
) -> None:
    chance = Chance(client, make, at_once)
    await chance.begin()
    scored = 0
    for _ in range(120 // at_once):
        answers = await asyncio.gather(*(chance.write() for _ in range(at_once)))
        assert {each.status_code for each in answers} <= {200, 404}, [a.text for a in answers]
        assert await db.fetch(WRONG, workspace.id) == []
        scored += sum(each.status_code == httpx.codes.OK for each in answers)
    assert scored > 60
    for id in chance.projects:
        project = (await client.get(f"/projects/{id}")).json()
        kept = await db.fetchrow("select * from projects where id = $1::text::uuid", id)
        shown = (project["total_score"], project["thread_count"])
        assert shown == (float(kept["score"]), kept["thread_count"])
    page = (await client.get("/projects", params={"sort": "total_score"})).json()["data"]
    assert [row["total_score"] for row in page] == sorted(
        (row["total_score"] for row in page), reverse=True
    )


@pytest.mark.usefixtures("no_deadlocks")
async def test_threads_that_name_the_same_projects_in_other_orders_do_not_block_each_other(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    projects = [(await make.project())["id"] for _ in range(6)]
    threads = [(await make.thread())["id"] for _ in range(12)]
    for order in (1, -1):
        links = [
            client.post(
                f"/threads/{id}/customer-needs",
                json={"project_ids": projects[:: order if number % 2 else -order]},
            )
            for number, id in enumerate(threads)
        ]
        assert {each.status_code for each in await asyncio.gather(*links)} == {200}
    pains = [
        client.patch(f"/threads/{id}", json={"pain_level": pain})
        for pain in ("HIGH", "MEDIUM")
        for id in threads
    ]
    assert {each.status_code for each in await asyncio.gather(*pains)} == {200}
    gone = [client.delete(f"/threads/{id}") for id in threads[::2]]
    assert {each.status_code for each in await asyncio.gather(*gone)} == {200}
    assert await db.fetch(WRONG, workspace.id) == []


_LINK_MANY = """
with t as (
  insert into threads (workspace_id, id, text, pain_level, origin, state, created_at, updated_at)
  select $1, gen_random_uuid(), 'x', (array['LOW', 'MEDIUM', 'HIGH'])[n % 3 + 1], 'api', 'new',
    now(), now() from generate_series(1, $2::int) n returning id)
insert into customer_needs (workspace_id, id, thread_id, project_id, issue_id, priority, created_at,
  updated_at)
select $1, gen_random_uuid(), t.id, p.id, i.id, 0.1, now(), now()
from t cross join (
  select id, null::uuid as issue from projects where workspace_id = $1
  union all select null, id from issues where workspace_id = $1) p(id, issue)
  left join issues i on i.id = p.issue"""
_WRITTEN = """
select sum(n_tup_upd)::int from pg_stat_xact_user_tables where relname in ('projects', 'issues')"""


@pytest.mark.parametrize("many", [10, 300])
async def test_a_statement_writes_each_score_once(
    make: Factory, con: Any, workspace: Workspace, many: int
) -> None:
    for _ in range(2):
        await make.project()
        await make.issue()
    written = await con.fetchval(_WRITTEN)

    async def assert_written() -> None:
        nonlocal written
        before, written = written, await con.fetchval(_WRITTEN)
        assert written - before == 4
        assert await con.fetch(WRONG, workspace.id) == []

    await con.execute(_LINK_MANY, workspace.id, many)
    await assert_written()
    sums = "select sum(thread_count) as n, sum(score) as s from projects where workspace_id = $1"
    assert (await con.fetchrow(sums, workspace.id))["n"] == 2 * many
    own = f"where workspace_id = '{workspace.id}'"
    await con.execute(f"update customer_needs set priority = priority + 0.2 {own}")
    await assert_written()
    await con.execute(f"delete from customer_needs {own} and priority > 0.1")
    await assert_written()
    assert [*await con.fetchrow(sums, workspace.id)] == [0, 0]


async def test_a_statement_that_leaves_the_sums_alone_writes_no_score(
    make: Factory, con: Any, workspace: Workspace
) -> None:
    await make.project()
    await con.execute(_LINK_MANY, workspace.id, 3)
    written = await con.fetchval(_WRITTEN)
    own = f"where workspace_id = '{workspace.id}'"
    await con.execute(f"update customer_needs set is_of_project_field = false {own}")
    await con.execute(f"update threads set title = 'T', pain_level = pain_level {own}")
    await con.execute(f"delete from customer_needs {own} and priority > 100")
    assert await con.fetchval(_WRITTEN) == written


async def test_what_the_first_program_left_is_counted_once(dsn: str) -> None:
    first, *_ = sorted(MIGRATIONS.files)
    async with empty_database(dsn) as url, connected(url) as con:
        await migrate(con, Migrations({first: MIGRATIONS.files[first]}, ()))
        workspace = new_id()
        await con.execute("insert into workspaces values ($1, 'Old', now())", workspace)
        await con.execute(_OLD.replace("WORKSPACE", f"'{workspace}'"))
        await migrate(con, MIGRATIONS)
        assert await con.fetchval("select sum(thread_count) from projects") == 32
        assert await con.fetchval("select sum(thread_count) from issues") == 12
        assert await con.fetch(WRONG, workspace) == []
        # A thread whose project is gone, a need that is unlinked, another pain, another priority.
        await con.execute("update threads set pain_level = 'HIGH' where title in ('3', '4')")
        await con.execute("update threads set deleted_at = now() where title in ('4', '5')")
        await con.execute("update customer_needs set priority = priority + 0.1")
        await con.execute("delete from customer_needs where priority > 6")
        assert await con.fetch(WRONG, workspace) == []


_OLD = """
insert into teams values (WORKSPACE, gen_random_uuid(), 'T', true, now());
insert into project_statuses values (WORKSPACE, gen_random_uuid(), 'S', 'planned', '#000', 1);
insert into workflow_states
  select WORKSPACE, gen_random_uuid(), id, 'S', 'triage', '#000', 1 from teams;
insert into projects (workspace_id, id, team_id, status_id, name, created_at, updated_at)
  select WORKSPACE, gen_random_uuid(), t.id, s.id, n::text, now(), now()
  from teams t, project_statuses s, generate_series(1, 3) n;
insert into issues (workspace_id, id, team_id, state_id, title, created_at, updated_at)
  select WORKSPACE, gen_random_uuid(), s.team_id, s.id, n::text, now(), now()
  from workflow_states s, generate_series(1, 2) n;
insert into threads (workspace_id, id, title, text, pain_level, origin, state, created_at,
    updated_at, deleted_at)
  select WORKSPACE, gen_random_uuid(), n::text, 'x',
    (array['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH'])[n % 4 + 1], 'api', 'new', now(), now(),
    case when n > 16 then now() end
  from generate_series(1, 20) n;
insert into customer_needs (workspace_id, id, thread_id, project_id, priority, created_at,
    updated_at)
  select WORKSPACE, gen_random_uuid(), t.id, p.id, t.title::int * 0.3, now(), now()
  from threads t join projects p on p.name <> (t.title::int % 3 + 1)::text;
insert into customer_needs (workspace_id, id, thread_id, issue_id, created_at, updated_at)
  select WORKSPACE, gen_random_uuid(), t.id, i.id, now(), now()
  from threads t join issues i on t.title::int % 4 <> 0 and i.title = (t.title::int % 2 + 1)::text"""
