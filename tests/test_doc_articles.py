"""Articles: made of Markdown, shown, listed, changed, moved and deleted."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

ARTICLES = "/docs/articles"
MOVE = f"{ARTICLES}/move"
NOWHERE = "00000000-0000-7000-8000-000000000000"
MARKDOWN = "# Start\n\n<b onclick='x()'>bold</b> | [a](javascript:x()) ~~no~~  \n\ttail \n"
HTML = "<h1>Start</h1>\n<p><b>bold</b> | [a](javascript:x()) <s>no</s><br>\ntail</p>\n"
FIELDS = {
    "summary": "How to begin.",
    "published": True,
    "visibility": "unlisted",
    "icon": "Rocket",
}
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"title": ""}, ["title"]),
    ({"title": "x" * 513, "content": "x" * 200_001}, ["content", "title"]),
    ({"title": None, "content": None}, ["content", "title"]),
    (
        {"content": "", "visibility": "all", "published": "yes"},
        ["content", "published", "visibility"],
    ),
    ({"content": "a\0", "summary": "x" * 2001, "icon": ""}, ["content", "icon", "summary"]),
    ({"group_id": "nowhere", "portal_instance_id": NOWHERE}, ["group_id", "portal_instance_id"]),
    ({"language": "a language", "kind": "link", "html": "x"}, ["html", "kind", "language"]),
    ({"title": "", "group_id": NOWHERE}, ["group_id", "title"]),
    ({"content": "<dd><li>" * 20_000}, ["content"]),
]


async def _titles(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(ARTICLES, params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["title"] for each in answer.json()["data"]]


async def test_an_article_is_made_of_a_title_and_markdown(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    group = (await make.doc_group())["id"]
    made = await make.doc_article(title="Start", content=MARKDOWN, group_id=group)
    assert made == {
        "id": made["id"],
        "title": "Start",
        "content": MARKDOWN,
        "html": HTML,
        "summary": None,
        "group_id": group,
        "portal_instance_id": None,
        "published": False,
        "archived": False,
        "visibility": "public",
        "show_on_home_page": False,
        "icon": None,
        "kind": "doc",
        "language": "en",
        "languages": ["en"],
        "version": 1,
        **dict.fromkeys(("created_at", "updated_at"), iso(clock())),
    }
    got = await client.get(f"{ARTICLES}/{made['id']}")
    assert (got.json(), version(got)) == (made, 1)
    (told,) = await events_of(db, made["id"])
    assert (told["type"], told["data"]) == ("doc.created", made)


async def test_an_article_is_made_with_all_there_is(make: Factory, db: Any) -> None:
    portal = (await make.portal_instance(language="fr"))["id"]
    made = await make.doc_article(**FIELDS, portal_instance_id=portal)
    assert {name: made[name] for name in FIELDS} == FIELDS
    assert (made["portal_instance_id"], made["language"]) == (portal, "fr")
    assert await kinds_of(db, made["id"]) == ["doc.created", "doc.published"]
    spoken = await make.doc_article(language="pt-BR", portal_instance_id=portal)
    assert (spoken["language"], spoken["languages"]) == ("pt-br", ["pt-br"])


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    group = (await make.doc_group())["id"]
    path = f"{ARTICLES}/{(await make.doc_article(group_id=group))['id']}"
    rows = await everything(db, workspace.id)
    whole = {"title": "T", "content": "C", "group_id": group, **body}
    assert faults(await client.post(ARTICLES, json=whole)) == named
    assert faults(await client.patch(path, json=body)) == named
    assert await everything(db, workspace.id) == rows


async def test_what_is_required(client: httpx.AsyncClient) -> None:
    assert faults(await client.post(ARTICLES, json={})) == ["content", "group_id", "title"]


async def test_update_touches_what_was_sent(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    made = await make.doc_article(summary="S", icon="Star")
    path = f"{ARTICLES}/{made['id']}"
    clock.step(timedelta(seconds=1))
    sent = {"content": "*new*", "summary": None, "archived": True, "show_on_home_page": True}
    changed = await client.patch(path, json=sent)
    rest = {"html": "<p><em>new</em></p>\n", "version": 2, "updated_at": iso(clock())}
    assert changed.json() == {**made, **sent, **rest}
    told = (await events_of(db, made["id"]))[-1]
    assert (told["type"], told["data"]) == ("doc.updated", changed.json())
    assert told["after"] == {**sent, "html": rest["html"]}
    assert told["before"] == {name: made[name] for name in told["after"]}
    ungrouped = await client.patch(path, json={"group_id": None})
    assert (ungrouped.json()["group_id"], version(ungrouped)) == (None, 3)


async def test_what_is_there_already_is_silent(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    made = await make.doc_article(**FIELDS)
    path = f"{ARTICLES}/{made['id']}"
    before = await client.get(path)
    rows = await everything(db, workspace.id)
    same = {name: made[name] for name in (*FIELDS, "title", "content", "group_id")}
    for body in ({}, same, {"allow_image_removal": True}, {"language": "de"}):
        answer = await client.patch(path, json=body)
        assert answer.json() == before.json()
        assert version(answer) == 1
    assert await everything(db, workspace.id) == rows


async def test_publishing_is_an_event_of_its_own(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.doc_article()
    path = f"{ARTICLES}/{made['id']}"
    for published in (True, True, False, True):
        await client.patch(path, json={"published": published, "title": str(published)})
    assert await kinds_of(db, made["id"]) == [
        "doc.created",
        *("doc.updated", "doc.published"),
        "doc.updated",
        *("doc.updated", "doc.published"),
    ]
    rehearsed = await client.patch(
        f"{ARTICLES}/{(await make.doc_article())['id']}",
        json={"published": True},
        params={"dry_run": "true"},
    )
    assert rehearsed.headers["x-looplane-would"] == "doc.updated, doc.published"


async def test_the_filters(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    group, portal = (await make.doc_group())["id"], (await make.portal_instance())["id"]
    await make.doc_article(title="Alpha 100%", group_id=group)
    await make.doc_article(title="Beta", visibility="agent", published=True)
    third = await make.doc_article(title="Gamma", visibility="internal", portal_instance_id=portal)
    await client.patch(f"{ARTICLES}/{third['id']}", json={"archived": True})
    await db.execute("update doc_articles set kind = 'link' where id = $1", third["id"])
    whole = ["Gamma", "Beta", "Alpha 100%"]
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({}, whole),
        ({"visibility": "all", "kind": "all"}, whole),
        ({"visibility": "public"}, ["Alpha 100%"]),
        ({"visibility": "agent"}, ["Beta"]),
        ({"visibility": "unlisted"}, []),
        ({"kind": "doc"}, ["Beta", "Alpha 100%"]),
        ({"kind": "link"}, ["Gamma"]),
        ({"published": "true"}, ["Beta"]),
        ({"published": "false"}, ["Gamma", "Alpha 100%"]),
        ({"archived": "true"}, ["Gamma"]),
        ({"archived": "false"}, ["Beta", "Alpha 100%"]),
        ({"group_id": group}, ["Alpha 100%"]),
        ({"group_id": NOWHERE}, []),
        ({"portal_instance_id": portal}, ["Gamma"]),
        ({"portal_instance_id": "main"}, ["Beta", "Alpha 100%"]),
        ({"title_contains": "0%"}, ["Alpha 100%"]),
        ({"title_contains": "ETA"}, ["Beta"]),
        ({"created_after": third["created_at"]}, []),
    ]
    for query, titles in expected:
        assert await _titles(client, **query) == titles, query
    for name in ("visibility", "kind"):
        assert faults(await client.get(ARTICLES, params={name: "other"})) == [name]


async def test_the_pages_keep_their_filters(client: httpx.AsyncClient, make: Factory) -> None:
    for number in range(3):
        await make.doc_article(title=str(number), visibility="agent")
    page = (await client.get(ARTICLES, params={"limit": 2, "visibility": "all"})).json()
    assert ([each["title"] for each in page["data"]], page["page"]["has_more"]) == (
        ["2", "1"],
        True,
    )
    cursor = page["page"]["cursor"]
    assert await _titles(client, cursor=cursor, visibility="all") == ["0"]
    other = await client.get(ARTICLES, params={"cursor": cursor, "visibility": "agent"})
    assert other.status_code == httpx.codes.UNPROCESSABLE_ENTITY


async def test_a_deleted_article_is_gone(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    made = await make.doc_article()
    path = f"{ARTICLES}/{made['id']}"
    assert (await client.delete(path)).json() == {"id": made["id"], "deleted": True}
    for answer in (
        await client.get(path),
        await client.get(path, params={"language": "de"}),
        await client.patch(path, json={"title": "T"}),
        await client.patch(path, json={"title": "T", "language": "de"}),
        await client.delete(path),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert faults(await client.post(MOVE, json={"article_ids": [made["id"]], "group_id": None}))
    assert await _titles(client) == []
    told = (await events_of(db, made["id"]))[-1]
    assert (told["type"], told["data"]) == ("doc.deleted", {**made, "version": 2})


async def test_only_the_version_that_was_meant_is_written(
    client: httpx.AsyncClient, make: Factory
) -> None:
    path = f"{ARTICLES}/{(await make.doc_article())['id']}"
    old = {"If-Match": '"1"'}
    written = await client.patch(path, json={"title": "A"}, headers=old)
    assert (version(written), written.json()["version"]) == (2, 2)
    for answer in (
        await client.patch(path, json={"title": "B"}, headers=old),
        await client.patch(path, json={"title": "B", "language": "de"}, headers=old),
        await client.delete(path, headers=old),
    ):
        assert answer.status_code == httpx.codes.PRECONDITION_FAILED
    assert (await client.get(path)).json() == written.json()


async def test_how_often_the_database_is_asked(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    group, ids = (await make.doc_group())["id"], [(await make.doc_article())["id"] for _ in "1234"]
    path = f"{ARTICLES}/{ids[0]}"
    whole = {"title": "T", "content": "C", "group_id": group}
    costs: list[tuple[str, str, dict[str, Any], int]] = [
        ("GET", ARTICLES, {}, 1),
        ("GET", ARTICLES, {"params": {"language": "de", "title_contains": "T"}}, 1),
        ("GET", path, {}, 1),
        ("GET", path, {"params": {"language": "de"}}, 1),
        ("POST", ARTICLES, {"json": whole}, 4),
        ("PATCH", path, {"json": {"title": "U", "content": "V"}}, 2),
        ("PATCH", path, {"json": {"title": "W", "language": "de"}}, 8),
        ("POST", MOVE, {"json": {"article_ids": ids[:1], "group_id": group}}, 6),
        ("POST", MOVE, {"json": {"article_ids": ids, "group_id": None}}, 6),
        ("DELETE", path, {}, 4),
    ]
    for method, url, options, most in costs:
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            answer = await client.request(method, url, **options)
        assert answer.is_success
        assert len(seen) == most, (method, url, options, seen)
