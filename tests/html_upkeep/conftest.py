"""Rows as a program of before has left them."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from looplane.html_upkeep.commands import Tally
from looplane.kit.html import CLEANER_VERSION, clean
from looplane.kit.html_cleaner import HtmlCleaner
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import version

EVIL = "<p onclick='x()'>Pay <a href='javascript:x()'>here</a><script>x()</script></p>"
SAFE = clean(EVIL)
FINE = "<p>Fine <b>words</b></p>"
OF_THREADS = ("threads", "messages", "comments")
_OLD = "html_version = 1"
SET_THREAD = f"update threads set text = $2, ai_draft_html = $3, {_OLD} where id = $1"
_MESSAGE = """
insert into messages (workspace_id, id, thread_id, type, direction, text, html, created_at)
values ($1, $2, $3, 'email', 'inbound', 'Words', $4, now())"""
_COMMENT = """
insert into comments (workspace_id, id, thread_id, content, created_at, updated_at)
values ($1, $2, $3, $4, $5, $5)"""

OF_DOCS = ("doc_articles", "doc_article_translations", "doc_drafts")


class Old:
    """Makes rows as a program of before has left them."""

    def __init__(self, make: Factory, db: Any, workspace: Workspace) -> None:
        self.make, self.db, self.workspace = make, db, workspace

    async def thread(self, text: str, draft: str | None = None) -> str:
        thread = await self.make.thread()
        await self.db.execute(SET_THREAD, UUID(thread["id"]), text, draft)
        return str(thread["id"])

    async def message(self, thread: str, html: str) -> UUID:
        id = new_id()
        await self.db.execute(_MESSAGE, self.workspace.id, id, UUID(thread), html)
        return id

    async def comment(self, thread: str, content: str, clock: SteppedClock) -> UUID:
        id = new_id()
        await self.db.execute(_COMMENT, self.workspace.id, id, UUID(thread), content, clock())
        return id


@pytest.fixture
def old(make: Factory, db: Any, workspace: Workspace) -> Old:
    return Old(make, db, workspace)


@pytest.fixture(autouse=True)
async def quiet(db: Any) -> None:
    """Nothing that other tests left is old."""
    for table in (*OF_THREADS, *OF_DOCS, "changelogs", "changelog_translations"):
        await db.execute(f"update {table} set html_version = $1 where {_OLD}", CLEANER_VERSION)


@pytest.fixture
async def cleaner() -> AsyncIterator[HtmlCleaner]:
    made = HtmlCleaner(1)
    yield made
    await made.aclose()


def of_threads(tallies: dict[str, Tally]) -> list[Tally]:
    """What became of threads and of what hangs on them."""
    return [tallies[name] for name in OF_THREADS]


class Expanded(NamedTuple):
    """A thread as the API shows it, the HTML of its messages, and its comments."""

    thread: dict[str, Any]
    messages: dict[str, str]
    comments: dict[str, dict[str, Any]]
    version: int


async def look(client: httpx.AsyncClient, id: str) -> Expanded:
    answer = await client.get(f"/threads/{id}?expand=messages,comments")
    thread = answer.json()
    messages = {each["id"]: each["html"] for each in thread["messages"]}
    comments = {each["id"]: each for each in thread["comments"]}
    return Expanded(thread, messages, comments, version(answer))
