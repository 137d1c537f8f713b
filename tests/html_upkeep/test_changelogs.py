"""The HTML of changelogs and of their translations is gone over like all other."""

from typing import Any
from uuid import UUID

import httpx

from looplane.html_upkeep.commands import Tally, clean_old_html
from looplane.kit.database import Database
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.html_cleaner import HtmlCleaner
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.html_upkeep.conftest import EVIL, FINE, SAFE
from tests.html_upkeep.test_meanwhile import Meddler
from tests.witness import events_of, version

DE = {"language": "de"}
TABLES = ("changelogs", "changelog_translations")


async def _old(client: httpx.AsyncClient, make: Factory, db: Any, html: str) -> str:
    """The path of one with a translation, both as a program of before has left them."""
    changelog = await make.changelog(content="own")
    path = f"/changelogs/{changelog['id']}"
    assert (await client.patch(path, json={**DE, "content": "eigen"})).is_success
    for table, id in zip(TABLES, ("id", "changelog_id"), strict=True):
        old = f"update {table} set html = $2, html_version = 1 where {id} = $1"
        await db.execute(old, UUID(changelog["id"]), html)
    return path


async def _versions(db: Any) -> set[int]:
    looks = [f"select html_version from {table}" for table in TABLES]
    rows = await db.fetch(" union all ".join(looks))
    return {row["html_version"] for row in rows if row["html_version"] is not None}


def _counts(tallies: dict[str, Tally]) -> list[tuple[int, int]]:
    return [(tallies[name].looked_at, tallies[name].changed) for name in TABLES]


async def test_what_is_unsafe_is_cleaned(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    path = await _old(client, make, db, EVIL)
    before = await client.get(path)
    assert _counts(await clean_old_html(database, cleaner, clock)) == [(1, 1), (1, 1)]
    own, shown = await client.get(path), await client.get(path, params=DE)
    assert own.json()["html"] == shown.json()["html"] == SAFE
    assert (own.json()["content"], shown.json()["content"]) == ("own", "eigen")
    assert version(own) == version(before) + 1
    told = (await events_of(db, own.json()["id"]))[-1]
    assert (told["type"], told["cause"], told["data"]) == (
        "changelog.updated",
        "clean_html",
        own.json(),
    )
    assert (told["before"], told["after"]) == ({"html": EVIL}, {"html": SAFE})
    assert await _versions(db) == {CLEANER_VERSION}
    assert _counts(await clean_old_html(database, cleaner, clock)) == [(0, 0), (0, 0)]


async def test_what_is_clean_is_marked_and_no_more(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    path = await _old(client, make, db, FINE)
    before = await client.get(path)
    assert _counts(await clean_old_html(database, cleaner, clock)) == [(1, 0), (1, 0)]
    after = await client.get(path)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert await _versions(db) == {CLEANER_VERSION}


async def test_who_writes_meanwhile_is_not_written_over(
    client: httpx.AsyncClient, make: Factory, db: Any, database: Database, clock: SteppedClock
) -> None:
    path = await _old(client, make, db, EVIL)
    meddler = Meddler(lambda: client.patch(path, json={"content": "theirs"}))
    await clean_old_html(database, meddler, clock)
    assert (await client.get(path)).json()["html"] == "<p>theirs</p>\n"
    path = await _old(client, make, db, FINE)
    await db.execute("update changelogs set html_version = $1", CLEANER_VERSION)
    meddler = Meddler(lambda: client.patch(path, json={**DE, "content": "ihres"}))
    await clean_old_html(database, meddler, clock)
    assert (await client.get(path, params=DE)).json()["html"] == "<p>ihres</p>\n"
