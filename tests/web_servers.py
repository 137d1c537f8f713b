"""A small web server, for what is fetched from elsewhere."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from looplane.kit.outbound import Outbound, OutboundRefused, Reply

UNREACHABLE = "The address cannot be reached."
Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes = b"", status: int = 200, **headers: str) -> bytes:
    """An answer as it travels; `_` in the name of a header stands for `-`."""
    lines = [f"HTTP/1.1 {status} Any", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Web:
    """What answers at each path, and the heads of the requests that came."""

    port: int = 0
    pages: dict[str, bytes | Answering] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [each.split(" ")[1] for each in self.asked]

    def url(self, path: str, host: str = "web.example") -> str:
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head)
            page = self.pages.get(head.split(" ")[1].partition("?")[0], answer(status=404))
            if isinstance(page, bytes):
                writer.write(page)
                await writer.drain()
            else:
                await page(writer)
        writer.close()


@asynccontextmanager
async def web() -> AsyncIterator[Web]:
    """A server at 127.0.0.1."""
    here = Web()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()


@asynccontextmanager
async def reaching(server: Web, *more: str) -> AsyncIterator[Outbound]:
    """Lets the server and some other names through."""

    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    names = {"web.example", *more}
    outbound = Outbound([(each, server.port) for each in names], resolve)
    yield outbound
    await outbound.aclose()


async def fetch(outbound: Outbound, url: str, most: int = 1000) -> tuple[Reply, bytes]:
    into = io.BytesIO()
    return await outbound.download(url, into, most), into.getvalue()


async def refusal(outbound: Outbound, url: str, most: int = 1000) -> str:
    with pytest.raises(OutboundRefused) as error:
        await fetch(outbound, url, most)
    return str(error.value)
