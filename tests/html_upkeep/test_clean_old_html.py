"""What an older version of the cleaner has cleaned is cleaned anew, and nothing gets lost by it."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.html_upkeep.commands import RowKey, clean_old_html
from looplane.kit.database import Database
from looplane.kit.html import CLEANER_VERSION, clean
from looplane.kit.html_cleaner import HtmlCleaner
from tests.conftest import SteppedClock, Workspace
from tests.html_upkeep.conftest import EVIL, FINE, SAFE, SET_THREAD, Old, look, of_threads
from tests.witness import events_of, everything

TANGLED = f"{'<dd><li>' * 100_000}1 &lt; 2 <b onclick=x()>bold</b>ly &lt;i&gt;<p>more"
WORDS = "<pre>1 &lt; 2 boldly &lt;i&gt;\nmore</pre>"


async def test_what_is_unsafe_is_cleaned_and_told_of(
    client: httpx.AsyncClient,
    old: Old,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    id = await old.thread(FINE)
    draft = {"ai_draft_html": FINE, "ai_draft_sources": [{"type": "article", "title": "A"}]}
    assert (await client.patch(f"/threads/{id}", json=draft)).is_success
    await db.execute(SET_THREAD, UUID(id), EVIL, EVIL)
    message = await old.message(id, EVIL)
    comment = await old.comment(id, EVIL, clock)
    before = await look(client, id)
    clock.step(timedelta(hours=-1))  # a clock that is behind takes no time back

    found = await clean_old_html(database, cleaner, clock)

    assert [(each.looked_at, each.changed) for each in of_threads(found)] == [(1, 1)] * 3
    assert [(each.replaced, each.left) for each in of_threads(found)] == [([], {})] * 3
    after = await look(client, id)
    assert (after.thread["text"], after.thread["ai_draft_html"]) == (SAFE, SAFE)
    assert set(after.messages.values()) == {SAFE}
    assert str(message) in after.messages
    assert after.version == before.version + 1
    same = ("ai_draft_sources", "ai_draft_generated_at", "status", "contact", "is_read")
    assert [after.thread[name] for name in same] == [before.thread[name] for name in same]
    assert after.thread["updated_at"] > before.thread["updated_at"]
    was, became = (each.comments[str(comment)] for each in (before, after))
    assert (became["content"], became["updated_at"] > was["updated_at"]) == (SAFE, True)
    assert await db.fetchval("select version from comments where id = $1", comment) == 2
    told = (await events_of(db, id))[-1]
    assert (told["type"], told["cause"]) == ("thread.updated", "clean_html")
    assert (told["actor"]["type"], told["actor"]["rule"]) == ("rule", "clean_html")
    assert told["before"] == {"text": EVIL, "ai_draft_html": EVIL}
    assert told["after"] == {"text": SAFE, "ai_draft_html": SAFE}
    assert (told["version"], told["data"]["text"]) == (after.version, SAFE)


async def test_what_is_clean_is_marked_and_no_more(
    old: Old,
    db: Any,
    workspace: Workspace,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    id = await old.thread(FINE, FINE)
    await old.message(id, FINE)
    await old.message(id, "")
    await old.comment(id, FINE, clock)
    before = await rows(db, workspace)
    found = await clean_old_html(database, cleaner, clock)
    assert [(each.looked_at, each.changed) for each in of_threads(found)] == [
        (1, 0),
        (2, 0),
        (1, 0),
    ]
    marked = {"html_version": CLEANER_VERSION}
    expected = [each | marked if each.keys() & marked.keys() else each for each in before]
    assert sorted(map(str, await rows(db, workspace))) == sorted(map(str, expected))
    again = await clean_old_html(database, cleaner, clock)
    assert [each.looked_at for each in of_threads(again)] == [0, 0, 0]


async def rows(db: Any, workspace: Workspace) -> list[dict[str, Any]]:
    return [json.loads(each.partition(" ")[2]) for each in await everything(db, workspace.id)]


async def test_what_cannot_be_cleaned_keeps_its_words_and_is_named(
    client: httpx.AsyncClient,
    old: Old,
    workspace: Workspace,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
) -> None:
    id = await old.thread(TANGLED, "<script>x()</script>")
    message = await old.message(id, TANGLED)
    nothing = await old.thread("<script>x()</script>")
    comment = await old.comment(nothing, "<style>x</style>", clock)
    found = await clean_old_html(database, cleaner, clock)
    ours = workspace.id
    assert found["threads"].replaced == [RowKey(ours, UUID(id)), RowKey(ours, UUID(nothing))]
    assert found["messages"].replaced == [RowKey(ours, message)]
    assert found["comments"].replaced == [RowKey(ours, comment)]
    after, empty = await look(client, id), await look(client, nothing)
    assert (after.thread["text"], after.thread["ai_draft_html"]) == (WORDS, None)
    assert set(after.messages.values()) == {WORDS}
    assert clean(WORDS) == WORDS
    assert empty.thread["text"] == empty.comments[str(comment)]["content"] == "<p></p>"
    assert (await events_of(db, id))[-1]["before"]["text"] == TANGLED


async def test_every_row_of_many_is_reached(
    old: Old,
    db: Any,
    database: Database,
    cleaner: HtmlCleaner,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("looplane.html_upkeep.commands._BATCH", 2)
    id = await old.thread(FINE)
    messages = [await old.message(id, EVIL) for _ in range(9)]
    new = "update messages set html_version = $1 where id = any ($2)"
    await db.execute(new, CLEANER_VERSION, messages[2:6])
    assert (await clean_old_html(database, cleaner, clock))["messages"].changed == 5
