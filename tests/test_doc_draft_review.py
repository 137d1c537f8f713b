"""How drafts of articles are found, and decided on once, whoever does it and however often."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.witness import everything, faults, kinds_of, version

DRAFTS = "/docs/drafts"
NOWHERE = "00000000-0000-7000-8000-000000000000"
VERBS = ("submit", "accept", "decline")


async def _decide(
    client: httpx.AsyncClient, draft: dict[str, Any], verb: str, **options: Any
) -> httpx.Response:
    return await client.post(f"{DRAFTS}/{draft['id']}/{verb}", **options)


async def test_a_draft_is_submitted_and_declined(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    article = await make.doc_article()
    draft = await make.doc_draft(article_id=article["id"])
    opened = await _decide(client, draft, "submit")
    assert (opened.json()["status"], opened.json()["reviewed_at"]) == ("open", None)
    declined = (await _decide(client, draft, "decline")).json()
    assert (declined["status"], declined["reviewed_by"]) == ("rejected", draft["author"])
    assert (await client.get(f"{DRAFTS}/{draft['id']}")).json() == declined
    kinds = ["doc_draft.created", "doc_draft.updated", "doc_draft.rejected"]
    assert await kinds_of(db, draft["id"]) == kinds
    assert (await client.get(f"/docs/articles/{article['id']}")).json() == article


@pytest.mark.parametrize(
    ("first", "again", "status"),
    [
        *[("submit", "submit", 200), ("submit", "accept", 200), ("submit", "decline", 200)],
        *[("accept", "submit", 409), ("accept", "accept", 200), ("accept", "decline", 409)],
        *[("decline", "submit", 409), ("decline", "accept", 409), ("decline", "decline", 200)],
    ],
)
async def test_what_was_decided_stays(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    first: str,
    again: str,
    status: int,
) -> None:
    draft = await make.doc_draft(kind="create", title="T", content="C")
    decided = await _decide(client, draft, first)
    assert decided.is_success
    rows = await everything(db, workspace.id)
    answer = await _decide(client, draft, again)
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "conflict"
        assert decided.json()["status"] in answer.json()["message"]
    if status == 409 or first == again:
        assert await everything(db, workspace.id) == rows
    if first == again:
        assert (answer.json(), version(answer)) == (decided.json(), version(decided))


async def test_what_is_superseded_stays_so(client: httpx.AsyncClient, make: Factory) -> None:
    article = await make.doc_article()
    draft = await make.doc_draft(article_id=article["id"])
    await client.delete(f"/docs/articles/{article['id']}")
    first = await _decide(client, draft, "accept")
    assert (await _decide(client, draft, "accept")).json() == first.json()
    assert (await _decide(client, draft, "decline")).status_code == 409


async def test_accepted_at_the_same_instant_it_makes_one_article(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    draft = await make.doc_draft(kind="create", title="T", content="C")
    answers = await asyncio.gather(*(_decide(client, draft, "accept") for _ in range(4)))
    assert {each.status_code for each in answers} == {200}
    assert len({each.json()["article_id"] for each in answers}) == 1
    assert len((await client.get("/docs/articles")).json()["data"]) == 1
    assert await kinds_of(db, draft["id"]) == ["doc_draft.created", "doc_draft.accepted"]


async def test_of_two_drafts_for_one_text_one_applies(
    client: httpx.AsyncClient, make: Factory
) -> None:
    article = await make.doc_article()
    drafts = [await make.doc_draft(article_id=article["id"]) for _ in range(3)]
    answers = await asyncio.gather(*(_decide(client, each, "accept") for each in drafts))
    statuses = sorted(each.json()["status"] for each in answers)
    assert statuses == ["accepted", "superseded", "superseded"]
    after = (await client.get(f"/docs/articles/{article['id']}")).json()
    accepted = next(each.json() for each in answers if each.json()["status"] == "accepted")
    assert (after["title"], after["version"]) == (accepted["title"], 2)


@pytest.mark.parametrize("verb", VERBS)
async def test_if_match_and_dry_run(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, verb: str
) -> None:
    draft = await make.doc_draft(kind="create", title="T", content="C")
    rows = await everything(db, workspace.id)
    dry = await _decide(client, draft, verb, params={"dry_run": "true"})
    would = {
        "submit": "doc_draft.updated",
        "accept": "doc.created, doc_draft.accepted",
        "decline": "doc_draft.rejected",
    }
    assert dry.headers["x-looplane-would"] == would[verb]
    stale = await _decide(client, draft, verb, headers={"If-Match": '"2"'})
    assert stale.status_code == httpx.codes.PRECONDITION_FAILED
    assert await everything(db, workspace.id) == rows
    assert (await _decide(client, draft, verb, headers={"If-Match": '"1"'})).is_success


async def test_an_accept_that_is_sent_again_answers_the_same(
    client: httpx.AsyncClient, make: Factory
) -> None:
    draft = await make.doc_draft(kind="create", title="T", content="C")
    once = {"Idempotency-Key": "once"}
    first, again = [await _decide(client, draft, "accept", headers=once) for _ in "12"]
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


async def test_the_filters(client: httpx.AsyncClient, make: Factory) -> None:
    portal = (await make.portal_instance())["id"]
    group = (await make.doc_group(portal_instance_id=portal))["id"]
    article = await make.doc_article(portal_instance_id=portal)
    edit = await make.doc_draft(article_id=article["id"], submit_for_review=True)
    new = await make.doc_draft(kind="create", title="T", content="C", group_id=group)
    other = await make.doc_article()
    gone = await make.doc_draft(kind="delete", article_id=other["id"])
    await _decide(client, gone, "accept")
    expected: list[tuple[dict[str, str], list[dict[str, Any]]]] = [
        ({}, [gone, new, edit]),
        ({"kind": "edit"}, [edit]),
        ({"kind": "create"}, [new]),
        ({"status": "open"}, [edit]),
        ({"status": "draft"}, [new]),
        ({"status": "accepted"}, [gone]),
        ({"article_id": article["id"]}, [edit]),
        ({"article_id": other["id"]}, [gone]),
        ({"article_id": "nowhere"}, []),
        ({"group_id": group}, [new]),
        ({"portal_instance_id": portal}, [new, edit]),
        ({"portal_instance_id": "main"}, [gone]),
        ({"portal_instance_id": NOWHERE}, []),
        ({"updated_before": "2000-01-01T00:00:00Z"}, []),
    ]
    for query, drafts in expected:
        found = (await client.get(DRAFTS, params=query)).json()["data"]
        assert [each["id"] for each in found] == [each["id"] for each in drafts], query
    for name in ("kind", "status"):
        assert faults(await client.get(DRAFTS, params={name: "other"})) == [name]
    page = (await client.get(DRAFTS, params={"limit": 2})).json()
    rest = (await client.get(DRAFTS, params={"cursor": page["page"]["cursor"]})).json()["data"]
    assert [each["id"] for each in rest] == [edit["id"]]


async def test_nothing_is_seen_across_workspaces(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, make: Factory
) -> None:
    article = await make.doc_article()
    draft = await make.doc_draft(article_id=article["id"])
    for verb in VERBS:
        assert (await _decide(stranger, draft, verb)).status_code == httpx.codes.NOT_FOUND
    assert (await stranger.get(f"{DRAFTS}/{draft['id']}")).status_code == httpx.codes.NOT_FOUND
    assert (await stranger.get(DRAFTS)).json()["data"] == []
    for kind in ("edit", "delete"):
        body = {"kind": kind, "article_id": article["id"]}
        body |= {"title": "T"} if kind == "edit" else {}
        assert faults(await stranger.post(DRAFTS, json=body)) == ["article_id"]
    assert (await client.get(f"{DRAFTS}/{draft['id']}")).json() == draft


async def test_a_key_of_nobody_proposes_and_decides(
    app: Any, client: httpx.AsyncClient, make: Factory
) -> None:
    async with connected(app, await make.key()) as nobody:
        body = {"kind": "create", "title": "T", "content": "C"}
        made = (await nobody.post(DRAFTS, json=body)).json()
        assert made["author"] is None
        decided = (await _decide(nobody, made, "decline")).json()
    assert (decided["reviewed_by"], bool(decided["reviewed_at"])) == (None, True)


async def test_how_often_the_database_is_asked(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    article = await make.doc_article()
    edit = await make.doc_draft(article_id=article["id"])
    new = await make.doc_draft(kind="create", title="T", content="C", group_id=article["group_id"])
    declined = await make.doc_draft(article_id=article["id"])
    body = {"kind": "edit", "article_id": article["id"], "title": "T"}
    costs: list[tuple[str, str, dict[str, Any], int]] = [
        ("GET", DRAFTS, {}, 1),
        ("GET", f"{DRAFTS}/{edit['id']}", {}, 1),
        ("POST", DRAFTS, {"json": body}, 5),
        ("POST", f"{DRAFTS}/{declined['id']}/submit", {}, 4),
        ("POST", f"{DRAFTS}/{declined['id']}/decline", {}, 4),
        ("POST", f"{DRAFTS}/{edit['id']}/accept", {}, 6),
        ("POST", f"{DRAFTS}/{new['id']}/accept", {}, 6),
    ]
    for method, url, options, most in costs:
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            answer = await client.request(method, url, **options)
        assert answer.is_success
        assert len(seen) == most, (method, url, seen)
