"""A team at work: threads change, customers are answered, and what does not go is tried again."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.processes import PATIENCE

THREADS = 12
CHANNELS = ("webhook", "email", "slack")
_PAUSE = 1.0  # seconds between two writes of one writer
_AGAIN = 0.05  # … and until one that was not answered is sent again
_TOLD = 5  # of so many changes one is told to the team
_ABSENT = {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.CONFLICT}


@dataclass
class Traffic:
    """Two writers for each thread: one gives it titles, the other one answers its customer.

    Every other thread's send again what was not answered, until it is; the rest go on, and do not
    know what became of it.
    """

    client: httpx.AsyncClient
    threads: list[str]
    count: Counter[str] = field(default_factory=Counter)
    titles: set[tuple[str, int]] = field(default_factory=set)
    messages: set[tuple[str, int]] = field(default_factory=set)
    stopping: bool = False

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Writers write during the block, and somebody mends what fails."""
        writers = [write(id) for id in self.threads for write in (self._retitle, self._answer)]
        tasks = [asyncio.create_task(each) for each in (*writers, self._mend())]
        try:
            yield
        finally:
            self.stopping = True
            await asyncio.gather(*tasks)

    async def _retitle(self, id: str) -> None:
        for number in itertools.count(1):
            body: dict[str, Any] = {"title": str(number)}
            if number % _TOLD == 0:
                body["notify"] = {"slack": True}
            if await self._write("PATCH", f"/threads/{id}", id, number, body):
                self.titles.add((id, number))
            if self.stopping:
                return

    async def _answer(self, id: str) -> None:
        for number in itertools.count(1):
            body = {"content": f"<p>{said(id, number)}</p>"}
            if await self._write("POST", f"/threads/{id}/messages", id, number, body):
                self.messages.add((id, number))
            if self.stopping:
                return

    async def _write(self, method: str, path: str, id: str, number: int, body: Any) -> bool:
        retries = self.threads.index(id) % 2 == 0
        headers = {"Idempotency-Key": f"{method}/{id}/{number}"} if retries else {}
        done = await self._send(method, path, json=body, headers=headers)
        while retries and not done:
            await asyncio.sleep(_AGAIN)
            done = await self._send(method, path, json=body, headers=headers)
        await asyncio.sleep(_PAUSE)
        return done

    async def _send(self, method: str, path: str, **sent: Any) -> bool:
        try:
            answer = await self.client.request(method, path, **sent)
        except httpx.TransportError as error:
            assert not isinstance(error, httpx.TimeoutException), "a request hung"
            self.count["without an answer"] += 1
            return False
        if answer.status_code in _ABSENT:
            self.count["answered 503 or 409"] += 1
            return False
        assert answer.status_code == httpx.codes.OK, answer.text
        self.count["acknowledged"] += 1
        return True

    async def _mend(self) -> None:
        while not self.stopping:
            await self.mend()
            await asyncio.sleep(1)

    async def mend(self) -> None:
        """What waits is tried again now, as an admin does it who knows that a target is well."""
        try:
            queues = await self.client.get("/deliveries/queues", params={"status": "failing"})
            for each in queues.json().get("data", []):
                named = {"channel": each["channel"], "queue": each["queue"]}
                await self.client.post("/deliveries/queues/resume", json=named)
            for channel, state in itertools.product(CHANNELS, ("queued", "dead")):
                chosen = {"channel": channel, "state": state}
                await self.client.post("/deliveries/retry", json={"filter": chosen})
        except (httpx.TransportError, ValueError):
            self.count["mending that failed"] += 1


def said(id: str, number: int) -> str:
    """The words of an answer, which no other one has."""
    return f"answer {id}/{number} ends"


def traffic_client(url: str, key: str) -> httpx.AsyncClient:
    """Sends requests with a key."""
    headers = {"Authorization": f"Bearer {key}"}
    limits = httpx.Limits(max_connections=2 * THREADS + 4)
    return httpx.AsyncClient(
        base_url=f"{url}/api/v2", headers=headers, timeout=PATIENCE, limits=limits
    )
