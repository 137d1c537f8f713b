"""Who writes while old HTML is cleaned is not written over, and keeps no other row from it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.html_upkeep.commands import clean_old_html
from looplane.kit.database import Database
from looplane.kit.html import CLEANER_VERSION, clean
from looplane.kit.html_cleaner import HtmlCleaner
from tests.conftest import SteppedClock
from tests.html_upkeep.conftest import EVIL, FINE, SAFE, Old, look, of_threads
from tests.witness import events_of

THEIRS = "<p>Theirs</p>"


class Meddler:
    """Cleans, and lets somebody change the row before it is written, so many times."""

    def __init__(self, meddle: Callable[[], Awaitable[Any]], times: int = 1) -> None:
        self.meddle, self.times = meddle, times

    async def clean(self, html: str) -> str:
        if self.times:
            self.times -= 1
            await self.meddle()
        return clean(html)

    async def render(self, markdown: str) -> str:
        raise NotImplementedError


@pytest.mark.parametrize("text", [EVIL, FINE])
async def test_a_row_that_changes_meanwhile_is_not_written_over(
    text: str,
    client: httpx.AsyncClient,
    old: Old,
    db: Any,
    database: Database,
    clock: SteppedClock,
) -> None:
    id = await old.thread(text)
    meddler = Meddler(lambda: client.patch(f"/threads/{id}", json={"text": THEIRS}))
    found = await clean_old_html(database, meddler, clock)
    assert (found["threads"].looked_at, found["threads"].changed) == (1, 0)
    message = await old.message(id, text)
    change = "update messages set html = $2 where id = $1"
    meddler = Meddler(lambda: db.execute(change, message, THEIRS))
    found |= {"messages": (await clean_old_html(database, meddler, clock))["messages"]}
    comment = await old.comment(id, text, clock)
    edit = "update comments set content = $2, version = 2 where id = $1"
    meddler = Meddler(lambda: db.execute(edit, comment, THEIRS))
    found |= {"comments": (await clean_old_html(database, meddler, clock))["comments"]}
    assert [(each.looked_at, each.left) for each in of_threads(found)] == [(1, {})] * 3
    after = await look(client, id)
    assert after.thread["text"] == THEIRS
    assert after.messages[str(message)] == after.comments[str(comment)]["content"] == THEIRS


async def test_what_an_older_program_writes_meanwhile_is_cleaned_too(
    client: httpx.AsyncClient, old: Old, db: Any, database: Database, clock: SteppedClock
) -> None:
    id = await old.thread(FINE)
    write = "update threads set text = $2, version = version + 1 where id = $1"
    found = await clean_old_html(
        database, Meddler(lambda: db.execute(write, UUID(id), EVIL)), clock
    )
    assert found["threads"].changed == 1
    assert (await look(client, id)).thread["text"] == SAFE


@pytest.mark.parametrize("text", [EVIL, FINE])
async def test_a_newer_program_is_not_undone(
    text: str, old: Old, db: Any, database: Database, clock: SteppedClock
) -> None:
    id = await old.thread(text)
    message, comment = await old.message(id, text), await old.comment(id, text, clock)
    tables = {"threads": UUID(id), "messages": message, "comments": comment}
    newer = CLEANER_VERSION + 1
    for table, row in tables.items():

        async def mark(table: str = table, row: UUID = row) -> None:
            await db.execute(f"update {table} set html_version = $1 where id = $2", newer, row)

        older = Meddler(mark)
        await clean_old_html(database, older, clock)
        assert older.times == 0
        seen = f"select html_version from {table} where id = $1"
        assert await db.fetchval(seen, row) == newer
        # The next tables are to be old again.
        for other in tables.keys() - {table}:
            again = f"update {other} set html_version = 1 where id = $1 and html_version = $2"
            await db.execute(again, tables[other], CLEANER_VERSION)


async def test_a_row_that_cannot_be_written_keeps_no_other_from_it(
    client: httpx.AsyncClient,
    old: Old,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    held, deleted, good = [await old.thread(EVIL) for _ in range(3)]
    await client.delete(f"/threads/{deleted}")
    async with db.transaction():
        await db.execute("select from threads where id = $1 for update", UUID(held))
        found = (await clean_old_html(database, cleaner, clock))["threads"]
    assert ([key.id for key in found.left], found.looked_at) == ([UUID(held)], 1)
    assert (await look(client, good)).thread["text"] == SAFE
    again = (await clean_old_html(database, cleaner, clock))["threads"]
    assert (again.left, again.changed) == ({}, 1)


async def test_a_row_that_keeps_changing_is_left(
    client: httpx.AsyncClient, old: Old, db: Any, database: Database, clock: SteppedClock
) -> None:
    id = await old.thread(EVIL)
    titles = map(str, range(10))
    meddler = Meddler(lambda: client.patch(f"/threads/{id}", json={"title": next(titles)}), 10)
    found = (await clean_old_html(database, meddler, clock))["threads"]
    assert ([key.id for key in found.left], found.looked_at) == ([UUID(id)], 0)
    assert await db.fetchval("select text from threads where id = $1", UUID(id)) == EVIL


async def test_two_at_once_change_each_once(
    old: Old, db: Any, database: Database, cleaner: HtmlCleaner, clock: SteppedClock
) -> None:
    ids = [await old.thread(EVIL) for _ in range(30)]
    both = await asyncio.gather(*(clean_old_html(database, cleaner, clock) for _ in range(2)))
    assert [each["threads"].left for each in both] == [{}, {}]
    assert sum(each["threads"].changed for each in both) == len(ids)
    told = await events_of(db, *ids)
    assert len([each for each in told if each["cause"] == "clean_html"]) == len(ids)
