"""A thread with something in every field, and what is looked at after its changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.test_scores import WRONG


def _without_traces(value: Any) -> Any:
    """`value` without the moments of changes, however deep inside."""
    if isinstance(value, list):
        return [_without_traces(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_traces(each) for name, each in value.items() if name != "updated_at"}
    return value


async def look(client: httpx.AsyncClient, path: str) -> Any:
    """A thread as it is shown, with all that it shows of others."""
    answer = await client.get(path, params={"expand": "messages,comments"})
    assert answer.status_code == httpx.codes.OK, answer.text
    return _without_traces(answer.json())


@dataclass(frozen=True)
class Scene:
    """A thread at `path`, and what else there is in its workspace: two of each, by kind."""

    client: httpx.AsyncClient
    path: str
    ids: dict[str, list[str]]
    clock: SteppedClock

    @property
    def thread_id(self) -> str:
        """The id of the thread."""
        return self.path.rpartition("/")[2]

    async def patch(self, body: dict[str, Any]) -> httpx.Response:
        """The answer to a change that works; some time passes before."""
        self.clock.step(timedelta(seconds=1))
        answer = await self.client.patch(self.path, json=body)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer

    async def look(self) -> Any:
        """The thread as it is shown."""
        return await look(self.client, self.path)

    def in_days(self, days: int) -> str:
        """A moment to snooze until."""
        return iso(self.clock() + timedelta(days=days))


async def scene(make: Factory, workspace: Workspace, clock: SteppedClock) -> Scene:
    """A thread, and two of each thing that it can name."""
    group = (await make.tag_group())["id"]
    ids = {
        "tag": [(await make.tag(tag_group_id=group))["id"] for _ in range(3)],
        "member": [str(workspace.member_id), await make.member()],
        "company": [(await make.company())["id"] for _ in range(2)],
        "project": [(await make.project())["id"] for _ in range(2)],
        "issue": [(await make.issue())["id"] for _ in range(2)],
        "contact": [(await make.contact())["id"] for _ in range(2)],
    }
    thread = await make.thread()
    return Scene(make.client, f"/threads/{thread['id']}", ids, clock)


@asynccontextmanager
async def exact_scores(db: Any, workspace_id: UUID) -> AsyncIterator[None]:
    """Afterwards what is kept of scores is what a recount finds."""
    yield
    assert await db.fetch(WRONG, workspace_id) == []
