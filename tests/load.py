"""Writers that never stop, and the account of what they were told and what is there."""

import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.keys import SCOPES
from looplane.workspaces.commands import create_workspace
from tests.factory import Factory
from tests.processes import PATIENCE, come_about

WRITERS = 6
_PAUSE = 0.02  # seconds after an answer that was none
# What each write to a thread made of its title.
TITLES = """
select array_agg(after ->> 'title') from events
where subject_id = $1 and type = 'thread.updated'"""


@dataclass
class Load:
    """One writer for each thread, each with a value of its own in each write.

    Every other writer sends a write that failed again, with its Idempotency-Key, until it is
    answered; the rest go on to the next one, and do not know what became of it.
    """

    client: httpx.AsyncClient
    threads: list[str]
    count: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, set[int]] = field(default_factory=dict)
    stopping: bool = False

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """The writers write during the block."""
        writers = [asyncio.create_task(self._write(id)) for id in self.threads]
        try:
            yield
        finally:
            self.stopping = True
            await asyncio.gather(*writers)

    async def more(self, writes: int) -> None:
        """Waits until so many more writes are acknowledged."""
        goal = self.count["acknowledged"] + writes
        await come_about(lambda: self.count["acknowledged"] >= goal)

    async def _write(self, id: str) -> None:
        mine = self.acknowledged[id] = set()
        retries = self._retries(id)
        for number in itertools.count(1):
            done = await self._send(id, number)
            while retries and not done:
                done = await self._send(id, number)
            if done:
                mine.add(number)
                self.count["acknowledged"] += 1
            if self.stopping:
                return

    def _retries(self, id: str) -> bool:
        return self.threads.index(id) % 2 == 0

    async def _send(self, id: str, number: int) -> bool:
        key = {"Idempotency-Key": f"{id}/{number}"} if self._retries(id) else {}
        try:
            answer = await self.client.patch(
                f"/threads/{id}", json={"title": str(number)}, headers=key
            )
        except httpx.TransportError as error:
            assert not isinstance(error, httpx.TimeoutException), "a request hung"
            return await self._failed("no answer")
        if answer.status_code in {httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.CONFLICT}:
            assert int(answer.headers["retry-after"]) > 0
            return await self._failed(f"answered {answer.status_code}")
        assert answer.status_code == httpx.codes.OK, answer.text
        assert answer.json()["title"] == str(number)
        self.count["replayed"] += answer.headers.get("idempotent-replayed") == "true"
        return True

    async def _failed(self, how: str) -> bool:
        self.count[how] += 1
        await asyncio.sleep(_PAUSE)
        return False

    async def check(self, con: Any) -> None:
        """Every acknowledged write is in its thread and its events, and nothing is there twice."""
        for id, mine in self.acknowledged.items():
            written = Counter(map(int, await con.fetchval(TITLES, UUID(id))))
            assert mine <= set(written), "an acknowledged write is lost"
            assert set(written.values()) == {1}, "a write was made twice"
            title = (await self.client.get(f"/threads/{id}")).json()["title"]
            assert int(title) == max(written), "a later write was overwritten by an earlier one"
            if self._retries(id):
                assert set(written) == mine
            self.count["stored without an answer"] += len(written) - len(mine)
        sys.stdout.write(f"\n{dict(self.count)}\n")


@asynccontextmanager
async def load_on(url: str, con: Any) -> AsyncIterator[Load]:
    """A load on a workspace of its own."""
    workspace_id = await create_workspace(con, "Load", datetime.now(UTC))
    key = (await Factory.insert_key(con, workspace_id, SCOPES, None))["key"]
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=f"{url}/api/v2", headers=headers, timeout=PATIENCE
    ) as client:
        make = Factory(client, con, workspace_id)
        yield Load(client, [(await make.thread())["id"] for _ in range(WRITERS)])
