"""Connections over real sockets: who says nothing, too little, too much, or what is not HTTP."""

import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from looplane.kit import http_protocol, request_middleware
from looplane.kit.connections import ConnectionLimits, raise_file_limit
from looplane.kit.http_protocol import MAX_HEAD
from looplane.kit.request import MAX_BODY
from looplane.kit.request_middleware import RequestMiddleware
from tests.http_servers import Caller, Server, answered, echo, refused, served

QUICK = ConnectionLimits(head=0.3, idle=0.6, linger=0.1, stalled=0.3, most_waiting=20)
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Server]:
    async with served(RequestMiddleware(echo), QUICK) as server:
        yield server


@pytest.fixture
def server(running: Server, caplog: pytest.LogCaptureFixture) -> Iterator[Server]:
    yield running
    running.hang_up()
    assert [
        each.getMessage() for each in caplog.get_records("call") if each.levelname == "ERROR"
    ] == []


async def test_a_connection_that_says_nothing_is_closed(server: Server) -> None:
    silent = await server.call()
    assert await silent.rest() == b""
    blank = await server.call()
    for _ in range(3):
        await blank.send(b"\r\n")
    assert await blank.rest() == b""


@pytest.mark.parametrize("before", [0, 1, 2])
async def test_a_head_that_trickles_is_given_up(before: int) -> None:
    async with served(RequestMiddleware(echo), replace(QUICK, idle=60)) as server:
        caller = await server.call()
        for _ in range(before):
            assert (await caller.get()).status == 200
        trickling = asyncio.create_task(trickle(caller, HEAD))
        refused(await caller.reply(), 408, "request_timeout")
        assert await caller.rest() == b""
        trickling.cancel()


async def trickle(caller: Caller, head: bytes) -> None:
    """Sends `head`, and then one header after the other, as long as it can."""
    await caller.send(head)
    with suppress(ConnectionError):
        while True:
            await caller.send(b"X-More: 1\r\n")
            await asyncio.sleep(0.02)


async def test_a_connection_is_kept_between_requests_and_not_for_ever() -> None:
    limits = replace(QUICK, head=0.1, idle=1.5)
    async with served(RequestMiddleware(echo), limits) as server:
        caller = await server.call()
        assert (await caller.get()).status == 200
        await asyncio.sleep(2 * limits.head)
        assert (await caller.get()).status == 200
        assert await caller.rest() == b""


async def test_an_answer_that_nobody_takes_ends(server: Server) -> None:
    caller = await server.call()
    await caller.send(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.sleep(4 * QUICK.stalled)
    assert len(await caller.rest()) < 30_000_000


async def test_the_rest_of_a_refused_body_has_its_time_too(server: Server) -> None:
    caller = await server.call()
    await caller.send(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx")
    assert (await caller.reply()).json["taken"] == 0
    await caller.send(b"x")
    assert await caller.rest() == b""


async def test_those_who_wait_longest_make_room(server: Server) -> None:
    first = await server.call()
    assert (await first.get()).status == 200
    busy = await server.call()
    await busy.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nxx")
    silent = [await server.call() for _ in range(5 * QUICK.most_waiting)]
    late = await server.call()
    assert (await late.get()).status == 200
    assert await first.rest() == b""
    closed = [each for each in silent if each.is_closed()]
    assert len(closed) >= 4 * QUICK.most_waiting
    assert closed == silent[: len(closed)]
    await busy.send(b"xx")
    assert (await busy.reply()).json["taken"] == 4


NOT_HTTP = {
    "no such method": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no head": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a bad header": b"GET / HTTP/1.1\r\nHost: x\r\nb a d\r\n\r\n",
    "a bad version": b"GET / HTTP/9.1\r\nHost: x\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a length and chunks": HEAD
    + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length of none": HEAD + b"Content-Length: -1\r\n\r\n",
    "a length of letters": HEAD + b"Content-Length: ten\r\n\r\n",
    "a huge length": HEAD + b"Content-Length: " + b"9" * 50 + b"\r\n\r\n",
    "a bad chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "no address": b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "control characters": b"GET /\x00\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("data", NOT_HTTP.values(), ids=NOT_HTTP.keys())
@pytest.mark.parametrize("before", [0, 1])
async def test_what_is_not_http_is_told_as_any_error(
    server: Server, data: bytes, before: int
) -> None:
    caller = await server.call()
    for _ in range(before):
        assert (await caller.get()).status == 200
    await caller.send(data)
    reply = await caller.reply()
    refused(reply, 400, "validation_failed")
    assert "HTTP" in reply.json["issues"][0]["message"]
    assert await caller.rest() == b""


async def test_who_goes_on_after_a_refusal_is_not_listened_to(server: Server) -> None:
    caller = await server.call()
    going_on = asyncio.create_task(trickle(caller, b"\x00"))
    refused(await caller.reply(), 400, "validation_failed")
    assert await caller.rest() == b""
    going_on.cancel()


async def test_another_protocol_is_offered_in_vain(server: Server) -> None:
    offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    caller = await server.call()
    for _ in range(2):
        assert (await caller.get(headers=offer)).status == 200
    await caller.send(f"POST / HTTP/1.1\r\nHost: x\r\n{offer}Content-Length: 2\r\n\r\nxx".encode())
    reply = await caller.reply()
    refused(reply, 400, "validation_failed")
    assert "Upgrade" in reply.json["issues"][0]["message"]


async def test_requests_before_a_broken_one_are_answered(server: Server) -> None:
    caller = await server.call()
    await caller.send(HEAD + b"\r\n" + HEAD + b"\r\n" + b"\x00\x00")
    assert [(await caller.reply()).status for _ in range(2)] == [200, 200]
    assert await caller.rest() == b""


LARGE = {
    "an address": b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n" % (b"x" * MAX_HEAD),
    "one header": HEAD + b"X: %s\r\n\r\n" % (b"x" * MAX_HEAD),
    "many headers": HEAD + b"X-Some: header\r\n" * (MAX_HEAD // 10) + b"\r\n",
    "a header without end": HEAD + b"X: " + b"x" * 1_000_000,
    "an address without end": b"GET /" + b"x" * 1_000_000,
}


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE.keys())
async def test_a_large_head_is_refused(server: Server, data: bytes) -> None:
    caller = await server.call()
    with_pieces = [data[at : at + 10_000] for at in range(0, len(data), 10_000)]
    for piece in with_pieces:
        await caller.send(piece)
        await asyncio.sleep(0)
    refused(await caller.reply(), 431, "head_too_large")
    assert await caller.rest() == b""


async def test_the_end_of_a_body_is_no_part_of_the_next_head(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "MAX_HEAD", 1000)
    caller = await server.call()
    body = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
    await caller.send(body + HEAD)
    for _ in range(2):
        await asyncio.sleep(0.02)
        await caller.send(b"X: 1\r\n")
    await caller.send(b"\r\n")
    assert [(await caller.reply()).status for _ in range(2)] == [200, 200]


async def test_a_head_just_below_the_limit_is_taken(server: Server) -> None:
    caller = await server.call()
    reply = await caller.get(f"/{'x' * 30_000}", f"X: {'y' * 35_000}\r\n")
    assert reply.status == 200
    await caller.send(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"x" * 900_000
    )
    assert (await caller.reply()).json["taken"] == 900_000


async def test_a_slow_body_is_the_callers_matter(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_middleware, "BODY_SECONDS", 0.3)
    caller = await server.call()
    await caller.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
    trickling = asyncio.create_task(trickle_body(caller))
    refused(await caller.reply(), 408, "request_timeout")
    trickling.cancel()


async def trickle_body(caller: Caller) -> None:
    with suppress(ConnectionError):
        while True:
            await caller.send(b"x")
            await asyncio.sleep(0.05)


async def test_a_body_that_keeps_coming_has_more_time(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_middleware, "BODY_SECONDS", 0.3)
    monkeypatch.setattr(request_middleware, "BODY_RATE", 1000)  # a minute for what has come
    caller = await server.call()
    await caller.send(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 60_000
    )
    await asyncio.sleep(0.5)
    await caller.send(b"x" * 40_000)
    assert (await caller.reply()).json["taken"] == 100_000


@pytest.mark.parametrize("size", [MAX_BODY + 1, 3 * MAX_BODY])
async def test_a_body_that_is_too_large_is_refused_and_the_connection_kept(
    server: Server, size: int
) -> None:
    caller = await server.call()
    await caller.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size)
    await caller.send(b"x" * size)
    refused(await caller.reply(), 413, "payload_too_large")
    assert (await caller.get()).status == 200


async def test_who_hangs_up_is_no_failure(server: Server) -> None:
    before = answered(499), answered(500), answered(503)
    caller = await server.call()
    await caller.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nxx")
    await asyncio.sleep(0.05)
    caller.close()
    async with asyncio.timeout(5):
        while answered(499) == before[0]:  # noqa: ASYNC110  # a figure tells nobody
            await asyncio.sleep(0.01)
    assert (answered(499) - before[0], answered(500), answered(503)) == (1, *before[1:])


async def test_the_limit_of_all_connections_makes_room_too() -> None:
    async with served(
        RequestMiddleware(echo), replace(QUICK, most=10, most_waiting=1000, idle=60, head=60)
    ) as server:
        first = await server.call()
        for _ in range(30):
            assert (await (await server.call()).get()).status == 200
        assert await first.rest() == b""


async def test_as_many_files_as_may_be() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        connections = raise_file_limit()
        raised = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert 0 < connections < raised <= hard
        assert raised > 512 or hard <= 512
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_whose_word_on_the_address_counts() -> None:
    told = "X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n"
    for proxies, client in (
        ((), "127.0.0.1"),
        (("10.0.0.0/8",), "127.0.0.1"),
        (("127.0.0.1/32",), "198.51.100.7"),
        (("127.0.0.0/8", "198.51.100.0/24"), "203.0.113.9"),
    ):
        async with served(RequestMiddleware(echo), QUICK, proxies) as server:
            assert (await (await server.call()).get(headers=told)).json["client"] == client
