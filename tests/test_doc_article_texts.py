"""What articles say: in several languages, and with images that are not lost by accident."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.html import CLEANER_VERSION, clean, image_urls
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

ARTICLES = "/docs/articles"
A, B, C = (f"https://img.example/{name}.png?x=1&y=2" for name in "abc")
# In Markdown, by reference, in HTML within it; and what only looks like an image.
WITH_IMAGES = f"""
![one]({A}) and ![two][ref]

<p><IMG alt='a > b " src="x' src='{C}'></p>

`![code](https://img.example/code.png)` [link](https://img.example/link.png)

[ref]: {B} "Title"
"""


async def _texts(client: httpx.AsyncClient, path: str, language: str | None) -> list[str]:
    params = {"language": language} if language else {}
    shown = (await client.get(path, params=params)).json()
    return [shown[name] for name in ("title", "content", "html", "summary", "language")]


# Languages


async def test_a_translation_is_written_and_read_by_its_language(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    made = await make.doc_article(title="Start", content="One", summary="S")
    path = f"{ARTICLES}/{made['id']}"
    clock.step(timedelta(seconds=1))
    sent = {"language": "de", "title": "Anfang", "published": True}
    answer = await client.patch(path, json=sent)
    dates = {"version": 2, "updated_at": iso(clock())}
    languages = ["de", "en"]
    own = {**made, "published": True, "languages": languages, **dates}
    assert answer.json() == {**own, "title": "Anfang", "language": "de"}
    assert (await client.get(path)).json() == own
    assert (await client.get(path, params={"language": "fr"})).json() == own
    # What it does not say is said in the article's own language.
    assert await _texts(client, path, "de") == ["Anfang", "One", "<p>One</p>\n", "S", "de"]
    await client.patch(path, json={"language": "DE", "content": "*Eins*", "summary": "Z"})
    german = ["Anfang", "*Eins*", "<p><em>Eins</em></p>\n", "Z", "de"]
    assert await _texts(client, path, "de") == german
    await client.patch(path, json={"language": "en", "title": "Beginning"})
    assert await _texts(client, path, "de") == german
    assert await _texts(client, path, None) == ["Beginning", "One", "<p>One</p>\n", "S", "en"]
    told = await events_of(db, made["id"])
    assert [each["type"] for each in told] == [
        "doc.created",
        *("doc.updated", "doc.published"),
        *["doc.updated"] * 2,
    ]
    assert told[1]["after"] == {**sent, "languages": languages}
    assert told[1]["data"] == own
    assert told[3]["before"] == {"language": "de", "content": None, "html": None, "summary": None}


async def test_lists_in_a_language_show_what_is_there_in_it(
    client: httpx.AsyncClient, make: Factory
) -> None:
    french = await make.doc_article(title="Un", language="fr")
    both = await make.doc_article(title="Two")
    await make.doc_article(title="Three")
    change = {"language": "fr", "title": "Deux"}
    await client.patch(f"{ARTICLES}/{both['id']}", json=change)

    async def titles(**query: str) -> list[str]:
        return [each["title"] for each in (await client.get(ARTICLES, params=query)).json()["data"]]

    assert await titles() == ["Three", "Two", "Un"]
    assert await titles(language="fr") == ["Deux", "Un"]
    assert await titles(language="FR", title_contains="deu") == ["Deux"]
    assert await titles(language="fr", title_contains="Two") == []
    assert await titles(language="de") == []
    first = (await client.get(ARTICLES, params={"language": "fr", "limit": 1})).json()
    assert await titles(cursor=first["page"]["cursor"]) == ["Un"]
    assert french["languages"] == ["fr"]


async def test_two_writers_of_two_languages_keep_both(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.doc_article()
    path = f"{ARTICLES}/{made['id']}"
    tags = ["de", "fr", "it", "pt"]
    answers = await asyncio.gather(
        *(client.patch(path, json={"language": tag, "title": tag}) for tag in tags)
    )
    assert {each.status_code for each in answers} == {200}
    answer = await client.get(path)
    assert (answer.json()["languages"], version(answer)) == (sorted([*tags, "en"]), 5)
    assert [(await _texts(client, path, tag))[0] for tag in tags] == tags
    assert await kinds_of(db, made["id"]) == ["doc.created", *["doc.updated"] * 4]


# Images


def test_the_images_of_clean_html() -> None:
    hostile = [
        ('<img alt="a src=" src="https://x.example/1">', ["https://x.example/1"]),
        ('<img src="https://x.example/1" alt="a src="><p>"', ["https://x.example/1"]),
        ('<img src="https://x.example/a?b=1&amp;c=&quot;2">', ['https://x.example/a?b=1&c="2']),
        ('<img src="javascript:x()"><img alt="x">', []),
        ('<img src="https://x.example/2"><img src="https://x.example/2">', ["https://x.example/2"]),
        ('&lt;img src="https://x.example/3"&gt;<a href="https://x.example/4">x</a>', []),
    ]
    for html, urls in hostile:
        assert image_urls(clean(html)) == urls, html


async def test_an_image_is_removed_only_on_purpose(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    made = await make.doc_article(content=WITH_IMAGES)
    path = f"{ARTICLES}/{made['id']}"
    rows = await everything(db, workspace.id)
    for content, missing in (("none", [A, B, C]), (f"![]({C})\n![]({A})", [B])):
        for more in ({}, {"allow_image_removal": False}):
            refused = await client.patch(path, json={"content": content, "icon": "I", **more})
            assert faults(refused) == ["content"] * len(missing)
            issues = [each["message"] for each in refused.json()["issues"]]
            for url, issue in zip(missing, issues, strict=True):
                assert url in issue
                assert "allow_image_removal: true" in issue
    assert await everything(db, workspace.id) == rows
    # The same images in other words, one more, and no content at all: nothing is lost.
    kept = f'<img src="{B}" width="9">\n\n![]({C} "t") ![]({A}) ![](https://img.example/new.png)'
    assert (await client.patch(path, json={"content": kept})).is_success
    assert (await client.patch(path, json={"title": "T"})).is_success
    removed = await client.patch(path, json={"content": "none", "allow_image_removal": True})
    assert removed.json()["content"] == "none"
    assert (await client.patch(path, json={"content": "nothing"})).is_success


async def test_images_are_protected_in_each_language(
    client: httpx.AsyncClient, make: Factory
) -> None:
    made = await make.doc_article(content=f"![]({A})")
    path = f"{ARTICLES}/{made['id']}"
    first = {"language": "de", "content": f"![]({B})"}
    assert (await client.patch(path, json=first)).is_success
    refused = await client.patch(path, json={"language": "de", "content": f"![]({A})"})
    assert B in refused.text
    assert faults(refused) == ["content"]
    refused = await client.patch(path, json={"language": "en", "content": f"![]({B})"})
    assert A in refused.text
    assert faults(refused) == ["content"]


async def test_very_many_and_very_long_addresses(client: httpx.AsyncClient, make: Factory) -> None:
    long = f"https://img.example/{'x' * 5000}.png"
    many = "\n".join(f"![](https://img.example/{n}.png)" for n in range(500))
    made = await make.doc_article(content=f"![]({long})\n{many}")
    refused = await client.patch(f"{ARTICLES}/{made['id']}", json={"content": "none"})
    assert refused.status_code == httpx.codes.BAD_REQUEST
    assert "more faults" in refused.json()["issues"][-1]["message"]


@pytest.mark.parametrize("language", [None, "de"])
async def test_new_html_is_of_this_version_of_the_cleaner(
    client: httpx.AsyncClient, make: Factory, db: Any, language: str | None
) -> None:
    made = await make.doc_article(content="One")
    body = {"content": "Two"} | ({"language": language} if language else {})
    assert (await client.patch(f"{ARTICLES}/{made['id']}", json=body)).is_success
    table, column = (
        ("doc_article_translations", "article_id") if language else ("doc_articles", "id")
    )
    found = await db.fetchval(
        f"select html_version from {table} where {column} = $1",  # names of ours
        UUID(made["id"]),
    )
    assert found == CLEANER_VERSION
