"""Changelogs: make, find, publish, change and delete."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import etag, events_of, everything, faults, kinds_of

CONTENT = '# New\r\n\n- *one*\n- <script>x</script>two  \n\n| a |\n|---|\n| <a href="javascript:c">b</a> |\n'
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"title": "", "content": ""}, ["content", "title"]),
    ({"title": "x" * 513, "image_url": "ftp://a.example"}, ["image_url", "title"]),
    ({"title": None, "content": None, "published": None}, ["content", "published", "title"]),
    ({"date": "2026-01-31", "language": "deutsch"}, ["date", "language"]),
    ({"language": "de_AT", "tag_ids": None, "html": "x"}, ["html", "language", "tag_ids"]),
    ({"tag_ids": ["x", str(new_id())]}, ["tag_ids.0", "tag_ids.1"]),
    ({"portal_instance_id": "main", "tag_ids": ["x"]}, ["portal_instance_id", "tag_ids.0"]),
    ({"title": "nul \0", "content": "nul \0"}, ["content", "title"]),
]


async def _ids(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/changelogs", params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["id"] for each in answer.json()["data"]]


async def test_create_and_get(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    tags = sorted([(await make.changelog_tag())["id"] for _ in range(2)])
    portal = (await make.portal_instance())["id"]
    body = {
        "title": "Version 2",
        "content": CONTENT,
        "date": "2026-01-31T10:30:00+01:00",
        "image_url": "https://files.example/a.png",
        "portal_instance_id": portal,
        "language": "pt-BR",
        "tag_ids": [*reversed(tags), tags[0]],
    }
    answer = await client.post("/changelogs", json=body)
    made, now = answer.json(), iso(clock())
    assert "<script" not in made["html"]
    assert "javascript" not in made["html"]
    assert "<em>one</em>" in made["html"]
    assert "<table>" in made["html"]
    assert made == {
        **body,
        "id": made["id"],
        "html": made["html"],
        "date": "2026-01-31T09:30:00.000Z",
        "published": False,
        "archived": False,
        "language": "pt-br",
        "languages": ["pt-br"],
        "tag_ids": tags,
        "broadcast_at": None,
        "created_at": now,
        "updated_at": now,
    }
    got = await client.get(f"/changelogs/{made['id']}")
    assert (got.json(), etag(got)) == (made, etag(answer))
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("changelog.created", made)


async def test_what_is_left_out(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    made = await make.changelog()
    assert made["date"] == iso(clock())
    assert (made["published"], made["language"], made["languages"]) == (False, "en", ["en"])
    portal = (await make.portal_instance(language="fr"))["id"]
    assert (await make.changelog(portal_instance_id=portal))["language"] == "fr"
    both = await make.changelog(portal_instance_id=portal, language="de")
    assert both["languages"] == ["de"]


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    changelog = await make.changelog(tag_ids=[(await make.changelog_tag())["id"]])
    rows = await everything(db, workspace.id)
    whole = {"title": "T", "content": "c", **body}
    if body.get("language", "") is not None:
        assert faults(await client.post("/changelogs", json=whole)) == named
    assert faults(await client.patch(f"/changelogs/{changelog['id']}", json=body)) == named
    assert await everything(db, workspace.id) == rows


async def test_publishing_is_told_once(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    changelog = await make.changelog()
    path = f"/changelogs/{changelog['id']}"
    for published in (True, True, False, True):
        answer = await client.patch(path, json={"published": published})
        assert answer.json()["published"] is published
    await client.patch(path, json={"published": True, "title": "Other"})
    changed = "changelog.updated"
    assert await kinds_of(db, changelog["id"]) == [
        "changelog.created",
        *(changed, "changelog.published"),
        changed,
        *(changed, "changelog.published"),
        changed,
    ]
    born = await make.changelog(published=True)
    assert await kinds_of(db, born["id"]) == ["changelog.created", "changelog.published"]
    planned = "select count(*) from deliveries where workspace_id = $1"
    assert await db.fetchval(planned, workspace.id) == 0


async def test_an_update_touches_what_was_sent(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    first, second = [(await make.changelog_tag())["id"] for _ in range(2)]
    changelog = await make.changelog(tag_ids=[first], image_url="https://a.example/b")
    path = f"/changelogs/{changelog['id']}"
    clock.step(timedelta(seconds=1))
    body = {"content": "new", "archived": True, "image_url": None, "tag_ids": [second]}
    after = (await client.patch(path, json=body)).json()
    assert after == {**changelog, **body, "html": "<p>new</p>\n", "updated_at": iso(clock())}
    told = (await events_of(db, changelog["id"]))[-1]
    assert (told["type"], told["data"]) == ("changelog.updated", after)
    names = {*body, "html"}
    assert told["before"] == {name: changelog[name] for name in names}
    assert told["after"] == {name: after[name] for name in names}
    assert (await client.patch(path, json={"tag_ids": []})).json()["tag_ids"] == []
    assert (await client.get(path)).json()["tag_ids"] == []


async def test_what_is_there_already_is_silent(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    tags = [(await make.changelog_tag())["id"] for _ in range(2)]
    changelog = await make.changelog(tag_ids=tags)
    path = f"/changelogs/{changelog['id']}"
    present = await client.get(path)
    rows = await everything(db, workspace.id)
    fields = ("title", "content", "date", "published", "archived", "language")
    same = {name: changelog[name] for name in fields}
    for body in ({}, same, {"tag_ids": [*reversed(tags), tags[0]]}, {"language": "de"}):
        answer = await client.patch(path, json=body)
        assert (answer.content, etag(answer)) == (present.content, etag(present)), body
    assert await everything(db, workspace.id) == rows


async def test_lists(client: httpx.AsyncClient, make: Factory) -> None:
    tag, portal = (await make.changelog_tag())["id"], (await make.portal_instance())["id"]
    plain = (await make.changelog(title="Plain 100%"))["id"]
    published = (await make.changelog(published=True, tag_ids=[tag]))["id"]
    archived = (await make.changelog())["id"]
    await client.patch(f"/changelogs/{archived}", json={"archived": True})
    elsewhere = (await make.changelog(portal_instance_id=portal, language="de"))["id"]
    assert await _ids(client) == [elsewhere, archived, published, plain]
    assert await _ids(client, published="true") == [published]
    assert await _ids(client, published="false", archived="false") == [elsewhere, plain]
    assert await _ids(client, archived="true") == [archived]
    assert await _ids(client, tag_id=tag) == [published]
    assert await _ids(client, tag_id=str(new_id())) == []
    assert await _ids(client, title_contains="PLAIN 100%") == [plain]
    assert await _ids(client, title_contains="1%0") == []
    assert await _ids(client, portal_instance_id=portal) == [elsewhere]
    assert await _ids(client, portal_instance_id="main") == [archived, published, plain]
    for text in (str(new_id()), "", "Main", "x"):
        assert await _ids(client, portal_instance_id=text) == []
    assert await _ids(client, language="de") == [elsewhere]
    assert faults(await client.get("/changelogs", params={"language": "x"})) == ["language"]
    page = (await client.get("/changelogs", params={"limit": 2, "archived": "false"})).json()
    cursor = page["page"]["cursor"]
    assert await _ids(client, cursor=cursor) == [plain]


async def test_deleting_hides_and_keeps(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    tag = (await make.changelog_tag())["id"]
    changelog = await make.changelog(tag_ids=[tag])
    path = f"/changelogs/{changelog['id']}"
    await client.patch(path, json={"language": "de", "title": "T"})
    assert (await client.delete(path)).json() == {"id": changelog["id"], "deleted": True}
    for gone in (
        await client.get(path),
        await client.get(path, params={"language": "de"}),
        await client.patch(path, json={"title": "N"}),
        await client.patch(path, json={"title": "N", "language": "de"}),
        await client.delete(path),
        await client.post(f"{path}/broadcast", json={"email": True}),
    ):
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    assert await _ids(client) == await _ids(client, language="de") == []
    kept = "select deleted_at is not null from changelogs where id = $1"
    assert await db.fetchval(kept, UUID(changelog["id"])) is True
    # Its tag can go all the same.
    assert (await client.delete(f"/changelog-tags/{tag}")).is_success


async def test_a_page_ends_early_by_content_and_html(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = [await make.changelog() for _ in range(3)]
    for each in made:
        await db.execute(
            "update changelogs set content = repeat('x', 1200000), html = repeat('y', 1200000)"
            " where id = $1",
            UUID(each["id"]),
        )
    answer = await client.get("/changelogs")
    assert [each["id"] for each in answer.json()["data"]] == [each["id"] for each in made[:0:-1]]
    assert answer.json()["page"]["has_more"] is True


async def test_if_match_and_dry_run(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    tag = (await make.changelog_tag())["id"]
    path = f"/changelogs/{(await make.changelog())['id']}"
    old = {"If-Match": etag(await client.get(path))}
    await client.patch(path, json={"title": "Two"}, headers=old)
    rows = await everything(db, workspace.id)
    for body in ({"title": "Three"}, {"tag_ids": [tag]}, {"title": "Drei", "language": "de"}):
        refused = await client.patch(path, json=body, headers=old)
        assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
        would = await client.patch(path, json=body, params={"dry_run": "true"})
        assert would.headers["x-looplane-would"] == "changelog.updated"
        assert etag(would) == etag(await client.get(path))
        assert {name: would.json()[name] for name in body} == body
    would = await client.post(
        "/changelogs",
        json={"title": "T", "content": "c", "tag_ids": [tag], "published": True},
        params={"dry_run": "true"},
    )
    assert would.headers["x-looplane-would"] == "changelog.created, changelog.published"
    assert await everything(db, workspace.id) == rows


async def test_round_trips(client: httpx.AsyncClient, make: Factory, queries: Any) -> None:
    tags = [(await make.changelog_tag())["id"] for _ in range(3)]
    path = f"/changelogs/{(await make.changelog())['id']}"
    new = {"title": "T", "content": "c"}
    costs: list[tuple[str, str, dict[str, Any], int]] = [
        ("GET", path, {}, 1),
        ("GET", path, {"params": {"language": "de"}}, 1),
        ("GET", "/changelogs", {"params": {"language": "de", "tag_id": tags[0]}}, 1),
        ("GET", "/changelog-tags", {}, 1),
        ("POST", "/changelogs", {"json": new}, 1),
        ("POST", "/changelogs", {"json": {**new, "tag_ids": tags}}, 8),
        ("PATCH", path, {"json": {"title": "New", "published": True}}, 2),
        ("PATCH", path, {"json": {"tag_ids": tags}}, 9),
        ("PATCH", path, {"json": {"title": "Neu", "language": "de"}}, 8),
    ]
    for method, url, options, most in costs:
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            answer = await client.request(method, url, **options)
        assert answer.status_code == httpx.codes.OK, answer.text
        assert len(seen) == most, (method, options, seen)
