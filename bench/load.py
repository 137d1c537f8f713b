"""A load over keep-alive connections, made of ready bytes, so that it costs little itself."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import uvloop

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(frozen=True)
class Outcome:
    """How a load went; `latencies` in seconds, sorted."""

    rate: float
    latencies: list[float]

    def percentile(self, share: float) -> float:
        """The latency that `share` of the requests stayed within, in milliseconds."""
        return 1000 * self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)]


def request(method: str, target: str, key: str, body: bytes = b"") -> bytes:
    """The bytes of one request."""
    head = f"{method} {target} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def run(make: Callable[[], bytes], port: int, seconds: float, connections: int = 16) -> Outcome:
    """Sends what `make` makes for so many seconds; every answer must be a 200."""
    return uvloop.run(_run(make, port, seconds, connections))


async def _run(make: Callable[[], bytes], port: int, seconds: float, connections: int) -> Outcome:
    loop = asyncio.get_running_loop()
    ends = loop.time() + seconds
    clients = []
    for _ in range(connections):
        _, client = await loop.create_connection(lambda: _Client(make, ends), "127.0.0.1", port)
        clients.append(client)
    started = time.perf_counter()
    latencies = [each for client in clients for each in await client.done]
    took = time.perf_counter() - started
    return Outcome(len(latencies) / took, sorted(latencies))


class _Client(asyncio.Protocol):
    def __init__(self, make: Callable[[], bytes], ends: float) -> None:
        self._make, self._ends = make, ends
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[list[float]] = self._loop.create_future()
        self._latencies: list[float] = []
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("closed"))

    def _send(self) -> None:
        self._sent = self._loop.time()
        self._transport.write(self._make())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(_END)
        if not found:
            return
        at = head.index(_LENGTH) + len(_LENGTH)
        end = head.find(b"\r", at)
        if len(body) < int(head[at : end if end > 0 else None]):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(RuntimeError(self._buffer[:400].decode()))
            self._transport.close()
            return
        self._buffer = b""
        self._latencies.append(self._loop.time() - self._sent)
        if self._loop.time() < self._ends:
            self._send()
        else:
            self.done.set_result(self._latencies)
            self._transport.close()
