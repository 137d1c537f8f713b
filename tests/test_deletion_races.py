"""What is named is deleted meanwhile: for every reference of every body, in both orders."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace
from tests.contract import OPERATIONS, Operation
from tests.factory import Factory
from tests.interleaving import Send, Stage, SteppedDatabase, set_stage, stepped_database
from tests.named_things import REFERENCES
from tests.operations import (
    WITH_BODY,
    fields_of,
    is_reference,
    kind_of,
    least,
    path_ids,
    url,
)
from tests.witness import faults

PATHS = {
    "contact": "/contacts",
    "company": "/companies",
    "tag": "/tags",
    "group": "/tags/groups",
    "project": "/projects",
    "issue": "/issues",
    "article group": "/docs/groups",
    "article": "/docs/articles",
    "changelog tag": "/changelog-tags",
    "member": "/members",
    "folder": "/snippets/folders",
    "portal instance": "/portal/instances",
}
# They are never deleted.
LASTING = {"team", "project status", "workflow state", "company status", "company tier", "message"}
LASTING |= {"webhook delivery", "canceled delivery", "webhook event"}
# What is deleted, and no body names.
NEVER_NAMED = {"/threads", "/threads/{thread_id}/customer-needs", "/members/invites", "/keys"}
NEVER_NAMED |= {"/changelogs", "/snippets", "/threads/{thread_id}/comments"}
NEVER_NAMED |= {"/contacts/blocked-senders", "/contacts/{id}/companies", "/threads/{id}/tags"}
NEVER_NAMED |= {"/views", "/webhooks", "/mailboxes", "/caught-mail", "/slack/connections"}
NEVER_NAMED |= {"/bounced-addresses"}
# What goes into another has tests of its own.
ELSEWHERE = dict.fromkeys(("other company", "merged company"), "test_company_merge_races.py")
# By a thread deliveries are chosen, and nothing of it is kept.
ELSEWHERE |= {"thread": "delivery/test_api_many.py"}
# Fields that name a thing by another word than its id.
BY_VALUE = {"company_name": "company", "company_external_id": "company", "contact_email": "contact"}
LISTS = [
    "/threads",
    "/contacts",
    "/companies",
    "/tags",
    "/projects",
    "/issues",
    "/snippets",
    "/docs/articles",
    "/docs/groups",
]
# No request deletes a portal; what it was to show keeps its id.
KEPT = {"portal_instance_id"}


def cases() -> list[Any]:
    """Every operation with every field of its body that names what can be deleted."""
    found = []
    for operation in WITH_BODY:
        kinds = {
            name: kind_of(name, operation) for name in fields_of(operation) if is_reference(name)
        }
        kinds |= {name: kind for name, kind in BY_VALUE.items() if name in fields_of(operation)}
        found += [
            pytest.param(operation, name, kind, id=f"{operation}-{name}")
            for name, kind in kinds.items()
            if kind not in LASTING | {*ELSEWHERE}
        ]
    return found


def test_what_lasts_has_no_deletion() -> None:
    named = {*REFERENCES.values()}
    assert named == {*PATHS, *LASTING, *ELSEWHERE}
    deleted = {each.path.rpartition("/{")[0] for each in OPERATIONS if each.method == "DELETE"}
    assert {*PATHS.values()} == deleted - NEVER_NAMED


@pytest.fixture(scope="module")
async def stepped(dsn: str, database: object) -> AsyncIterator[SteppedDatabase]:
    async with stepped_database(dsn) as opened:
        yield opened


@pytest.fixture
async def stage(
    stepped: SteppedDatabase, clock: SteppedClock, make: Factory, workspace: Workspace
) -> AsyncIterator[Stage]:
    async with set_stage(stepped, clock, make, workspace) as stage:
        yield stage


async def victim_of(stage: Stage, kind: str) -> tuple[str, dict[str, str]]:
    """The id of a new thing that is to be deleted, and what names it beside its id."""
    make, number = stage.world.make, datetime.now(UTC).isoformat()
    if kind == "company":
        made = await make.company(name=f"C {number}", external_ids=[number])
        return made["id"], {"company_name": made["name"], "company_external_id": number}
    if kind == "tag":
        return (await make.tag(tag_group_id=stage.world.ids["group"]))["id"], {}
    if kind == "contact":
        made = await make.contact()
        return made["id"], {"contact_email": made["email"]}
    makers = {"group": make.tag_group, "project": make.project, "issue": make.issue}
    makers |= {"article group": make.doc_group, "article": make.doc_article}
    makers["changelog tag"] = make.changelog_tag
    makers["member"] = make.joined_member
    makers["folder"] = make.snippet_folder
    makers["portal instance"] = make.portal_instance
    return (await makers[kind]())["id"], {}


async def linking(stage: Stage, operation: Operation, named: dict[str, Any]) -> tuple[str, Any]:
    """The address and the body of a request that links something new to what is `named`."""
    names = path_ids(operation, stage.world.ids)
    if "comment_id" in names:
        return await stage.subject(operation.path), {**least(operation, stage.world.ids), **named}
    for name in names:
        path = operation.path.partition(f"{{{name}}}")[0] + "{id}"
        names[name] = (await stage.subject(path)).rpartition("/")[2]
    if "contact_email" in named:  # who has no company gets that of the thread
        named = {**named, "company_id": stage.world.ids["company"]}
    body = {**least(operation, stage.world.ids), **named}
    if {"company_name", "company_external_id"} & {*named}:
        body.pop("company_id", None)
    return url(operation, names), body


def deletion(client: httpx.AsyncClient, kind: str, id: str) -> Send:
    return lambda: client.delete(f"{PATHS[kind]}/{id}")


async def assert_settled(
    stage: Stage, operation: Operation, name: str, named: str, linked: httpx.Response
) -> None:
    """Nothing that is shown names what is deleted, and all events are in order."""
    if linked.status_code == 400:
        # What is found by another word is gone by its id.
        by = {name, "company_id"} if name in BY_VALUE else {name}
        assert {each.partition(".")[0] for each in faults(linked)} <= by
    thread = linked.request.url.path.partition("/api/v2")[2].removesuffix("/customer-needs")
    looks = [*LISTS, thread] if "{thread_id}" in operation.path else LISTS
    if any(each.method == "GET" and each.path == operation.path for each in OPERATIONS):
        looks = [*looks, linked.request.url.path]
    for path in () if name in KEPT else looks:
        answer = await stage.second.get(path)
        assert named not in answer.text, (path, linked.status_code)
    if linked.is_success and "id" in linked.json():
        await stage.chain(linked.json()["id"])


@pytest.mark.parametrize("is_first", [True, False], ids=["link stands", "deletion stands"])
@pytest.mark.parametrize(("operation", "name", "kind"), cases())
async def test_a_link_to_what_is_deleted_meanwhile(
    stage: Stage, operation: Operation, name: str, kind: str, *, is_first: bool
) -> None:
    seen: set[tuple[int, ...]] = set()
    for step in count(1):
        id, values = await victim_of(stage, kind)
        named = values.get(name, [id] if name.endswith("_ids") else id)
        path, body = await linking(stage, operation, {name: named})

        def link(client: httpx.AsyncClient, path: str = path, body: Any = body) -> Send:
            return lambda: client.request(operation.method, path, json=body)

        pair = [link(stage.first), deletion(stage.second, kind, id)]
        if not is_first:
            pair = [deletion(stage.first, kind, id), link(stage.second)]
        met = await stage.meet(*pair, step=step)
        if not met.rivals:
            break
        linked, deleted = (met.answer, *met.rivals) if is_first else (*met.rivals, met.answer)
        assert linked.status_code in {200, 400}, linked.text
        # A full group is not deleted, and nothing gets into one that is.
        allowed = {(200, 409), (400, 200)} if kind == "group" else {(200, 200), (400, 200)}
        if name == "contact_email":
            allowed = {(200, 200)}  # a contact that is gone is made again
        assert (linked.status_code, deleted.status_code) in allowed, step
        seen.add((linked.status_code, deleted.status_code))
        if deleted.is_success:
            await assert_settled(stage, operation, name, id, linked)
        told = await stage.chain(id)
        is_over = told[-1].endswith((".deleted", ".removed"))
        assert is_over == deleted.is_success, told
    assert seen


@pytest.mark.parametrize("rival", ["deletion", "contact", "thread"])
@pytest.mark.parametrize("is_first", [True, False], ids=["thread stands", "rival stands"])
async def test_the_contact_of_a_thread_whose_company_changes(
    stage: Stage, rival: str, *, is_first: bool
) -> None:
    """The company of a thread becomes that of its contact, unless that one is gone."""
    make = stage.world.make
    companies = [(await make.company())["id"] for _ in range(2)]
    for step in count(1):
        email = f"{rival}{is_first}{step}@mail.example"
        threads = [await make.thread(contact_email=email) for _ in range(2)]
        contact = threads[0]["contact"]["id"]
        calls = {
            "first": ("PATCH", f"/threads/{threads[0]['id']}", {"company_id": companies[0]}),
            "deletion": ("DELETE", f"/contacts/{contact}", None),
            "contact": ("PATCH", f"/contacts/{contact}", {"company_id": companies[1]}),
            "thread": ("PATCH", f"/threads/{threads[1]['id']}", {"company_id": companies[1]}),
        }

        def send(client: httpx.AsyncClient, kind: str, calls: dict[str, Any] = calls) -> Send:
            method, path, body = calls[kind]
            return lambda: client.request(method, path, json=body)

        names = ["first", rival] if is_first else [rival, "first"]
        met = await stage.meet(send(stage.first, names[0]), send(stage.second, names[1]), step=step)
        if not met.rivals:
            assert step > 1
            break
        assert met.statuses == (200, 200)
        told = await stage.chain(contact)
        if rival == "deletion":
            assert told[-1] == "contact.deleted"
        else:
            assert told == ["contact.created", *["contact.updated"] * 2]
        await stage.chain(threads[0]["id"])
