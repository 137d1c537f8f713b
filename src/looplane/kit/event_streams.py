"""Server-Sent Events: how they are written, and how an answer goes on until somebody ends it."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from starlette.types import Receive, Send

from looplane.kit.errors import ApiError
from looplane.kit.http_headers import Headers

MEDIA_TYPE = "text/event-stream"
# The schema of one event; before OpenAPI 3.2 the schema of a stream is that of each of them.
OF_EACH = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["id", "event", "data"],
    "additionalProperties": False,
}
# Other signs that end a line elsewhere, such as U+2028, are part of it here.
_LINE_END = re.compile(r"\r\n|\r|\n")
HEADERS: Headers = [
    (b"content-type", MEDIA_TYPE.encode()),
    (b"cache-control", b"no-store"),
    # Proxies of the kind of nginx would collect an answer before they let it through.
    (b"x-accel-buffering", b"no"),
]


def event(id: str, type: str, data: str) -> bytes:
    """An event of a stream."""
    # A line end would end the field, whatever it is in.
    lines = "\ndata: ".join(_LINE_END.split(data))
    return f"id: {id}\nevent: {type}\ndata: {lines}\n\n".encode()


def hint(type: str, data: str) -> bytes:
    """What a reader is told that has no place among the events; `data` is JSON on one line."""
    return f"event: {type}\ndata: {data}\n\n".encode()


def comment(text: str, id: str | None = None) -> bytes:
    """What is no event; with `id` the reader goes on from there when it is cut off."""
    return f": {text}\n{f'id: {id}' + chr(10) if id else ''}\n".encode()


def retry(seconds: float) -> bytes:
    """How long a reader who is cut off waits until it asks again."""
    return f"retry: {round(seconds * 1000)}\n\n".encode()


@asynccontextmanager
async def told_when_gone(receive: Receive, tell: Callable[[], None]) -> AsyncIterator[None]:
    """Calls `tell` as soon as the caller has hung up."""

    async def watch() -> None:
        # What is wrong with a body that nobody asked for ends the answer, too.
        with suppress(ApiError):
            while (await receive())["type"] != "http.disconnect":
                pass
        tell()

    watching = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        watching.cancel()


async def begin(send: Send) -> None:
    """Sends the head of a stream."""
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS]})


async def go_on(send: Send, part: bytes) -> None:
    """Sends what comes next; waits while the reader takes nothing."""
    await send({"type": "http.response.body", "body": part, "more_body": True})


async def finish(send: Send) -> None:
    """Ends a stream."""
    await send({"type": "http.response.body", "body": b""})
