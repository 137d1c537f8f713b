"""A local server that webhooks are sent to, in a thread of its own; it takes whatever comes."""

import asyncio
import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import uvloop

_TAKEN = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_TITLE = re.compile(rb'"title" ?: ?"(Title [^"]*)"')
_ID = re.compile(rb"\r\nwebhook-id: (\S+)", re.IGNORECASE)
_PATH = re.compile(rb"^POST (\S+)")


@dataclass
class Receiver:
    """What came, and when, by `time.perf_counter`: of each event at each path the first time."""

    port: int = 0
    at: list[float] = field(default_factory=list)
    titles: list[tuple[str, float]] = field(default_factory=list)
    twice: int = 0
    _known: set[tuple[bytes, bytes]] = field(default_factory=set)

    def clear(self) -> None:
        """Forgets what came."""
        self.at, self.titles, self.twice, self._known = [], [], 0, set()

    def note(self, head: bytes, body: bytes) -> None:
        """Notes one request."""
        now, name = time.perf_counter(), (_of(_PATH, head), _of(_ID, head))
        if name in self._known:
            self.twice += 1
            return
        self._known.add(name)
        self.at.append(now)
        if title := _of(_TITLE, body):
            self.titles.append((title.decode(), now))

    def wait_for(self, count: int, seconds: float = 300) -> list[float]:
        """When each of the first so many came. Raises TimeoutError."""
        ends = time.perf_counter() + seconds
        while len(self.at) < count:
            if time.perf_counter() > ends:
                msg = f"{len(self.at):,} of {count:,} came"
                raise TimeoutError(msg)
            time.sleep(0.01)
        return self.at[:count]


def _of(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = pattern.search(text)
    return found.group(1) if found else b""


class _Taking(asyncio.Protocol):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver, self._buffer = receiver, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if found and len(body) >= int(_of(_LENGTH, head) or 0):
            self._receiver.note(head, body)
            self._transport.write(_TAKEN)  # type: ignore[attr-defined]
            self._transport.close()


@contextlib.contextmanager
def receiver() -> Iterator[Receiver]:
    """A server at a port of its own of 127.0.0.1, until the end."""
    here, loop, ready = Receiver(), uvloop.new_event_loop(), threading.Event()

    async def serve() -> None:
        listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        here.port = listening.getsockname()[1]
        await loop.create_server(lambda: _Taking(here), sock=listening, backlog=1024)
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield here
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
