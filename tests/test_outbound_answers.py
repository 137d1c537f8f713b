"""What answers from elsewhere may hold, and for how long they may take."""

import asyncio
import gzip
import io
import socket
import threading
import zlib
from collections.abc import AsyncIterator

import pytest

from looplane.kit.checked_network import resolve
from looplane.kit.outbound import AnswerTooLarge, OutboundRefused
from tests.web_servers import UNREACHABLE, Web, answer, fetch, reaching, refusal, web


@pytest.fixture
async def here() -> AsyncIterator[Web]:
    async with web() as server:
        yield server


async def test_an_answer_has_a_size(here: Web) -> None:
    here.pages["/"] = answer(b"x" * 1000)
    async with reaching(here) as outbound:
        assert len((await fetch(outbound, here.url("/"), 1000))[1]) == 1000
        with pytest.raises(AnswerTooLarge):
            await fetch(outbound, here.url("/"), 999)


async def test_an_answer_without_an_end_is_not_read_to_it(here: Web) -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            writer.write(b"x" * 10_000)
            sent += 10_000
            await writer.drain()

    here.pages["/"] = endless
    async with reaching(here) as outbound:
        with pytest.raises(AnswerTooLarge):
            await fetch(outbound, here.url("/"), 100_000)
    assert sent < 50_000_000


async def test_what_is_packed_has_the_size_of_what_is_in_it(here: Web) -> None:
    words = b"words " * 1000
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    here.pages["/words"] = answer(gzip.compress(words), Content_Encoding="gzip")
    here.pages["/bomb"] = answer(bomb, Content_Encoding="x-gzip")
    here.pages["/short"] = answer(gzip.compress(words)[:-9], Content_Encoding="gzip")
    here.pages["/other"] = answer(b"x", Content_Encoding="br")
    here.pages["/twice"] = answer(b"x", Content_Encoding="gzip, gzip")
    here.pages["/none"] = answer(zlib.compress(words), Content_Encoding="gzip")
    async with reaching(here) as outbound:
        assert (await fetch(outbound, here.url("/words"), 6000))[1] == words
        into = io.BytesIO()
        with pytest.raises(AnswerTooLarge):
            await outbound.download(here.url("/bomb"), into, 1_000_000)
        assert len(into.getvalue()) <= 1_000_000
        for path in ("/short", "/other", "/twice", "/none"):
            assert await refusal(outbound, here.url(path), 10_000) == UNREACHABLE
    assert "accept-encoding: identity" in here.asked[0].lower()


async def test_what_was_packed_in_pieces_is_unpacked_whole(here: Web) -> None:
    words = [b"one " * 50_000, b"two " * 50_000]
    packed = b"".join(map(gzip.compress, words))
    cut = packed.index(gzip.compress(words[1]))

    async def in_parts(writer: asyncio.StreamWriter) -> None:
        head, _, body = answer(packed, Content_Encoding="gzip").partition(b"\r\n\r\n")
        for part in (head + b"\r\n\r\n" + body[:cut], body[cut : cut + 1], body[cut + 1 :]):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.01)

    here.pages["/parts"] = in_parts
    here.pages["/whole"] = answer(packed + bytes(100), Content_Encoding="gzip")
    here.pages["/short"] = answer(packed[:-9], Content_Encoding="gzip")
    async with reaching(here) as outbound:
        for path in ("/parts", "/whole"):
            assert (await fetch(outbound, here.url(path), 400_000))[1] == b"".join(words)
        with pytest.raises(AnswerTooLarge):
            await fetch(outbound, here.url("/whole"), 399_999)
        assert await refusal(outbound, here.url("/short"), 400_000) == UNREACHABLE


@pytest.mark.parametrize(
    "endless",
    [
        pytest.param(gzip.compress(b""), id="members"),
        pytest.param(b"\0", id="after the end"),
        pytest.param(b"\0\0\0\xff\xff", id="empty blocks"),
    ],
)
async def test_what_is_packed_around_nothing_has_a_size_too(here: Web, endless: bytes) -> None:
    async def pages(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        opened = b"\x1f\x8b\x08\0\0\0\0\0\0\3"
        writer.write(opened if endless.endswith(b"\xff") else gzip.compress(b""))
        while True:
            writer.write(endless * 2000)
            await writer.drain()

    here.pages["/"] = pages
    async with reaching(here) as outbound:
        with pytest.raises(AnswerTooLarge):
            await fetch(outbound, here.url("/"), 1000)


async def test_names_that_are_not_answered_hold_up_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()

    def look(*_: object, **__: object) -> None:
        answered.wait(10)
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look)
        waiting = [asyncio.ensure_future(resolve(f"{n}.example", 80)) for n in range(50)]
        await asyncio.sleep(0)
        try:
            assert await asyncio.wait_for(asyncio.to_thread(len, "abc"), 5) == 3
        finally:
            answered.set()
            found = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(each) for each in found} == {OSError}


async def test_an_answer_that_drips_is_given_up(here: Web) -> None:
    ended = asyncio.Event()

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    here.pages["/"] = drip
    async with reaching(here) as outbound:
        with pytest.raises(OutboundRefused, match=UNREACHABLE):
            await outbound.download(here.url("/"), io.BytesIO(), 10**9, seconds=0.3)
        await asyncio.wait_for(ended.wait(), 20)


async def test_what_is_no_http_is_refused(here: Web) -> None:
    here.pages["/"] = b"SSH-2.0-OpenSSH\r\n\r\n"
    here.pages["/cut"] = answer(b"words")[:-2]
    async with reaching(here) as outbound:
        for path in ("/", "/cut"):
            assert await refusal(outbound, here.url(path)) == UNREACHABLE
