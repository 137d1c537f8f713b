"""Old HTML of the help center: of articles, of their translations, and of drafts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from looplane.html_upkeep.commands import Tally, clean_old_html
from looplane.kit.database import Database
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.html_cleaner import HtmlCleaner
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.html_upkeep.conftest import EVIL, FINE, OF_DOCS, SAFE
from tests.html_upkeep.test_meanwhile import Meddler
from tests.witness import events_of, kinds_of

_KEYS = {"doc_articles": "id", "doc_article_translations": "article_id", "doc_drafts": "id"}


async def _age(db: Any, table: str, id: str, html: str) -> None:
    """Leaves a row as a program of before has."""
    await db.execute(
        f"update {table} set html = $2, html_version = 1 where {_KEYS[table]} = $1",  # names of ours
        UUID(id),
        html,
    )


async def _versions(db: Any) -> set[int]:
    tables = " union all ".join(f"select html_version from {each}" for each in OF_DOCS)
    rows = await db.fetch(f"select html_version from ({tables}) x where html_version is not null")
    return {row["html_version"] for row in rows}


def _of_docs(found: Mapping[str, Tally]) -> list[tuple[int, int]]:
    assert [found[name].left for name in OF_DOCS] == [{}] * 3
    return [(found[name].looked_at, found[name].changed) for name in OF_DOCS]


async def _make(client: httpx.AsyncClient, make: Factory) -> tuple[dict[str, Any], dict[str, Any]]:
    """An article with two translations, one of which has no content, and a draft of it."""
    article = await make.doc_article()
    path = f"/docs/articles/{article['id']}"
    await client.patch(path, json={"language": "de", "content": "Deutsch"})
    draft = await make.doc_draft(article_id=article["id"], content="Proposed")
    return (await client.get(path)).json(), draft


async def test_what_is_unsafe_is_cleaned_and_told_of(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    article, draft = await _make(client, make)
    path = f"/docs/articles/{article['id']}"
    await _age(db, "doc_articles", article["id"], EVIL)
    await _age(db, "doc_article_translations", article["id"], EVIL)
    await _age(db, "doc_drafts", draft["id"], EVIL)
    clock.step(timedelta(seconds=1))

    assert _of_docs(await clean_old_html(database, cleaner, clock)) == [(1, 1)] * 3

    after = (await client.get(path)).json()
    changed = {"html": SAFE, "version": 4, "updated_at": after["updated_at"]}
    assert after == {**article, **changed}
    german = (await client.get(path, params={"language": "de"})).json()
    assert (german["html"], german["content"]) == (SAFE, "Deutsch")
    of_draft = (await client.get(f"/docs/drafts/{draft['id']}")).json()
    assert of_draft == {**draft, "html": SAFE, "updated_at": of_draft["updated_at"]}
    assert await _versions(db) == {CLEANER_VERSION}
    told = (await events_of(db, article["id"]))[-2:]
    assert [each["type"] for each in told] == ["doc.updated"] * 2
    assert {each["actor"]["rule"] for each in told} == {"clean_html"}
    assert [each["after"] for each in told] == [{"html": SAFE}, {"language": "de", "html": SAFE}]
    assert (await kinds_of(db, draft["id"]))[-1] == "doc_draft.updated"
    # The text is still the one that the draft is about.
    accepted = await client.post(f"/docs/drafts/{draft['id']}/accept")
    assert accepted.json()["status"] == "accepted"


async def test_what_is_clean_is_marked_and_no_more(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    article, draft = await _make(client, make)
    for table, id in zip(OF_DOCS, (article["id"], article["id"], draft["id"]), strict=True):
        await _age(db, table, id, FINE)
    before = (await client.get(f"/docs/articles/{article['id']}")).json()
    told = await kinds_of(db, article["id"], draft["id"])
    assert _of_docs(await clean_old_html(database, cleaner, clock)) == [(1, 0)] * 3
    assert (await client.get(f"/docs/articles/{article['id']}")).json() == before
    assert await kinds_of(db, article["id"], draft["id"]) == told
    assert await _versions(db) == {CLEANER_VERSION}
    assert _of_docs(await clean_old_html(database, cleaner, clock)) == [(0, 0)] * 3


async def test_who_writes_meanwhile_is_not_written_over(
    client: httpx.AsyncClient, make: Factory, db: Any, database: Database, clock: SteppedClock
) -> None:
    article, draft = await _make(client, make)
    path = f"/docs/articles/{article['id']}"
    for table, language in (("doc_articles", "en"), ("doc_article_translations", "de")):
        await _age(db, table, article["id"], EVIL)
        change = {"language": language, "content": "Theirs"}
        meddler = Meddler(lambda change=change: client.patch(path, json=change))  # type: ignore[misc]
        assert not any(
            changed for _, changed in _of_docs(await clean_old_html(database, meddler, clock))
        )
        shown = (await client.get(path, params={"language": language})).json()
        assert shown["html"] == "<p>Theirs</p>\n"
    await _age(db, "doc_drafts", draft["id"], EVIL)
    meddler = Meddler(lambda: client.post(f"/docs/drafts/{draft['id']}/decline"))
    assert _of_docs(await clean_old_html(database, meddler, clock))[-1] == (1, 1)
    after = (await client.get(f"/docs/drafts/{draft['id']}")).json()
    assert (after["status"], after["html"]) == ("rejected", SAFE)


async def test_what_was_deleted_stays_as_it_is(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    article, _ = await _make(client, make)
    for table in ("doc_articles", "doc_article_translations"):
        await _age(db, table, article["id"], EVIL)
    await client.delete(f"/docs/articles/{article['id']}")
    assert _of_docs(await clean_old_html(database, cleaner, clock)) == [(0, 0)] * 3
