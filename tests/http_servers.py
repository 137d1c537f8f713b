"""Small servers for what is between the socket and the operations, and callers of them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import h11
from prometheus_client import REGISTRY
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from looplane.kit.connections import ConnectionLimits
from looplane.kit.http_server import serve_http

PATIENCE = 20  # seconds until a test that waits gives up
# What every answer carries, whoever gives it.
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def refused(reply: Reply, status: int, code: str) -> None:
    """Asserts an error as the contract has them, whoever gives it."""
    assert (reply.status, reply.json["code"]) == (status, code)
    assert set(reply.json) <= {"message", "code", "issues"}
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-request-id"].startswith("req_")
    assert ALWAYS.items() <= reply.headers.items()
    assert "default-src 'none'" in reply.headers["content-security-policy"]


class Caller:
    """A connection of somebody who speaks HTTP, or something like it, by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._ahead = b""  # what has come of a later answer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def reply(self, method: str = "GET") -> Reply:
        """The next answer, to a request with `method`."""
        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=1_000_000)
        parser.send(h11.Request(method=method, target="/", headers=[("host", "x")]))
        parser.send(h11.EndOfMessage())
        if self._ahead:
            parser.receive_data(self._ahead)
        body = b""
        while True:
            event = parser.next_event()
            if event is h11.NEED_DATA:
                async with asyncio.timeout(PATIENCE):
                    parser.receive_data(await self._reader.read(100_000))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            else:
                assert isinstance(event, h11.EndOfMessage)
                self._ahead = parser.trailing_data[0]
                headers = {name.decode(): value.decode() for name, value in head.headers}
                return Reply(head.status_code, headers, body)

    async def get(self, path: str = "/", headers: str = "") -> Reply:
        await self.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        return await self.reply()

    async def rest(self) -> bytes:
        """What comes until the other side closes."""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                return await self._reader.read()
        return b""

    def is_closed(self) -> bool:
        """Whether the other side has closed, as far as is known by now."""
        return self._reader.at_eof()

    def close(self) -> None:
        self._writer.close()


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Tells how much came; `/early` does not wait for it, `/long` has much to say."""
    request = Request(scope, receive)
    if request.url.path == "/long":
        await StreamingResponse(b"x" * 1_000_000 for _ in range(30))(scope, receive, send)
        return
    taken = 0 if request.url.path == "/early" else len(await request.body())
    await JSONResponse({"taken": taken, "client": scope["looplane.client"]})(scope, receive, send)


@dataclass
class Server:
    """A server on a port of its own."""

    port: int
    serving: asyncio.Task[None] | None = None
    _callers: list[Caller] = field(default_factory=list)

    async def call(self) -> Caller:
        caller = Caller(*await asyncio.open_connection("127.0.0.1", self.port))
        self._callers.append(caller)
        return caller

    def hang_up(self) -> None:
        """Closes all connections to it."""
        for caller in self._callers:
            caller.close()
        self._callers.clear()


def answered(status: int) -> int:
    """How many answers with `status` the figures count."""
    samples = [sample for metric in REGISTRY.collect() for sample in metric.samples]
    return sum(
        int(each.value)
        for each in samples
        if each.name == "looplane_requests_total" and each.labels["status"] == str(status)
    )


@asynccontextmanager
async def served(
    app: ASGIApp,
    limits: ConnectionLimits | None = None,
    proxies: tuple[str, ...] = (),
    ending: Callable[[], None] = lambda: None,
) -> AsyncIterator[Server]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1000)
        server = Server(listener.getsockname()[1])
        serving = asyncio.create_task(serve_http(app, listener, limits, proxies, ending))
        server.serving = serving
        try:
            yield server
        finally:
            server.hang_up()
            serving.cancel()
            await asyncio.wait([serving])
