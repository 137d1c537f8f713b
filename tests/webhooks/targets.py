"""Targets of webhooks: real servers that take, fail, hang, redirect and hang up."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from looplane.kit.outbound import Outbound
from tests.web_servers import answer

OK = answer(b"thanks")
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: httpx.Headers
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


def _same(_: Received) -> bytes:
    return OK


@dataclass
class Target:
    """Answers each request with the next of `answers`, and then by `always`."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: list[bytes | Answering] = field(default_factory=list)
    always: Callable[[Received], bytes | Answering] = _same

    def url(self, path: str = "/hook", host: str = "receiver.example") -> str:
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = httpx.Headers(
                [(name, text) for name, _, text in (each.partition(": ") for each in lines)]
            )
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            request = Received(first.split(" ")[1], headers, body)
            self.received.append(request)
            reply = self.answers.pop(0) if self.answers else self.always(request)
            if isinstance(reply, bytes):
                writer.write(reply)
                await writer.drain()
            else:
                await reply(reader, writer)
        writer.close()


@asynccontextmanager
async def target() -> AsyncIterator[Target]:
    """A server at 127.0.0.1."""
    here = Target()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()


@asynccontextmanager
async def letting_through(*targets: Target) -> AsyncIterator[Outbound]:
    """Reaches these servers, all of them as receiver.example."""

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    outbound = Outbound([("receiver.example", each.port) for each in targets], resolve, None)
    yield outbound
    await outbound.aclose()


async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Answers nothing until the other side gives up."""
    await reader.read()


async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers well, and never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b"1\r\nx\r\n")
        with suppress(ConnectionError):
            await writer.drain()
        await asyncio.sleep(0.02)


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hangs up in the middle of an answer."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
    await writer.drain()


async def hang_up_at_once(*_: object) -> None:
    """Hangs up without an answer."""


async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers with more than anyone reads."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
    with suppress(ConnectionError):
        for _number in range(1000):
            writer.write(b"\xf0\x9f\x98\x80\x00" + b"y" * 9_995)
            await writer.drain()
