"""Portals beside the main one, the public roadmap, and what a customer sees of their own."""

from typing import Any

import httpx
import pytest

from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import faults, kinds_of

ROADMAP, CUSTOMER = "/portal/roadmap", "/portal/customer-portal"


async def _roadmap(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get(ROADMAP, params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(answer.json())


def _projects(roadmap: dict[str, Any]) -> list[dict[str, Any]]:
    return [project for status in roadmap["statuses"] for project in status["projects"]]


async def _ending_state(client: httpx.AsyncClient, team: str, kind: str) -> str:
    states = await client.get("/issues/workflow-states", params={"team_id": team})
    return str(next(each["id"] for each in states.json()["data"] if each["type"] == kind))


async def test_the_roadmap_has_what_is_visible_in_its_status(
    client: httpx.AsyncClient, make: Factory
) -> None:
    planned = await make.project(is_visible=True, state="planned", description="d" * 6000)
    started = await make.project(is_visible=True, state="started", color="#112233", icon="Rocket")
    hidden = await make.project(state="planned")
    await make.project(is_visible=True, state="canceled")
    gone = await make.project(is_visible=True, state="planned")
    await client.delete(f"/projects/{gone['id']}")
    team = planned["team_id"]
    canceled = await _ending_state(client, team, "canceled")
    within = await make.issue(is_visible=True, project_id=planned["id"])
    alone = await make.issue(is_visible=True)
    of_hidden = await make.issue(is_visible=True, project_id=hidden["id"])
    await make.issue(project_id=planned["id"])
    await make.issue(is_visible=True, state_id=canceled)
    roadmap = await _roadmap(client)
    assert roadmap["language"] == "en"
    assert {each["type"] for each in roadmap["statuses"]} == {
        "backlog",
        "planned",
        "started",
        "completed",
    }
    shown = {each["id"]: each for each in _projects(roadmap)}
    assert shown.keys() == {planned["id"], started["id"]}
    for status in roadmap["statuses"]:
        assert {each["state"] for each in status["projects"]} <= {status["type"]}
    first = shown[planned["id"]]
    assert first["description"] == "d" * 5000
    assert [each["id"] for each in first["issues"]] == [within["id"]]
    assert {first["is_requested"], first["issues"][0]["is_requested"]} == {None}
    assert (shown[started["id"]]["color"], shown[started["id"]]["icon"]) == ("#112233", "Rocket")
    assert {each["id"] for each in roadmap["issues"]} == {alone["id"], of_hidden["id"]}


async def test_the_roadmap_begins_with_what_is_most_wanted(
    client: httpx.AsyncClient, make: Factory
) -> None:
    projects = [await make.project(is_visible=True, state="planned") for _ in range(3)]
    for project, count in zip(projects, (1, 2, 0), strict=True):
        for _ in range(count):
            await make.thread(project_id=project["id"])
    shown = _projects(await _roadmap(client))
    assert [each["id"] for each in shown] == [projects[n]["id"] for n in (1, 0, 2)]
    assert [each["thread_count"] for each in shown] == [2, 1, 0]


async def test_a_contact_sees_what_they_asked_for(client: httpx.AsyncClient, make: Factory) -> None:
    asked, other = [await make.project(is_visible=True, state="planned") for _ in range(2)]
    issue = await make.issue(is_visible=True)
    await make.thread(
        contact_email="ada@firm.example", project_id=asked["id"], issue_id=issue["id"]
    )
    deleted = await make.thread(contact_email="ada@firm.example", project_id=other["id"])
    await client.delete(f"/threads/{deleted['id']}")
    roadmap = await _roadmap(client, contact_email="ADA@firm.example")
    told = {each["id"]: each["is_requested"] for each in _projects(roadmap)}
    assert told == {asked["id"]: True, other["id"]: False}
    assert [each["is_requested"] for each in roadmap["issues"]] == [True]
    # Who is not known has asked for nothing; nothing tells that they are not known.
    roadmap = await _roadmap(client, contact_email="nobody@firm.example")
    assert {each["is_requested"] for each in _projects(roadmap)} == {False}


async def test_a_customer_sees_their_own_and_nothing_of_the_team(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace
) -> None:
    company = await make.company(name="Firm")
    project, hidden = await make.project(is_visible=True), await make.project()
    issue = await make.issue(is_visible=True)
    contact = await make.contact(email="ada@firm.example", name="Ada", company_id=company["id"])
    thread = await make.thread(
        contact_email="ada@firm.example",
        title="Export",
        text=f"<p>Stops &amp; hangs</p><img src='https://{'a' * 5000}.example/'>",
        project_id=project["id"],
        issue_id=issue["id"],
        pain_level="HIGH",
    )
    needs = f"/threads/{thread['id']}/customer-needs"
    await client.post(needs, json={"project_ids": [hidden["id"]]})
    await client.patch(
        f"/threads/{thread['id']}",
        json={"assignee_id": str(workspace.member_id), "ai_draft_html": "<p>secret draft</p>"},
    )
    await make.comment(thread["id"], content="<p>secret comment</p>")
    await make.thread()
    answer = await client.get(CUSTOMER, params={"email": "Ada@Firm.example"})
    assert answer.status_code == httpx.codes.OK, answer.text
    seen = answer.json()
    assert seen["contact"] == {
        "id": contact["id"],
        "email": "ada@firm.example",
        "name": "Ada",
        "image_url": None,
        "is_subscribed": True,
    }
    assert seen["company"] == {"id": company["id"], "name": "Firm", "logo_url": None}
    assert [each["id"] for each in seen["threads"]] == [thread["id"]]
    assert seen["threads"][0]["preview"] == "Stops & hangs"
    assert [each["id"] for each in seen["projects"]] == [project["id"]]
    assert [each["id"] for each in seen["issues"]] == [issue["id"]]
    assert {each["is_requested"] for each in seen["projects"] + seen["issues"]} == {True}
    for kept in ("secret", "pain_level", "assignee", str(workspace.member_id), hidden["id"]):
        assert kept not in answer.text


async def test_a_customer_with_many_threads_is_told_so(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread = await make.thread(contact_email="ada@firm.example")
    copies = """
insert into threads (workspace_id, id, text, pain_level, origin, state, contact_id, created_at,
  updated_at)
select workspace_id, gen_random_uuid(), text, pain_level, origin, state, contact_id, created_at,
  updated_at from threads, generate_series(1, $2) where id = $1::text::uuid"""
    for more, is_more in ((99, False), (1, True)):
        await db.execute(copies, thread["id"], more)
        seen = (await client.get(CUSTOMER, params={"email": "ada@firm.example"})).json()
        assert (len(seen["threads"]), seen["has_more_threads"]) == (100, is_more)


async def test_a_customer_who_is_not_there(client: httpx.AsyncClient, make: Factory) -> None:
    contact = await make.contact(email="ada@firm.example")
    await client.delete(f"/contacts/{contact['id']}")
    for address in ("ada@firm.example", "bob@firm.example"):
        answer = await client.get(CUSTOMER, params={"email": address})
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert faults(await client.get(CUSTOMER)) == ["email"]
    answer = await client.get(CUSTOMER, params={"email": "no address"})
    assert answer.status_code == httpx.codes.BAD_REQUEST


async def test_each_page_is_one_query(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    project = await make.project(is_visible=True)
    await make.issue(is_visible=True, project_id=project["id"])
    await make.thread(contact_email="ada@firm.example", project_id=project["id"])
    for path, params in (
        (ROADMAP, {"contact_email": "ada@firm.example"}),
        (CUSTOMER, {"email": "ada@firm.example"}),
        ("/portal/instances", {}),
    ):
        await client.get("/me")
        with queries() as seen:
            answer = await client.get(path, params=params)
        assert answer.status_code == httpx.codes.OK
        assert len(seen) == 1, path


async def test_portals_are_made_changed_and_deleted(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    assert (await client.get("/portal/instances")).json()["data"] == []
    made = await make.portal_instance(name="Deutsch", slug="de", language="DE-at")
    assert {name: made[name] for name in ("name", "slug", "language")} == {
        "name": "Deutsch",
        "slug": "de",
        "language": "de-at",
    }
    assert (await make.portal_instance(slug="en"))["language"] == "en"
    path = f"/portal/instances/{made['id']}"
    changed = await client.patch(path, json={"name": "Österreich"})
    assert changed.json()["name"] == "Österreich"
    listed = (await client.get("/portal/instances")).json()
    assert [each["slug"] for each in listed["data"]] == ["en", "de"]
    assert listed["page"]["has_more"] is False
    assert (await client.delete(path)).status_code == httpx.codes.OK
    assert (await client.get(path)).status_code == httpx.codes.NOT_FOUND
    assert await kinds_of(db, made["id"]) == [
        f"portal_instance.{verb}" for verb in ("created", "updated", "deleted")
    ]
    # The slug of what is gone is free.
    assert (await make.portal_instance(slug="de"))["slug"] == "de"


async def test_a_slug_is_of_one_portal(client: httpx.AsyncClient, make: Factory) -> None:
    await make.portal_instance(slug="de")
    other = await make.portal_instance(slug="fr")
    twice = await client.post("/portal/instances", json={"name": "x", "slug": "de"})
    renamed = await client.patch(f"/portal/instances/{other['id']}", json={"slug": "de"})
    assert {twice.status_code, renamed.status_code} == {httpx.codes.CONFLICT}


@pytest.mark.parametrize("slug", ["", "De", "-de", "de-", "d e", "ä", "d" * 64, "../x", "de\n"])
async def test_a_slug_is_good_for_an_address(client: httpx.AsyncClient, slug: str) -> None:
    answer = await client.post("/portal/instances", json={"name": "x", "slug": slug})
    assert answer.status_code == httpx.codes.BAD_REQUEST
