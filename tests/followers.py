"""Those who follow what happens, and databases of their own for them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.database import connected as connected_to, open_database
from looplane.kit.ids import new_id
from looplane.kit.migrate import migrate
from looplane.main import create_app
from looplane.tables import MIGRATIONS
from tests.conftest import Workspace, connected, furnish
from tests.databases import empty_database
from tests.unlimited import UNLIMITED

FEED = "/events"
_INSERT = """
insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, actor, created_at,
  data) values ($1, $2, $2, 'tag.updated', $3, $3,
  '{"type": "rule", "key_id": null, "member_id": null, "rule": "test"}', $4, '{}')"""


async def page(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get(FEED, params=params)
    assert answer.is_success, answer.text
    return dict(answer.json())


async def walk(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    """All events from a place on."""
    found: list[dict[str, Any]] = []
    while True:
        got = await page(client, **params)
        found += got["data"]
        params["after"] = got["page"]["cursor"]
        if not got["page"]["has_more"]:
            return found


def kinds(found: list[dict[str, Any]]) -> list[str]:
    return [each["type"] for each in found]


class Follower:
    """Goes on from where it stopped."""

    def __init__(self, client: httpx.AsyncClient, **asked: Any) -> None:
        self.client, self.asked = client, asked
        self.after: str | None = None

    async def go_on(self) -> list[UUID]:
        """The ids of what is new."""
        found: list[UUID] = []
        while True:
            after = {} if self.after is None else {"after": self.after}
            answer = await self.client.get("/events", params={**self.asked, **after})
            assert answer.is_success, answer.text
            self.after = answer.json()["page"]["cursor"]
            found += [UUID(each["id"].removeprefix("evt_")) for each in answer.json()["data"]]
            if not answer.json()["page"]["has_more"]:
                return found


class Place:
    """A database of its own, and a workspace in it."""

    def __init__(self, url: str, stack: AsyncExitStack, con: Any, workspace: Workspace) -> None:
        self.url, self.stack, self.con, self.workspace = url, stack, con, workspace

    async def connect(self) -> Any:
        return await self.stack.enter_async_context(connected_to(self.url))

    async def write(
        self, con: Any, subject: UUID | None = None, workspace_id: UUID | None = None
    ) -> UUID:
        """Writes an event, in the transaction that `con` is in."""
        return await self.insert(con, new_id(), subject or new_id(), workspace_id)

    async def insert(
        self, con: Any, id: UUID, subject: UUID, workspace_id: UUID | None = None
    ) -> UUID:
        at = datetime.now(UTC)
        await con.execute(_INSERT, workspace_id or self.workspace.id, id, subject, at)
        return id

    async def write_at(self, moment: datetime) -> UUID:
        """Writes an event whose id is of a moment."""
        return await self.insert(self.con, id_of(moment), new_id())

    @asynccontextmanager
    async def open(self) -> AsyncIterator[httpx.AsyncClient]:
        """The application, from its start to its end."""
        database = await open_database(self.url, 4)
        app = create_app(database, UNLIMITED)
        async with connected(app, self.workspace.key) as client:
            yield client
        await app.aclose()
        await database.pool.close()


def id_of(moment: datetime) -> UUID:
    """A new id, as if it had been made then."""
    head = int(moment.timestamp() * 1000).to_bytes(6, "big")
    return UUID(bytes=head + new_id().bytes[6:])


@asynccontextmanager
async def own_place(dsn: str) -> AsyncIterator[Place]:
    """A database of its own on the server of `dsn`, and a workspace in it."""
    async with empty_database(dsn) as url, AsyncExitStack() as stack:
        con = await stack.enter_async_context(connected_to(url))
        await migrate(con, MIGRATIONS)
        yield Place(url, stack, con, await furnish(con, "Followed"))
