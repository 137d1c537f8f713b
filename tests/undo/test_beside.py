"""What a noun has beside its own row comes back with it: links, translations, companies, members."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.undo.steps import UNDO, issues, shown, undo, undone
from tests.witness import kinds_of

GERMAN = {"language": "de"}


async def _tags(client: httpx.AsyncClient, thread: dict[str, Any]) -> list[str]:
    return [each["id"] for each in (await client.get(f"/threads/{thread['id']}")).json()["tags"]]


async def test_a_tag_comes_back_to_its_threads(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    tag, kept = await make.tag(name="A"), await make.tag(name="B")
    with_both, with_it, without = [await make.thread() for _ in range(3)]
    for thread, tags in ((with_both, (tag, kept)), (with_it, (tag,))):
        body = {"tag_ids": [each["id"] for each in tags]}
        await client.patch(f"/threads/{thread['id']}", json=body)
    deleted = await client.delete(f"/tags/{tag['id']}")
    assert await _tags(client, with_both) == [kept["id"]]
    first = await undone(client, deleted)
    assert await _tags(client, with_both) == [tag["id"], kept["id"]]
    assert [await _tags(client, each) for each in (with_it, without)] == [[tag["id"]], []]
    assert await kinds_of(db, tag["id"]) == [
        "tag.created",
        "tag.deleted",
        "tag.updated",
        "tag.restored",
    ]
    await undone(client, first)
    assert await _tags(client, with_it) == []


async def test_a_tag_of_changelogs_comes_back_to_them(
    client: httpx.AsyncClient, make: Factory
) -> None:
    tag = await make.changelog_tag()
    log = await make.changelog(tag_ids=[tag["id"]])
    deleted = await client.delete(f"/changelog-tags/{tag['id']}")
    assert (await shown(client, f"/changelogs/{log['id']}"))["tag_ids"] == []
    first = await undone(client, deleted)
    assert (await shown(client, f"/changelogs/{log['id']}"))["tag_ids"] == [tag["id"]]
    await undone(client, await undone(client, first))
    assert (await shown(client, f"/changelogs/{log['id']}"))["tag_ids"] == [tag["id"]]


async def test_the_tags_of_a_changelog(client: httpx.AsyncClient, make: Factory) -> None:
    tags = [(await make.changelog_tag())["id"] for _ in range(2)]
    log = await make.changelog(tag_ids=tags[:1])
    path = f"/changelogs/{log['id']}"
    changed = await client.patch(path, json={"tag_ids": tags, "published": True})
    assert changed.headers[UNDO]
    await undone(client, changed)
    assert (await shown(client, path))["tag_ids"] == tags[:1]
    changed = await client.patch(path, json={"tag_ids": []})
    await client.delete(f"/changelog-tags/{tags[0]}")
    assert issues(await undo(client, changed)) == [
        "tag_ids.0: there is no such changelog tag in this workspace"
    ]


@pytest.mark.parametrize("path", ["/changelogs", "/docs/articles"])
async def test_a_translation(client: httpx.AsyncClient, make: Factory, path: str) -> None:
    made = await (make.changelog() if path == "/changelogs" else make.doc_article())
    path = f"{path}/{made['id']}"
    plain, own = await shown(client, path), await shown(client, path, language="de")
    first = await client.patch(path, json={"title": "Eins", "content": "*Ja*", **GERMAN})
    one = await shown(client, path, language="de")
    assert (one["language"], one["languages"]) == ("de", ["de", "en"])
    french = await client.patch(path, json={"title": "Un", "language": "fr"})
    changed = await client.patch(path, json={"title": "Other"})
    back = await undone(client, first)
    now = await shown(client, path, language="de")
    assert now == {**own, "title": "Other", "languages": ["en", "fr"]}
    await undone(client, back)
    assert await shown(client, path, language="de") == {**one, "languages": ["de", "en", "fr"]}
    await undone(client, french)
    await undone(client, changed)
    assert await shown(client, path) == {**plain, "languages": ["de", "en"]}
    second = await client.patch(path, json={"title": "Zwei", **GERMAN})
    third = await client.patch(path, json={"title": "Drei", **GERMAN})
    assert len(issues(await undo(client, second))) == 1
    await undone(client, third)
    await undone(client, second)
    assert (await shown(client, path, language="de"))["title"] == "Eins"


async def _companies(client: httpx.AsyncClient, contact: dict[str, Any]) -> list[tuple[str, bool]]:
    data = (await client.get(f"/contacts/{contact['id']}/companies")).json()["data"]
    return [(each["id"], each["is_primary"]) for each in data]


async def test_the_companies_of_a_contact(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    contact = await make.contact()
    path = f"/contacts/{contact['id']}"
    companies = [await make.company() for _ in range(4)]
    for each in companies[:3]:
        clock.step(timedelta(seconds=1))
        await client.post(f"{path}/companies", json={"company_id": each["id"]})
    whole = await _companies(client, contact)
    # The primary one and another one go, and come back to their places.
    for each in companies[:2]:
        gone = await client.delete(f"{path}/companies/{each['id']}")
        fewer = await _companies(client, contact)
        assert len(fewer) == 2
        clock.step(timedelta(seconds=1))
        back = await undone(client, gone)
        assert await _companies(client, contact) == whole
        await undone(client, await undone(client, back))
        assert await _companies(client, contact) == whole
    added = await client.post(f"{path}/companies", json={"company_id": companies[3]["id"]})
    await undone(client, added)
    assert await _companies(client, contact) == whole


async def test_a_primary_company_that_a_change_brought_goes_with_it(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    first, second = await make.company(), await make.company()
    contact = await make.contact(company_id=first["id"])
    path = f"/contacts/{contact['id']}"
    clock.step(timedelta(seconds=1))
    changed = await client.patch(path, json={"company_id": second["id"]})
    assert await _companies(client, contact) == [(second["id"], True), (first["id"], False)]
    back = await undone(client, changed)
    assert await _companies(client, contact) == [(first["id"], True)]
    await undone(client, back)
    assert await _companies(client, contact) == [(second["id"], True), (first["id"], False)]
    # One that was there before the change stays.
    clock.step(timedelta(seconds=1))
    changed = await client.patch(path, json={"company_id": first["id"]})
    await undone(client, changed)
    assert await _companies(client, contact) == [(second["id"], True), (first["id"], False)]


async def test_a_company_that_is_gone_is_not_given_back(
    client: httpx.AsyncClient, make: Factory
) -> None:
    company = await make.company()
    contact = await make.contact(company_id=company["id"])
    left = await client.delete(f"/contacts/{contact['id']}/companies/{company['id']}")
    await client.delete(f"/companies/{company['id']}")
    assert issues(await undo(client, left)) == [
        "company_ids.0: there is no such company in this workspace"
    ]


async def test_a_deleted_folder_comes_back_with_what_was_in_it(
    client: httpx.AsyncClient, make: Factory
) -> None:
    folder = await make.snippet_folder()
    ids = [(await make.snippet(folder_id=folder["id"]))["id"] for _ in range(3)]

    async def folders() -> set[str]:
        return {(await shown(client, f"/snippets/{id}"))["folder_id"] for id in ids}

    back = await undone(client, await client.delete(f"/snippets/folders/{folder['id']}"))
    assert await folders() == {folder["id"]}
    again = await undone(client, back)
    assert await folders() == {None}
    await undone(client, again)
    assert await folders() == {folder["id"]}


async def test_a_deleted_group_comes_back_with_its_articles(
    client: httpx.AsyncClient, make: Factory
) -> None:
    group = await make.doc_group()
    article = await make.doc_article(group_id=group["id"])
    deleted = await client.delete(f"/docs/groups/{group['id']}")
    await undone(client, deleted)
    assert (await shown(client, f"/docs/articles/{article['id']}"))["group_id"] == group["id"]
    assert (await shown(client, f"/docs/groups/{group['id']}"))["article_count"] == 1


async def test_articles_that_were_moved(client: httpx.AsyncClient, make: Factory) -> None:
    group, other = await make.doc_group(), await make.doc_group()
    articles = [(await make.doc_article(group_id=group["id"]))["id"] for _ in range(2)]
    body = {"article_ids": articles, "group_id": other["id"]}
    moved = await client.post("/docs/articles/move", json=body)
    answer = await undone(client, moved)
    assert {each["id"] for each in answer.json()["data"]} == set(articles)
    assert (await shown(client, f"/docs/groups/{group['id']}"))["article_count"] == 2


async def test_what_has_an_end_ends_again(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    project = await make.project()
    path = f"/projects/{project['id']}"
    ended = await client.patch(path, json={"state": "completed"})
    back = await undone(client, ended)
    assert (await shown(client, path))["state"] == project["state"]
    await undone(client, back)
    assert await kinds_of(db, project["id"]) == [
        "project.created",
        "project.updated",
        "project.completed",
        "project.updated",
        "project.updated",
        "project.completed",
    ]
