"""Compresses answers for callers who take that: Brotli or gzip, by what they prefer.

The levels are the fast ones: a thread of 2 KB costs 15 to 20 µs, a page of 2.7 MB some 5 ms, and
the slow ones would spare few bytes more. What Starlette and others have for this compresses also
for `gzip;q=0`, and leaves a strong ETag on bytes that are other bytes.
"""

import asyncio
import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus

import brotli
from starlette.types import Message, Send

from looplane.kit.http_headers import Headers

MIN_SIZE = 1024  # bytes; less is not worth it
_IN_THREAD = 128 * 1024  # bytes; more would hold up everybody else
_BROTLI_QUALITY = 2
_GZIP_LEVEL = 1
_TYPES = re.compile(
    rb"(?i)\s*(text/(?!event-stream)[\w.+-]+|application/(json|javascript|xml|[\w.-]+\+(json|xml))"
    rb"|image/svg\+xml)\s*(;|$)"
)
_CODING = re.compile(
    r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII
)
_OURS = ("br", "gzip")  # the better one first


@lru_cache(maxsize=256)
def choose_encoding(accepted: bytes) -> str | None:
    """The one of ours that an Accept-Encoding header likes best; None for none of them."""
    weights: dict[str, float] = {}
    for part in accepted.decode("latin-1").lower().split(","):
        if found := _CODING.fullmatch(part):
            weights[found[1].removeprefix("x-")] = float(found[2] or 1)
    liked = {each: weights.get(each, weights.get("*", 0.0)) for each in _OURS}
    best = max(_OURS, key=lambda each: liked[each])
    return best if liked[best] > 0 and liked[best] >= weights.get("identity", 0.0) else None


class _Gzip:
    """A stream of gzip."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(_GZIP_LEVEL, wbits=16 + zlib.MAX_WBITS)

    def compress(self, chunk: bytes, *, last: bool) -> bytes:
        end = zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH
        return self._stream.compress(chunk) + self._stream.flush(end)


class _Brotli:
    """A stream of Brotli."""

    def __init__(self) -> None:
        self._stream = brotli.Compressor(quality=_BROTLI_QUALITY)

    def compress(self, chunk: bytes, *, last: bool) -> bytes:
        end = self._stream.finish if last else self._stream.flush
        return bytes(self._stream.process(chunk) + end())


_STREAMS: dict[str, Callable[[], _Gzip | _Brotli]] = {"br": _Brotli, "gzip": _Gzip}


class CompressedSend:
    """Sends an answer on through `send`, compressed with `encoding` where that is worth it."""

    def __init__(self, send: Send, encoding: str, *, head_only: bool) -> None:
        self._send, self._encoding, self._head_only = send, encoding, head_only
        self._start: Message | None = None
        self._stream: _Gzip | _Brotli | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not _is_worth_it(message):
                await self._send(message)
            elif self._head_only:
                # How long it would be is known only once it is compressed.
                await self._send(_encoded(message, self._encoding, None))
            else:
                self._start, self._stream = message, _STREAMS[self._encoding]()
        elif self._stream is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            await self._send_body(self._stream, message)

    async def _send_body(self, stream: _Gzip | _Brotli, message: Message) -> None:
        body, last = message.get("body", b""), not message.get("more_body", False)
        if len(body) > _IN_THREAD:
            packed = await asyncio.to_thread(stream.compress, body, last=last)
        else:
            packed = stream.compress(body, last=last)
        if (start := self._start) is not None:
            self._start = None
            await self._send(_encoded(start, self._encoding, len(packed) if last else None))
        await self._send({**message, "body": packed})


def _is_worth_it(start: Message) -> bool:
    """Whether an answer that starts so is text, whole, long, and not compressed yet."""
    headers = dict(start["headers"])
    if start["status"] == HTTPStatus.PARTIAL_CONTENT or b"content-encoding" in headers:
        return False
    if int(headers.get(b"content-length", MIN_SIZE)) < MIN_SIZE:
        return False
    return _TYPES.match(headers.get(b"content-type", b"")) is not None


def _encoded(start: Message, encoding: str, length: int | None) -> Message:
    """The start of the compressed answer. Its ETag is weak: the same thing, in other bytes."""
    headers: Headers = [(b"content-encoding", encoding.encode())]
    for name, value in start["headers"]:
        if name == b"etag" and not value.startswith(b"W/"):
            headers.append((name, b"W/" + value))
        elif name != b"content-length":
            headers.append((name, value))
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    return {**start, "headers": headers}
