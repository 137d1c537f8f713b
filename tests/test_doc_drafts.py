"""Drafts of articles: proposed, found, submitted, accepted and declined."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

DRAFTS = "/docs/drafts"
NOWHERE = "00000000-0000-7000-8000-000000000000"
# What is sent beside the kind, with `a` for an article and `g` for a group; and what is wrong.
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"kind": "edit"}, ["article_id", "title, content, group_id"]),
    ({"kind": "edit", "article_id": "a"}, ["title, content, group_id"]),
    ({"kind": "edit", "article_id": NOWHERE, "title": "T"}, ["article_id"]),
    ({"kind": "edit", "article_id": "x", "group_id": "x"}, ["article_id", "group_id"]),
    ({"kind": "create"}, ["content", "title"]),
    ({"kind": "create", "title": "T", "content": "C", "article_id": "a"}, ["article_id"]),
    ({"kind": "create", "title": "", "content": "C", "group_id": NOWHERE}, ["group_id", "title"]),
    ({"kind": "delete"}, ["article_id"]),
    (
        {"kind": "delete", "article_id": "a", "title": "T", "content": "C", "group_id": "g"},
        ["content", "group_id", "title"],
    ),
    ({"kind": "remove", "article_id": NOWHERE}, ["article_id", "kind"]),
    ({"article_id": "a", "title": None}, ["kind", "title"]),
    ({"kind": "edit", "article_id": "a", "content": "a\0"}, ["content"]),
    (
        {"kind": "edit", "article_id": "a", "title": "T", "submit_for_review": 1, "status": "open"},
        ["status", "submit_for_review"],
    ),
]


async def _decide(
    client: httpx.AsyncClient, draft: dict[str, Any], verb: str = "accept", **options: Any
) -> httpx.Response:
    return await client.post(f"{DRAFTS}/{draft['id']}/{verb}", **options)


async def _article(client: httpx.AsyncClient, id: str) -> dict[str, Any]:
    answer = await client.get(f"/docs/articles/{id}")
    assert answer.is_success, answer.text
    return dict(answer.json())


async def test_an_edit_is_proposed_and_changes_nothing_yet(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    article = await make.doc_article()
    body = {"kind": "edit", "article_id": article["id"], "content": "*New*"}
    made = (await client.post(DRAFTS, json=body)).json()
    member = next(
        {name: each[name] for name in ("id", "name", "email", "image_url")}
        for each in (await client.get("/members")).json()["data"]
        if each["id"] == str(workspace.member_id)
    )
    assert made == {
        "id": made["id"],
        **body,
        "status": "draft",
        "article_version": 1,
        "title": None,
        "html": "<p><em>New</em></p>\n",
        "group_id": None,
        "allow_image_removal": False,
        "author": member,
        "reviewed_by": None,
        "reviewed_at": None,
        **dict.fromkeys(("created_at", "updated_at"), iso(clock())),
    }
    got = await client.get(f"{DRAFTS}/{made['id']}")
    assert (got.json(), version(got)) == (made, 1)
    (told,) = await events_of(db, made["id"])
    assert (told["type"], told["data"]) == ("doc_draft.created", made)
    assert await _article(client, article["id"]) == article


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    article = await make.doc_article()
    ids = {"a": article["id"], "g": article["group_id"]}
    sent = {name: ids.get(value, value) for name, value in body.items()}
    rows = await everything(db, workspace.id)
    assert faults(await client.post(DRAFTS, json=sent)) == named
    assert await everything(db, workspace.id) == rows


async def test_an_edit_becomes_a_new_version_of_the_article(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    article = await make.doc_article(published=True)
    path, group = f"/docs/articles/{article['id']}", (await make.doc_group())["id"]
    await client.patch(path, json={"language": "de", "title": "Titel", "content": "Text"})
    proposal = {"title": "New", "content": "**New**", "group_id": group}
    draft = await make.doc_draft(article_id=article["id"], **proposal, submit_for_review=True)
    assert draft["status"] == "open"
    german = (await client.get(path, params={"language": "de"})).json()
    clock.step(timedelta(seconds=1))
    answer = await _decide(client, draft)
    reviewed = {"status": "accepted", "reviewed_by": draft["author"], "reviewed_at": iso(clock())}
    assert answer.json() == {**draft, **reviewed, "updated_at": iso(clock())}
    assert version(answer) == 2
    rest = {"html": "<p><strong>New</strong></p>\n", "version": 3, "updated_at": iso(clock())}
    after = await _article(client, article["id"])
    assert after == {**article, **proposal, "languages": ["de", "en"], **rest}
    kept = {**german, "group_id": group, "version": 3, "updated_at": iso(clock())}
    assert (await client.get(path, params={"language": "de"})).json() == kept
    told = (await events_of(db, article["id"]))[-1]
    assert (told["type"], told["data"]) == ("doc.updated", after)
    assert told["after"] == {**proposal, "html": rest["html"]}
    of_draft = (await events_of(db, draft["id"]))[-1]
    assert (of_draft["type"], of_draft["data"]) == ("doc_draft.accepted", answer.json())
    assert (of_draft["before"], of_draft["after"]) == ({"status": "open"}, {"status": "accepted"})
    assert of_draft["write_id"] == told["write_id"]


async def test_what_is_created_is_not_published(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    portal = (await make.portal_instance(language="fr"))["id"]
    group = (await make.doc_group(portal_instance_id=portal))["id"]
    draft = await make.doc_draft(kind="create", title="T", content="*C*", group_id=group)
    assert (draft["article_id"], draft["article_version"]) == (None, None)
    id = (await _decide(client, draft)).json()["article_id"]
    made = await _article(client, id)
    expected = {"title": "T", "content": "*C*", "html": "<p><em>C</em></p>\n", "group_id": group}
    expected |= {"published": False, "visibility": "public", "portal_instance_id": portal}
    expected |= {"language": "fr", "languages": ["fr"], "version": 1}
    assert made == {**made, **expected}
    (told,) = await events_of(db, id)
    assert (told["type"], told["data"]) == ("doc.created", made)
    free = await make.doc_draft(kind="create", title="T", content="C")
    made = await _article(client, (await _decide(client, free)).json()["article_id"])
    assert (made["group_id"], made["portal_instance_id"], made["language"]) == (None, None, "en")


async def test_what_is_deleted_is_gone(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    article = await make.doc_article()
    draft = await make.doc_draft(kind="delete", article_id=article["id"])
    assert (await _decide(client, draft)).json()["status"] == "accepted"
    assert (await client.get(f"/docs/articles/{article['id']}")).status_code == 404
    assert await kinds_of(db, article["id"]) == ["doc.created", "doc.deleted"]
    assert (await client.get(f"{DRAFTS}/{draft['id']}")).json()["article_id"] == article["id"]


SINCE: list[tuple[str, dict[str, Any] | None, str]] = [
    ("edit", {"title": "Other"}, "superseded"),
    ("edit", {"content": "Other"}, "superseded"),
    ("delete", {"content": "Other"}, "superseded"),
    ("edit", None, "superseded"),
    ("delete", None, "superseded"),
    ("edit", {"published": True, "group_id": None, "icon": "Star"}, "accepted"),
    ("delete", {"archived": True}, "accepted"),
    ("edit", {"language": "de", "content": "Other"}, "accepted"),
]


@pytest.mark.parametrize(("kind", "change", "status"), SINCE)
async def test_a_draft_applies_to_the_text_it_was_made_for(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    clock: SteppedClock,
    kind: str,
    change: dict[str, Any] | None,
    status: str,
) -> None:
    article = await make.doc_article()
    path = f"/docs/articles/{article['id']}"
    draft = await make.doc_draft(kind=kind, article_id=article["id"])
    since = await client.request("PATCH" if change else "DELETE", path, json=change)
    assert since.is_success
    before = await client.get(path)
    told = await kinds_of(db, article["id"])
    clock.step(timedelta(seconds=1))
    answer = await _decide(client, draft)
    assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert answer.json()["reviewed_at"] == iso(clock())
    assert (await kinds_of(db, draft["id"]))[-1] == f"doc_draft.{status}"
    if status == "superseded":
        assert (await client.get(path)).content == before.content
        assert await kinds_of(db, article["id"]) == told


async def test_a_text_that_is_as_it_was_is_the_one(
    client: httpx.AsyncClient, make: Factory
) -> None:
    article = await make.doc_article(title="One")
    draft = await make.doc_draft(article_id=article["id"], title="Three")
    for title in ("Two", "One"):
        await client.patch(f"/docs/articles/{article['id']}", json={"title": title})
    assert (await _decide(client, draft)).json()["status"] == "accepted"


@pytest.mark.parametrize("kind", ["edit", "create"])
async def test_a_group_that_is_gone(
    client: httpx.AsyncClient, make: Factory, db: Any, kind: str
) -> None:
    article, group = await make.doc_article(), (await make.doc_group())["id"]
    about = {"article_id": article["id"]} if kind == "edit" else {"content": "C"}
    draft = await make.doc_draft(kind=kind, title="T", group_id=group, **about)
    await client.delete(f"/docs/groups/{group}")
    assert (await _decide(client, draft)).json()["status"] == "superseded"
    assert await _article(client, article["id"]) == article
    assert len((await client.get("/docs/articles")).json()["data"]) == 1


async def test_an_edit_that_is_there_already_is_accepted_and_no_version(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    article = await make.doc_article()
    same = {name: article[name] for name in ("title", "content", "group_id")}
    draft = await make.doc_draft(article_id=article["id"], **same)
    answer = await _decide(client, draft)
    assert answer.json()["status"] == "accepted"
    assert await _article(client, article["id"]) == article
    assert await kinds_of(db, article["id"]) == ["doc.created"]


async def test_images_are_protected(client: httpx.AsyncClient, make: Factory) -> None:
    article = await make.doc_article(content="![](https://img.example/a.png)")
    body = {"kind": "edit", "article_id": article["id"], "content": "none"}
    refused = await client.post(DRAFTS, json=body)
    assert faults(refused) == ["content"]
    assert "https://img.example/a.png" in refused.text
    made = (await client.post(DRAFTS, json={**body, "allow_image_removal": True})).json()
    assert made["allow_image_removal"] is True
    assert (await _decide(client, made)).json()["status"] == "accepted"
    assert (await _article(client, article["id"]))["content"] == "none"
