"""POST /threads: what a thread is born with."""

from datetime import timedelta
from typing import Any, get_args

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from looplane.threads.schemas import Origin
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of

NOWHERE = str(new_id())
BODY = {"text": "<p>Hello</p>", "pain_level": "LOW", "contact_email": "Ada@mail.example"}
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"text": None, "pain_level": None, "contact_email": None},
        ["contact_email", "pain_level", "text"],
    ),
    (
        {"text": "", "pain_level": "BAD", "contact_email": "x"},
        ["contact_email", "pain_level", "text"],
    ),
    (
        {"title": "x" * 513, "contact_name": "", "origin": "fax"},
        ["contact_name", "origin", "title"],
    ),
    ({"external_ids": {"plain": 1, "jira": "x"}}, ["external_ids.jira", "external_ids.plain"]),
    ({"external_ids": None}, ["external_ids"]),
    ({"notify": {"sms": True}}, ["notify.sms"]),
    ({"status": "snoozed"}, ["snoozed_until"]),
    ({"status": "snoozed", "snoozed_until": -1}, ["snoozed_until"]),
    ({"snoozed_until": 1}, ["snoozed_until"]),
    ({"status": "done", "snoozed_until": 1}, ["snoozed_until"]),
    ({"created_at": 1}, ["created_at"]),
    ({"updated_at": 1}, ["updated_at"]),
    ({"updated_at": -1}, ["updated_at"]),
    ({"created_at": -1, "updated_at": -2}, ["updated_at"]),
    ({"tag_ids": [], "closed_loop": True, "id": NOWHERE}, ["closed_loop", "id", "tag_ids"]),
    (
        dict.fromkeys(("assignee_id", "company_id", "project_id", "issue_id"), NOWHERE),
        ["assignee_id", "company_id", "issue_id", "project_id"],
    ),
    (
        {"assignee_id": "x", "issue_id": "", "status": "snoozed", "created_at": 1, "updated_at": 2},
        ["assignee_id", "created_at", "issue_id", "snoozed_until", "updated_at"],
    ),
]
TIMES = ("snoozed_until", "created_at", "updated_at")


def timed(fields: dict[str, Any], clock: SteppedClock) -> dict[str, Any]:
    """`fields` with hours from now as moments."""
    return {
        name: iso(clock() + timedelta(hours=value)) if name in TIMES else value
        for name, value in fields.items()
    }


async def test_the_least_that_makes_a_thread(
    client: httpx.AsyncClient, workspace: Workspace, db: Any, clock: SteppedClock
) -> None:
    answer = await client.post("/threads", json=BODY)
    thread = answer.json()
    assert thread == {
        **dict.fromkeys(name for name in thread),
        "id": thread["id"],
        "text": "<p>Hello</p>",
        "pain_level": "LOW",
        "origin": "api",
        "created_at": iso(clock()),
        "updated_at": iso(clock()),
        "is_read": False,
        "status": "open",
        "tab": "new",
        "tags": [],
        "customer_needs": [],
        "external_ids": {},
        "contact": thread["contact"],
        "reporter": thread["reporter"],
    }
    assert (thread["contact"]["email"], thread["contact"]["name"]) == ("Ada@mail.example", None)
    assert thread["reporter"]["id"] == str(workspace.member_id)
    got = await client.get(f"/threads/{thread['id']}")
    assert (got.content, got.headers["etag"]) == (answer.content, answer.headers["etag"])
    contact, created = await events_of(db, thread["id"], thread["contact"]["id"])
    assert (contact["type"], contact["data"]) == ("contact.created", thread["contact"])
    assert (created["type"], created["data"]) == ("thread.created", thread)


async def test_all_that_a_thread_can_be_born_with(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    company, project, issue = await make.company(), await make.project(), (await make.issue())["id"]
    body = {
        **BODY,
        "title": "T",
        "origin": "widget",
        "contact_name": "Ada",
        "status": "snoozed",
        "snoozed_until": 3,
        "created_at": -48,
        "updated_at": -24,
        "assignee_id": await make.member(),
        "company_id": company["id"],
        "project_id": project["id"],
        "issue_id": issue,
        "external_ids": {"plain": "p1", "slack_channel": "C1"},
        "notify": {"slack": True},
    }
    body = timed(body, clock)
    answer = await client.post("/threads", json=body)
    thread = answer.json()
    for name in ("title", "origin", "status", "external_ids", *TIMES):
        assert thread[name] == body[name], name
    assert (thread["tab"], thread["assignee"]["id"]) == ("snoozed", body["assignee_id"])
    assert thread["company"] == company
    assert (thread["contact"]["name"], thread["contact"]["company_id"]) == ("Ada", company["id"])
    needs = {(each["project_id"], each["issue_id"]) for each in thread["customer_needs"]}
    assert needs == {(project["id"], None), (None, issue)}
    ids = [need["id"] for need in thread["customer_needs"]]
    assert await kinds_of(db, *ids) == ["customer_need.created"] * 2
    assert (await events_of(db, thread["id"]))[0]["data"] == thread
    await client.patch(f"/threads/{thread['id']}", json={"project_id": None})
    left = (await client.get(f"/threads/{thread['id']}")).json()["customer_needs"]
    assert [each["issue_id"] for each in left] == [issue], "the field's own need is its to remove"


@pytest.mark.parametrize(
    ("status", "tab"), [(None, "new"), ("open", "new"), ("done", "done"), ("snoozed", "snoozed")]
)
async def test_the_status_of_a_new_thread(
    client: httpx.AsyncClient, clock: SteppedClock, status: str | None, tab: str
) -> None:
    until = {"snoozed_until": 1} if status == "snoozed" else {}
    body = {**BODY, **({"status": status} if status else {}), **until}
    thread = (await client.post("/threads", json=timed(body, clock))).json()
    assert (thread["status"], thread["tab"]) == (status or "open", tab)


@pytest.mark.parametrize(("created", "updated"), [(0, 0), (-1, -1), (-1, 0), (None, 0), (-1, None)])
async def test_a_thread_may_be_dated_up_to_now(
    client: httpx.AsyncClient, clock: SteppedClock, created: int | None, updated: int | None
) -> None:
    sent = timed({"created_at": created or 0, "updated_at": updated or created or 0}, clock)
    asked = {"created_at": created, "updated_at": updated}
    body = {**BODY, **{name: sent[name] for name, hours in asked.items() if hours is not None}}
    thread = (await client.post("/threads", json=body)).json()
    assert {name: thread[name] for name in sent} == sent


async def test_the_contact_is_found_by_address_whatever_its_capitals(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    company, other = await make.company(), await make.company()
    contact = await make.contact(email="ada@mail.example", name="Ada", company_id=company["id"])
    first = await make.thread(contact_email="ADA@mail.example", contact_name="Somebody else")
    assert first["contact"] == contact
    assert first["company"]["id"] == company["id"], "the thread starts with its contact's company"
    second = await make.thread(contact_email="ada@mail.example", company_id=other["id"])
    assert (second["company"]["id"], second["contact"]) == (other["id"], contact)
    assert await kinds_of(db, contact["id"]) == ["contact.created"]
    await client.delete(f"/contacts/{contact['id']}")
    third = await make.thread(contact_email="ada@mail.example")
    assert third["contact"]["id"] != contact["id"], "who was deleted is not found"


@pytest.mark.parametrize("had", [None, "deleted"])
async def test_a_contact_without_a_company_gets_that_of_the_new_thread(
    client: httpx.AsyncClient, make: Factory, db: Any, had: str | None
) -> None:
    gone, company = await make.company(), await make.company()
    contact = await make.contact(
        email="ada@mail.example", **({"company_id": gone["id"]} if had else {})
    )
    await client.delete(f"/companies/{gone['id']}")
    body = {**BODY, "contact_email": "Ada@mail.example", "company_id": company["id"]}
    answer = await client.post("/threads", json=body, params={"dry_run": "true"})
    assert answer.headers["x-looplane-would"] == "contact.updated, thread.created"
    thread = await make.thread(**body)
    assert (thread["contact"]["id"], thread["company"]) == (contact["id"], company)
    assert thread["contact"]["company_id"] == company["id"]
    _, updated = await events_of(db, contact["id"])
    assert (updated["before"], updated["after"]) == (
        {"company_id": None},
        {"company_id": company["id"]},
    )
    assert (updated["type"], updated["data"]) == ("contact.updated", thread["contact"])
    again = await make.thread(contact_email="ada@mail.example")
    assert (again["contact"], again["company"]) == (thread["contact"], company)
    assert len(await kinds_of(db, contact["id"])) == 2


@pytest.mark.parametrize(("fields", "paths"), FAULTS)
async def test_every_fault_is_named_and_nothing_made(
    client: httpx.AsyncClient,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    fields: dict[str, Any],
    paths: list[str],
) -> None:
    rows = await everything(db, workspace.id)
    answer = await client.post("/threads", json={**BODY, **timed(fields, clock)})
    assert faults(answer) == paths
    assert await everything(db, workspace.id) == rows


async def test_what_is_required_and_who_may_be_named(
    client: httpx.AsyncClient, make: Factory, make_other: Factory
) -> None:
    assert faults(await client.post("/threads", json={})) == sorted(BODY)
    viewer = await make.member(role="VIEWER")
    answer = await client.post("/threads", json={**BODY, "assignee_id": viewer})
    assert faults(answer) == ["assignee_id"]
    theirs = {
        "assignee_id": await make_other.member(),
        "company_id": (await make_other.company())["id"],
        "project_id": (await make_other.project())["id"],
        "issue_id": (await make_other.issue())["id"],
    }
    assert faults(await client.post("/threads", json={**BODY, **theirs})) == sorted(theirs)
    there = await make_other.thread(contact_email="same@mail.example")
    here = await make.thread(contact_email="same@mail.example")
    assert here["contact"]["id"] != there["contact"]["id"]


async def test_every_origin(client: httpx.AsyncClient, make: Factory) -> None:
    origins = get_args(Origin)
    assert len(origins) == 23
    for origin in origins:
        thread = await make.thread(origin=origin)
        assert thread["origin"] == origin
        rows = (await client.get("/threads", params={"origin": origin})).json()["data"]
        assert [row["id"] for row in rows] == [thread["id"]]


async def test_a_key_without_a_member_reports_for_nobody(app: Any, make: Factory) -> None:
    async with connected(app, await make.key()) as robot:
        assert (await robot.post("/threads", json=BODY)).json()["reporter"] is None
