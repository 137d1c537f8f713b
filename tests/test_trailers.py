"""What stands after a body in chunks: it is nobody's header, and does not go on for ever."""

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from looplane.kit.http_protocol import MAX_HEAD
from looplane.kit.request_middleware import RequestMiddleware
from tests.http_servers import echo, refused, served

CHUNKS = b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"


async def headers(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers the names of the headers, once the body is there."""
    request = Request(scope, receive)
    await request.body()
    await JSONResponse(sorted(request.headers))(scope, receive, send)


async def test_a_trailer_is_no_header() -> None:
    async with served(RequestMiddleware(headers)) as server:
        caller = await server.call()
        trailer = b"\r\n2\r\n{}\r\n0\r\nAuthorization: Bearer k\r\n\r\n"
        await caller.send(b"POST /" + CHUNKS + trailer)
        assert (await caller.reply()).json == ["host", "transfer-encoding"]
        assert (await caller.get()).json == ["host"]


async def test_a_trailer_says_nothing_of_the_address() -> None:
    async with served(RequestMiddleware(echo), proxies=("127.0.0.1",)) as server:
        caller = await server.call()
        said = b"X-Forwarded-For: 203.0.113.1\r\n\r\n0\r\n"
        await caller.send(b"POST /" + CHUNKS + said + b"X-Forwarded-For: 198.51.100.9\r\n\r\n")
        assert (await caller.reply()).json["client"] == "203.0.113.1"


@pytest.mark.parametrize(
    "endless",
    [
        b"0\r\n" + b"X-More: 1\r\n" * 30_000,
        b"0\r\nX-More: " + b"x" * 300_000,
        b"2;" + b"x" * 300_000,
    ],
    ids=["trailers", "a trailer", "an extension"],
)
@pytest.mark.parametrize("path", [b"/", b"/early"])
async def test_what_is_no_body_ends(path: bytes, endless: bytes) -> None:
    async with served(RequestMiddleware(echo)) as server:
        caller = await server.call()
        await caller.send(b"POST " + path + CHUNKS + b"\r\n")
        if path == b"/early":
            assert (await caller.reply()).status == 200
        await caller.send(endless)
        if path == b"/":
            refused(await caller.reply(), 431, "head_too_large")
        assert await caller.rest() == b""


async def test_trailers_below_the_limit_are_taken() -> None:
    async with served(RequestMiddleware(echo)) as server:
        caller = await server.call()
        for _ in range(3):
            await caller.send(b"POST /" + CHUNKS + b"\r\n2\r\n{}\r\n0\r\n")
            await caller.send(b"X-More: " + b"x" * (MAX_HEAD // 2) + b"\r\n\r\n")
            assert (await caller.reply()).json["taken"] == 2
