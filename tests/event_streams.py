"""Somebody who follows events over a socket, as a browser would, and may be cut off anywhere."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

import h11
import httpx

from looplane.event_feed.tail.commands import Tail
from looplane.kit.callers import COOKIE
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.ids import new_id
from looplane.main import API_ROOT, Application, create_app
from tests.conftest import SteppedClock, connected
from tests.http_servers import PATIENCE, Server, served
from tests.processes import come_about
from tests.unlimited import UNLIMITED

_LISTENING = "select pid from pg_stat_activity where query like 'LISTEN%' and state = 'idle'"
ENDLESS = replace(UNLIMITED, stream_seconds=3600)


@dataclass(frozen=True)
class Told:
    """An event as it came."""

    id: str
    type: str
    data: Any


class Listener:
    """One connection to a stream, from which events are taken one by one.

    Who listens has a key, or the secret of a session.
    `last_id` is what it would send when it is cut off, and `comments` are those that came.
    """

    def __init__(self, port: int, key: str, last_id: str | None = None, **query: str) -> None:
        self.last_id, self.comments = last_id, list[str]()
        self.status, self.headers, self.body = 0, dict[str, str](), b""
        self._port, self._key, self._query = port, key, query
        self._parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=10_000_000)
        self._ready: list[Told] = []
        self._text = ""

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        is_session = self._key.startswith("lls_")
        caller = ("cookie", f"{COOKIE}={self._key}") if is_session else None
        headers = [("host", "x"), caller or ("authorization", f"Bearer {self._key}")]
        headers += [("last-event-id", self.last_id)] if self.last_id else []
        headers += [("accept-encoding", "br, gzip")]
        target = f"{API_ROOT}/events/stream?{httpx.QueryParams(self._query)}"
        head = h11.Request(method="GET", target=target, headers=headers)
        self._writer.write(self._parser.send(head) or b"")
        self._writer.write(self._parser.send(h11.EndOfMessage()) or b"")
        response = await self._next()
        assert isinstance(response, h11.Response)
        self.status = response.status_code
        self.headers = {name.decode(): value.decode() for name, value in response.headers}
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()

    def cut(self) -> None:
        """Hangs up without a word."""
        self._writer.transport.abort()

    async def event(self) -> Told:
        """The next event. Raises EOFError where the stream ends."""
        # What else comes meanwhile does not count.
        async with asyncio.timeout(PATIENCE):
            while not self._ready:
                await self._take()
        return self._ready.pop(0)

    async def events(self, count: int) -> list[Told]:
        return [await self.event() for _ in range(count)]

    async def comment(self) -> str:
        """The next comment, whatever events come before it."""
        seen = len(self.comments)
        while len(self.comments) == seen:
            await self._take()
        return self.comments[-1]

    async def rest(self) -> bytes:
        """Whatever comes until the other side ends."""
        with suppress(EOFError, ConnectionError):
            while True:
                await self._take()
        return self.body

    async def _take(self) -> None:
        event = await self._next()
        if isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            raise EOFError  # noqa: TRY004  # as readers say it
        self.body += bytes(event.data)
        if self.headers["content-type"] == "text/event-stream":
            self._text += bytes(event.data).decode()
            *blocks, self._text = self._text.split("\n\n")
            for block in blocks:
                self._read(block)

    def _read(self, block: str) -> None:
        fields = dict[str, str]()
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        self.last_id = fields.get("id", self.last_id)
        if "" in fields:
            self.comments.append(fields[""])
        if "data" in fields:
            data = json.loads(fields["data"])
            self._ready.append(Told(fields.get("id", ""), fields["event"], data))

    async def _next(self) -> Any:
        while (event := self._parser.next_event()) is h11.NEED_DATA:
            async with asyncio.timeout(PATIENCE):
                self._parser.receive_data(await self._reader.read(100_000))
        return event


class Place:
    """The application on a port, and clients who write through it."""

    def __init__(self, app: Application, server: Server) -> None:
        self.app, self.server = app, server

    def listen(self, key: str, last_id: str | None = None, **query: str) -> Listener:
        return Listener(self.server.port, key, last_id, **query)

    def client(self, key: str) -> httpx.AsyncClient:
        return connected(self.app, key)

    @property
    def tail(self) -> Tail:
        tail: Tail = self.app._api.state.tail  # noqa: SLF001
        return tail


async def no_look_is_due(tail: Tail, workspace_id: UUID) -> None:
    """Waits until no look at a followed workspace is on its way or asked for.

    One that is would find what is written next, before anybody begins to watch it.
    """

    def is_at_rest() -> bool:
        feed = tail._feeds[workspace_id]  # noqa: SLF001
        is_looking = tail._looks._value < 2  # noqa: SLF001
        return feed.ring is not None and not feed.hinted.is_set() and not is_looking

    await come_about(is_at_rest)


async def listeners(database: Database) -> list[int]:
    """The servers by which somebody hears what other processes tell, and has told nothing since."""
    async with database.pool.acquire() as con:
        return [row["pid"] for row in await con.fetch(_LISTENING)]


@asynccontextmanager
async def hosted(
    database: Database, clock: SteppedClock, settings: Settings = ENDLESS
) -> AsyncIterator[Place]:
    """The application as a server has it."""
    app = create_app(database, settings, clock)
    keeping = asyncio.create_task(app.keep())
    async with served(app, ending=app.end_streams) as server:
        yield Place(app, server)
    keeping.cancel()
    await asyncio.wait([keeping])
    await app.aclose()


async def make_tag_group(client: httpx.AsyncClient, name: str = "x") -> str:
    """Something that happens: a new group of tags, by its id."""
    answer = await client.post(
        "/tags/groups", json={"name": f"{name} {new_id()}", "color": "#123456"}
    )
    assert answer.is_success, answer.text
    return str(answer.json()["id"])
