"""GET /threads by every filter and in every order, against a plain model."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.threads.listing.found import sql as found
from looplane.threads.listing.pages import sql as pages
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.thread_model import SORTS, ThreadModel

THREADS, LISTS = 200, 50
# Of what a thread may name there are so many, of which the last one is deleted.
NAMEABLE = {"contact": 8, "company": 8, "project": 3, "issue": 3, "tag": 5}
_INSERT = """
insert into threads (workspace_id, id, text, pain_level, origin, state, snoozed_until, assignee_id,
  contact_id, company_id, last_inbound_message_at, last_outbound_message_at, created_at, updated_at)
select $1, id, 'x', pain_level, origin, state, case state when 'snoozed' then $3::timestamptz end,
  assignee_id, contact_id, company_id, last_inbound_message_at, last_outbound_message_at,
  created_at, updated_at
from jsonb_populate_recordset(null::threads, $2)"""
_TAG = """
insert into thread_tags (workspace_id, thread_id, tag_id, thread_created_at)
select $1, (x->>'id')::uuid, tag::uuid, (x->>'created_at')::timestamptz
from jsonb_array_elements($2::jsonb) x, jsonb_array_elements_text(x->'tags') tag"""
_NEED = """
insert into customer_needs (workspace_id, id, thread_id, project_id, issue_id, created_at,
  updated_at)
select $1, gen_random_uuid(), id, p, i, now(), now()
from jsonb_to_recordset($2) as x(id uuid, project_id uuid, issue_id uuid),
  lateral (values (project_id, null::uuid), (null, issue_id)) y(p, i) where num_nonnulls(p, i) = 1"""


async def store(db: Any, workspace: Workspace, model: ThreadModel, threads: list[Any]) -> None:
    """Adds threads to the model and to the database."""
    model.threads += threads
    rows = [{**each, "tags": sorted(each["tags"])} for each in threads]
    await db.execute(_INSERT, workspace.id, rows, model.now + timedelta(days=1))
    await db.execute(_TAG, workspace.id, rows)
    await db.execute(_NEED, workspace.id, rows)


@pytest.fixture
async def model(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace, clock: SteppedClock, db: Any
) -> ThreadModel:
    """Threads at random, of which some name what is deleted."""
    tiers = [each["id"] for each in (await client.get("/companies/linear-options")).json()["tiers"]]
    ids: dict[str, list[str]] = {"assignee_id": [str(workspace.member_id)]}
    ids["assignee_id"] += [await make.member() for _ in range(3)]
    companies: dict[str, Any] = {}
    for noun, count in NAMEABLE.items():
        things = []
        for n in range(count):
            more = {}
            if noun == "company":
                # Two of the same revenue, one of nothing, and one that has not said.
                more = {"revenue": n // 2 * 10} if n else {}
                more |= {"tier_id": tiers[n % len(tiers)]} if n % 3 else {}
            things.append(await getattr(make, noun)(**more))
            if noun == "company":
                companies[things[-1]["id"]] = things[-1]
        ids[noun if noun == "tag" else f"{noun}_id"] = [each["id"] for each in things]
    model = ThreadModel(7, clock(), workspace.member_id, ids)
    await store(db, workspace, model, [model.thread() for _ in range(THREADS)])
    for noun in ("contacts", "companies", "projects", "issues", "tags", "members"):
        await db.execute(
            f"update {noun} set deleted_at = now() where workspace_id = $1 and id::text = any ($2)",
            workspace.id,
            sorted(model.deleted),
        )
    model.companies = {id: each for id, each in companies.items() if id not in model.deleted}
    return model


async def walk(client: httpx.AsyncClient, **params: Any) -> list[str]:
    """The ids of a list, page by page."""
    ids: list[str] = []
    sent: dict[str, Any] = params
    while True:
        answer = await client.get("/threads", params=sent)
        assert answer.status_code == 200, (sent, answer.text)
        page = answer.json()
        ids += [each["id"] for each in page["data"]]
        if page["page"]["cursor"] is None:
            return ids
        assert page["data"]
        sent = {"cursor": page["page"]["cursor"], "limit": params["limit"]}


@pytest.mark.parametrize(("looked_at", "few"), [(2000, 5000), (5, 5000), (5, 20), (5, 0)], ids=str)
async def test_every_list_is_as_the_model_has_it(
    client: httpx.AsyncClient,
    model: ThreadModel,
    monkeypatch: pytest.MonkeyPatch,
    looked_at: int,
    few: int,
) -> None:
    monkeypatch.setattr(pages, "_LOOKED_AT", looked_at)
    monkeypatch.setattr(found, "FEW", few)
    contradictions = 0
    for n in range(LISTS):
        filters, sort = model.filters(), SORTS[n % len(SORTS)]
        limit = model.chance.choice([20, 60, 200])
        if (await client.get("/threads", params=filters)).status_code == 400:
            contradictions += 1
            continue
        asked = {**filters, "sort": sort, "limit": limit}
        assert await walk(client, **asked) == model.list(filters, sort), asked
    assert contradictions < LISTS / 10


@pytest.mark.parametrize("sort", SORTS)
async def test_rows_that_come_and_go_make_no_page_skip_or_repeat(
    client: httpx.AsyncClient, model: ThreadModel, workspace: Workspace, db: Any, sort: str
) -> None:
    for _ in range(2):
        before, seen = model.list({}, sort), []
        params: dict[str, Any] = {"sort": sort, "limit": 30}
        gone: set[str] = set()
        while True:
            page = (await client.get("/threads", params=params)).json()
            seen += [each["id"] for each in page["data"]]
            if page["page"]["cursor"] is None:
                break
            params = {"limit": 30, "cursor": page["page"]["cursor"]}
            # Also the one that the next page starts after may go.
            leaving = {seen[-1], model.chance.choice(model.threads)["id"]}
            await db.execute(
                "update threads set deleted_at = now() where id::text = any ($1)", sorted(leaving)
            )
            gone |= leaving
            model.threads = [each for each in model.threads if each["id"] not in leaving]
            await store(db, workspace, model, [model.thread(), model.thread()])
        assert len(seen) == len(set(seen))
        assert [each for each in seen if each in before and each not in gone] == [
            each for each in before if each not in gone
        ]
