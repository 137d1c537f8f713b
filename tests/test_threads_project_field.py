"""PATCH /threads/{id} `project_id` beside the needs that were posted: whose need is whose."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from looplane.kit.clock import iso
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.witness import events_of, kinds_of, version


class Links:
    """A thread, seen by the projects that it is linked to."""

    def __init__(self, client: httpx.AsyncClient, thread: dict[str, Any]) -> None:
        self.client = client
        self.id = str(thread["id"])
        self.path = f"/threads/{self.id}"

    async def field(self, project: str | None) -> httpx.Response:
        answer = await self.client.patch(self.path, json={"project_id": project})
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer

    async def post(self, project: str, **more: Any) -> dict[str, Any]:
        answer = await self.client.post(
            f"{self.path}/customer-needs", json={"project_ids": [project], **more}
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json()["data"][0])

    async def unlink(self, need: str) -> None:
        answer = await self.client.delete(f"{self.path}/customer-needs/{need}")
        assert answer.status_code == httpx.codes.OK, answer.text

    async def needs(self) -> dict[str, dict[str, Any]]:
        """The thread's needs, by their projects."""
        shown = (await self.client.get(self.path)).json()["customer_needs"]
        return {need["project_id"]: need for need in shown}

    async def version(self) -> int:
        return version(await self.client.get(self.path))


async def _projects(make: Factory, count: int) -> list[str]:
    return [(await make.project())["id"] for _ in range(count)]


async def test_the_field_moves_its_own_need_and_leaves_the_posted_ones(
    client: httpx.AsyncClient, make: Factory
) -> None:
    a, b, posted = await _projects(make, 3)
    links = Links(client, await make.thread(project_id=a))
    need = await links.post(posted, priority=4)
    await links.field(b)
    assert set(await links.needs()) == {b, posted}
    await links.field(None)
    assert await links.needs() == {posted: need}


async def test_a_post_takes_the_fields_need_over_and_so_keeps_it(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    a, b = await _projects(make, 2)
    links = Links(client, await make.thread(project_id=a))
    made = (await links.needs())[a]
    clock.step(timedelta(seconds=1))
    kept = await links.post(a)
    assert kept == {**made, "updated_at": iso(clock())}
    assert await links.version() == 2
    told = (await events_of(db, links.id))[-1]
    assert told["type"] == "thread.updated"
    assert (told["before"], told["after"]) == ({"project_id": a}, {"project_id": None})
    assert await kinds_of(db, made["id"]) == ["customer_need.created"]
    await links.field(b)
    assert (await links.needs())[a] == kept
    await links.field(None)
    assert await links.needs() == {a: kept}


async def test_a_takeover_with_a_priority_is_one_change(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    (a,) = await _projects(make, 1)
    links = Links(client, await make.thread(project_id=a))
    need = await links.post(a, priority=8)
    assert need["priority"] == 8
    told = (await events_of(db, links.id))[-1]
    was, becomes = ({need["id"]: {"priority": each}} for each in (0, 8))
    assert told["before"] == {"project_id": a, "customer_needs": was}
    assert told["after"] == {"project_id": None, "customer_needs": becomes}
    before = await links.version()
    assert await links.post(a, priority=8) == need
    assert await links.version() == before


async def test_the_field_named_a_project_that_is_posted_makes_no_second_need(
    client: httpx.AsyncClient, make: Factory
) -> None:
    a, posted = await _projects(make, 2)
    links = Links(client, await make.thread(project_id=a))
    need = await links.post(posted)
    await links.field(posted)
    assert await links.needs() == {posted: need}
    before = await links.version()
    await links.field(posted)
    assert await links.version() == before
    await links.field(None)
    assert (await links.needs(), await links.version()) == ({posted: need}, before)


async def test_the_fields_need_can_be_unlinked_like_any_other(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    a, b = await _projects(make, 2)
    links = Links(client, await make.thread(project_id=a))
    need = (await links.needs())[a]
    await links.unlink(need["id"])
    assert await links.needs() == {}
    before = await links.version()
    await links.field(None)
    assert await links.version() == before
    await links.field(b)
    assert set(await links.needs()) == {b}
    assert await kinds_of(db, need["id"]) == ["customer_need.created", "customer_need.deleted"]


async def test_a_project_can_be_the_fields_again_once_its_posted_need_is_gone(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    (a,) = await _projects(make, 1)
    links = Links(client, await make.thread())
    posted = await links.post(a)
    await links.unlink(posted["id"])
    await links.field(a)
    again = (await links.needs())[a]
    assert again["id"] != posted["id"]
    await links.field(None)
    assert await links.needs() == {}
    assert await kinds_of(db, again["id"]) == ["customer_need.created", "customer_need.deleted"]
    left = "select count(*) from customer_needs where thread_id = $1"
    assert await db.fetchval(left, UUID(links.id)) == 0


async def test_a_thread_is_born_with_the_fields_need_and_a_posted_one_for_its_issue(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    (a,) = await _projects(make, 1)
    issue = (await make.issue())["id"]
    thread = await make.thread(project_id=a, issue_id=issue)
    by_project, by_issue = thread["customer_needs"]
    assert (by_project["project_id"], by_issue["issue_id"]) == (a, issue)
    for need in thread["customer_needs"]:
        (told,) = await events_of(db, need["id"])
        assert (told["type"], told["data"]) == ("customer_need.created", need)
    await Links(client, thread).field(None)
    after = (await client.get(f"/threads/{thread['id']}")).json()
    assert after["customer_needs"] == [by_issue]
