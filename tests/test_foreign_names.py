"""What another workspace has is not found by its names either, and never changed from here."""

from typing import Any

import httpx
import pytest

from tests.conftest import Workspace
from tests.contract import OPERATIONS, Operation
from tests.factory import Factory
from tests.operations import World, fields_of, is_reference, least, refer, request
from tests.witness import everything, faults

WRITES = [each for each in OPERATIONS if each.method != "GET"]


@pytest.fixture
async def named(make_other: Factory) -> dict[str, Any]:
    """What another workspace has, by its names."""
    company = await make_other.company(
        name="Their Company", external_ids=["their-1"], domains=["theirs.com"]
    )
    contact = await make_other.contact(
        email="them@theirs.example", name="Their Name", external_ids={"plain": "their-2"}
    )
    await make_other.contact(email="second@theirs.example", company_id=company["id"])
    project = await make_other.project(name="Their Project")
    issue = await make_other.issue(title="Their Issue", project_id=project["id"])
    tag = await make_other.tag(name="Their Tag")
    snippet = await make_other.snippet(title="Their Snippet")
    thread = await make_other.thread(
        contact_email=contact["email"],
        external_ids={"plain": "their-3"},
        company_id=company["id"],
        project_id=project["id"],
    )
    things = {"company": company, "contact": contact, "project": project, "tag": tag}
    return {**things, "thread": thread, "snippet": snippet}
    things["issue"] = issue
    return {**things, "thread": thread}


def shows(answer: httpx.Response, named: dict[str, Any]) -> list[str]:
    """What of theirs an answer shows: ids, and names that nobody sent."""
    return [kind for kind, thing in named.items() if thing["id"] in answer.text]


QUERIES = [
    ("/contacts", "email", "them@theirs.example"),
    ("/contacts", "email", "THEM@theirs.example"),
    ("/contacts", "name_contains", "Their"),
    ("/contacts", "external_id", "their-2"),
    ("/companies", "name_contains", "Their"),
    ("/companies", "external_id", "their-1"),
    ("/companies", "domain", "theirs.com"),
    ("/companies", "size_gte", "0"),
    ("/tags", "name_contains", "Their"),
    ("/projects", "name_contains", "Their"),
    ("/snippets", "title_contains", "Their"),
    ("/projects", "state", "backlog"),
    ("/projects", "sort", "total_score"),
    ("/issues", "name_contains", "Their"),
    ("/issues", "status", "triage"),
    ("/issues", "sort", "total_score"),
    ("/threads", "external_id", "their-3"),
    ("/threads", "origin", "api"),
    ("/threads", "tab", "new"),
    ("/threads", "updated_after", "2000-01-01T00:00:00Z"),
]


@pytest.mark.parametrize(("path", "name", "value"), QUERIES)
async def test_a_query_by_value_finds_nothing_of_theirs(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    named: dict[str, Any],
    path: str,
    name: str,
    value: str,
) -> None:
    params = {name: value}
    found = await stranger.get(path, params=params)
    assert name == "size_gte" or found.json()["data"], "they find it themselves"
    answer = await client.get(path, params=params)
    assert (answer.status_code, answer.json()["data"]) == (200, [])


async def test_an_address_of_theirs_is_nobodys(
    client: httpx.AsyncClient, named: dict[str, Any]
) -> None:
    known = await client.get("/contacts/by-email", params={"email": named["contact"]["email"]})
    unknown = await client.get("/contacts/by-email", params={"email": "nobody@theirs.example"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.status_code == 404


SELECTORS = [("company_name", "Their Company"), ("company_external_id", "their-1")]


@pytest.mark.parametrize(("name", "value"), SELECTORS)
async def test_a_company_of_theirs_is_not_found_by_its_names(
    client: httpx.AsyncClient,
    make: Factory,
    named: dict[str, Any],
    db: Any,
    other: Workspace,
    name: str,
    value: str,
) -> None:
    theirs = await everything(db, other.id)
    contact = await make.contact()
    writes = [
        ("POST", "/contacts", {"email": "new@mail.example"}),
        ("PATCH", f"/contacts/{contact['id']}", {}),
    ]
    for method, path, body in writes:
        for company in (value, "never was"):
            answer = await client.request(method, path, json={**body, name: company})
            assert faults(answer) == [name]
            assert not shows(answer, named)
        # Of two of that name there is one here.
        own = await make.company(name=value, external_ids=[value])
        answer = await client.request(method, path, json={**body, name: value})
        assert answer.json()["company_id"] == own["id"]
        await client.delete(f"/companies/{own['id']}")
    assert await everything(db, other.id) == theirs


async def test_what_is_called_as_theirs_is_our_own_new_thing(
    client: httpx.AsyncClient, named: dict[str, Any], make: Factory, db: Any, other: Workspace
) -> None:
    theirs = await everything(db, other.id)
    email = named["contact"]["email"]
    thread = await make.thread(contact_email=email, external_ids={"plain": "their-3"})
    assert thread["contact"]["id"] != named["contact"]["id"]
    assert (thread["contact"]["name"], thread["contact"]["company_id"]) == (None, None)
    made = [
        await client.post("/contacts", json={"email": "second@theirs.example"}),
        await client.post(
            "/companies", json={"name": "Their Company", "external_ids": ["their-1"]}
        ),
        await client.patch(
            f"/contacts/{thread['contact']['id']}", json={"email": "x@theirs.example"}
        ),
        await client.patch(f"/contacts/{thread['contact']['id']}", json={"email": email.upper()}),
        await client.get(f"/threads/{thread['id']}"),
    ]
    for answer in made:
        assert answer.is_success, answer.text
        assert not shows(answer, named)
    assert await everything(db, other.id) == theirs


async def test_an_idempotency_key_of_theirs_is_a_new_one(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, db: Any, other: Workspace
) -> None:
    once: dict[str, Any] = {"json": {"name": "Same"}, "headers": {"Idempotency-Key": "same"}}
    first = await stranger.post("/companies", **once)
    theirs = await everything(db, other.id)
    answer = await client.post("/companies", **once)
    assert "idempotent-replayed" not in answer.headers
    assert answer.json()["id"] != first.json()["id"]
    assert await everything(db, other.id) == theirs


# Writes that go through, and those of which nothing stays here.
LEAVES_NOTHING = {"mailboxes-test", "mailboxes-reportBounce", "slackConnections-test"}
# What is to be canceled may have been, with the webhook that an earlier one deleted.
LEAVES_NOTHING |= {"deliveries-cancel", "deliveries-bulkCancel"}


@pytest.mark.parametrize("operation", WRITES, ids=str)
async def test_a_write_of_ours_changes_nothing_of_theirs(
    ours: World, theirs: World, operation: Operation
) -> None:
    """Both workspaces have the same things."""
    db, workspace_ids = ours.make.db, [each.make.workspace_id for each in (theirs, ours)]
    before = [await everything(db, each) for each in workspace_ids]
    fields = filter(is_reference, fields_of(operation))
    body = {name: refer(name, ours.ids, operation) for name in fields}
    whole = {"json": {**least(operation, ours.ids), **body}} if operation.body else {}
    answer = await ours.client.request(**request(operation, ours, **whole))
    assert answer.is_success, answer.text
    assert not [kind for kind, id in theirs.ids.items() if "@" not in id and id in answer.text]
    after = [await everything(db, each) for each in workspace_ids]
    assert after[0] == before[0]
    is_quiet = operation.method == "PATCH" or str(operation) in LEAVES_NOTHING
    assert is_quiet or after[1] != before[1]
