"""A small server that answers as Slack's Web API does."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

OK = {"ok": True, "ts": "1764.0001", "team": "Firm", "user": "looplane"}


@dataclass
class Slack:
    """What was called, and what is answered: an answer for each method, by default all is well."""

    address: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)

    def says(self, error: str, status: int = 200, *headers: str, method: str = "") -> None:
        """From now on this is what is wrong."""
        body = json.dumps({"ok": False, "error": error}).encode()
        self.answers[method or "chat.postMessage"] = reply(body, status, *headers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"(?i)content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            method = head.split(" ")[1].rpartition("/")[2]
            self.calls.append((method, json.loads(body or b"{}")))
            self.tokens += re.findall(r"(?i)authorization: bearer (\S+)", head)
            writer.write(self.answers.get(method, reply(json.dumps(OK).encode())))
            await writer.drain()
        writer.close()


def reply(
    body: bytes, status: int = 200, *headers: str, content_type: str = "application/json"
) -> bytes:
    lines = [f"HTTP/1.1 {status} Any", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"Content-Type: {content_type}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def page(html: str, status: int = 200) -> bytes:
    """What a proxy says in place of Slack."""
    return reply(html.encode(), status, content_type="text/html; charset=utf-8")


@asynccontextmanager
async def slack_server() -> AsyncIterator[Slack]:
    """A server at 127.0.0.1."""
    here = Slack()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api"
    try:
        yield here
    finally:
        server.close()
