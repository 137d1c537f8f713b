"""Changelogs in several languages: what is translated, what is not, and what is shown."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import etag, events_of, everything, kinds_of, version

DE = {"language": "de"}


async def _titles(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/changelogs", params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["title"] for each in answer.json()["data"]]


async def test_a_translation_is_made_and_changed(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    changelog = await make.changelog(title="News", content="*All*")
    path = f"/changelogs/{changelog['id']}"
    clock.step(timedelta(seconds=1))
    made = await client.patch(path, json={**DE, "title": "Neues", "content": "*Alles*"})
    german = {"title": "Neues", "content": "*Alles*", "html": "<p><em>Alles</em></p>\n"}
    both = {"languages": ["de", "en"], "updated_at": iso(clock())}
    assert made.json() == {**changelog, **both, **DE, **german}
    assert version(made) == 2
    own, shown = await client.get(path), await client.get(path, params={"language": "DE"})
    assert own.json() == {**changelog, **both}
    assert (shown.json(), etag(shown)) == (made.json(), etag(made))
    assert (version(own), own.headers["etag"] != shown.headers["etag"]) == (2, True)
    told = (await events_of(db, changelog["id"]))[-1]
    assert (told["type"], told["data"]) == ("changelog.updated", own.json())
    assert told["after"] == {**DE, **german, "languages": ["de", "en"]}
    nothing = dict.fromkeys(german)
    assert told["before"] == {**DE, **nothing, "languages": ["en"]}

    changed = await client.patch(path, json={**DE, "title": "Neuigkeiten"})
    assert changed.json() == {**made.json(), "title": "Neuigkeiten", **_dates(changed)}
    told = (await events_of(db, changelog["id"]))[-1]
    assert (told["before"], told["after"]) == (
        {**DE, "title": "Neues"},
        {**DE, "title": "Neuigkeiten"},
    )
    assert (await client.get(path)).json()["title"] == "News"


def _dates(answer: httpx.Response) -> dict[str, Any]:
    return {"updated_at": answer.json()["updated_at"]}


async def test_what_cannot_be_translated_is_the_same_in_every_language(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    tag = (await make.changelog_tag())["id"]
    changelog = await make.changelog(title="News")
    path = f"/changelogs/{changelog['id']}"
    body = {"published": True, "archived": True, "tag_ids": [tag], "image_url": "https://a.example"}
    # Without a text there is no translation.
    plain = (await client.patch(path, json={**DE, **body})).json()
    assert plain == {**changelog, **body, "updated_at": plain["updated_at"]}
    assert await kinds_of(db, changelog["id"]) == [
        "changelog.created",
        "changelog.updated",
        "changelog.published",
    ]
    mixed = await client.patch(path, json={**DE, "title": "Neues", "archived": False})
    assert mixed.json()["title"] == "Neues"
    own = (await client.get(path)).json()
    assert (own["title"], own["archived"], own["published"], own["tag_ids"]) == (
        *("News", False, True),
        [tag],
    )


async def test_what_a_translation_does_not_say_is_shown_as_its_own(
    client: httpx.AsyncClient, make: Factory
) -> None:
    changelog = await make.changelog(title="News", content="one")
    path = f"/changelogs/{changelog['id']}"
    await client.patch(path, json={**DE, "title": "Neues"})
    await client.patch(path, json={"content": "two"})
    shown = (await client.get(path, params=DE)).json()
    assert (shown["title"], shown["content"], shown["html"]) == ("Neues", "two", "<p>two</p>\n")
    assert shown["language"] == "de"
    french = (await client.get(path, params={"language": "fr"})).json()
    assert (french["title"], french["language"]) == ("News", "en")


async def test_its_own_language_is_no_translation(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    changelog = await make.changelog(language="de", title="Neues")
    path = f"/changelogs/{changelog['id']}"
    changed = (await client.patch(path, json={"language": "DE", "title": "Neuer"})).json()
    assert (changed["title"], changed["languages"]) == ("Neuer", ["de"])
    assert (await client.get(path)).json()["title"] == "Neuer"
    rows = "select count(*) from changelog_translations where workspace_id = $1"
    assert await db.fetchval(rows, workspace.id) == 0


async def test_lists_in_a_language(client: httpx.AsyncClient, make: Factory) -> None:
    news = await make.changelog(title="News")
    other = await make.changelog(title="Other", language="de")
    await make.changelog(title="Neither")
    await client.patch(f"/changelogs/{news['id']}", json={**DE, "title": "Neues"})
    await client.patch(f"/changelogs/{news['id']}", json={"language": "fr", "content": "texte"})
    assert await _titles(client) == ["Neither", "Other", "News"]
    assert await _titles(client, language="de") == ["Other", "Neues"]
    assert await _titles(client, language="fr") == ["News"]
    assert await _titles(client, language="en") == ["Neither", "News"]
    assert await _titles(client, language="de-at") == []
    # It is looked for in what is shown.
    assert await _titles(client, language="de", title_contains="NEUES") == ["Neues"]
    assert await _titles(client, language="de", title_contains="News") == []
    assert await _titles(client, title_contains="Neues") == []
    assert await _titles(client, language="fr", title_contains="news") == ["News"]
    page = (await client.get("/changelogs", params={"language": "DE", "limit": 1})).json()
    assert [each["id"] for each in page["data"]] == [other["id"]]
    assert await _titles(client, cursor=page["page"]["cursor"]) == ["Neues"]
    mixed = {"language": "fr", "cursor": page["page"]["cursor"]}
    assert (await client.get("/changelogs", params=mixed)).status_code == 422


async def test_the_same_translation_again_is_silent(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path = f"/changelogs/{(await make.changelog())['id']}"
    body = {**DE, "title": "Neues", "content": "Alles"}
    made = await client.patch(path, json=body)
    rows = await everything(db, workspace.id)
    for again in (body, {**DE, "title": "Neues"}, DE):
        answer = await client.patch(path, json=again)
        assert (answer.content, etag(answer)) == (made.content, etag(made))
    assert await everything(db, workspace.id) == rows


@pytest.mark.parametrize("languages", [("de", "de"), ("de", "fr"), ("de", "en")], ids=str)
async def test_translations_at_the_same_instant(
    client: httpx.AsyncClient, make: Factory, db: Any, languages: tuple[str, str]
) -> None:
    changelog = await make.changelog()
    path = f"/changelogs/{changelog['id']}"
    bodies = [
        {"language": language, field: f"{field} {language}"}
        for language, field in zip(languages, ("title", "content"), strict=True)
    ]
    answers = await asyncio.gather(*(client.patch(path, json=body) for body in bodies))
    assert {each.status_code for each in answers} == {200}
    assert sorted(map(version, answers)) == [2, 3]
    for body in bodies:
        shown = (await client.get(path, params={"language": body["language"]})).json()
        assert {**shown, **body} == shown
    assert shown["languages"] == sorted({"en", *languages})
    assert [each["version"] for each in await events_of(db, changelog["id"])] == [1, 2, 3]


async def test_a_translation_is_of_one_workspace(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, make: Factory, make_other: Factory
) -> None:
    changelog = await make.changelog(title="News")
    path = f"/changelogs/{changelog['id']}"
    await client.patch(path, json={**DE, "title": "Neues"})
    await make_other.changelog(title="Theirs", language="de")
    assert (await stranger.get(path, params=DE)).status_code == 404
    assert (await stranger.patch(path, json={**DE, "title": "X"})).status_code == 404
    assert await _titles(stranger, language="de") == ["Theirs"]
