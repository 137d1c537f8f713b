"""Time never runs backwards: not in a row, and not in the events of a thing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.database import open_database
from looplane.main import create_app
from looplane.threads.commands import wake_due_threads
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.operations import World, populate
from tests.processes import BLOCKS, come_about
from tests.unlimited import UNLIMITED
from tests.witness import events_of

# A change of each noun's thing, of which there are as many as one wants.
CHANGES = {
    "threads": ("thread", "title"),
    "contacts": ("contact", "name"),
    "companies": ("company", "name"),
    "tags": ("tag", "name"),
    "tags/groups": ("group", "name"),
    "projects": ("project", "name"),
}
BACK = timedelta(minutes=10)
_MILLISECOND = timedelta(milliseconds=1)


async def told_at(db: Any, id: str) -> list[Any]:
    """The moments of a thing's events in the order of their positions."""
    events = await events_of(db, id)
    moments = list({each["write_id"]: each["created_at"] for each in events}.values())
    assert all(earlier < later for earlier, later in pairwise(moments)), moments
    return moments


@pytest.fixture
async def world(make: Factory, workspace: Workspace) -> World:
    return await populate(make, workspace.member_id)


@pytest.mark.parametrize("noun", CHANGES)
async def test_a_clock_that_steps_back_leaves_the_order_as_it_is(
    world: World, db: Any, clock: SteppedClock, noun: str
) -> None:
    kind, field = CHANGES[noun]
    id = world.ids[kind]
    shown = []
    for number, step in enumerate((timedelta(), BACK, -BACK, -BACK, 2 * BACK)):
        clock.step(step)
        answer = await world.client.patch(f"/{noun}/{id}", json={field: f"{number}"})
        assert answer.status_code == httpx.codes.OK, answer.text
        shown.append(answer.json()["updated_at"])
    assert shown == sorted(set(shown))
    clock.step(-3 * BACK)
    if noun != "tags/groups":  # this one has a tag
        gone = await world.client.delete(f"/{noun}/{id}")
        assert gone.status_code == httpx.codes.OK, gone.text
    moments = [iso(each) for each in await told_at(db, id)]
    assert moments[-len(shown) :] == shown or moments[-len(shown) - 1 : -1] == shown


async def test_needs_and_moved_contacts_and_awakenings_too(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    thread, company = await make.thread(), await make.company()
    project, other = await make.project(), await make.project()
    path, contact = f"/threads/{thread['id']}", f"/contacts/{thread['contact']['id']}"

    async def look() -> tuple[str, str]:
        answers = [(await client.get(each)).json()["updated_at"] for each in (path, contact)]
        return answers[0], answers[1]

    clock.step(BACK)
    await client.patch(contact, json={"name": "Later"})
    seen = [await look()]
    clock.step(-BACK)
    due = {"status": "snoozed", "snoozed_until": iso(clock() + BACK)}
    writes: list[tuple[str, str, Any]] = [
        ("POST", f"{path}/customer-needs", {"project_ids": [project["id"]]}),
        ("PATCH", path, {"project_id": other["id"]}),
        ("PATCH", path, {"company_id": company["id"]}),
        ("PATCH", path, due),
    ]
    for method, url, body in writes:
        answer = await client.request(method, url, json=body)
        assert answer.status_code == httpx.codes.OK, answer.text
        seen.append(await look())
        clock.step(-_MILLISECOND)
    clock.step(BACK + BACK)
    woken = await wake_due_threads(db, clock, ())
    assert UUID(thread["id"]) not in woken.failures
    seen.append(await look())
    threads, contacts = zip(*seen, strict=True)
    assert list(threads) == sorted(set(threads)), "each write is later than the one before"
    assert list(contacts) == sorted(contacts)
    assert len(set(contacts)) == 2, "it moved once"
    await told_at(db, thread["id"])
    assert [iso(each) for each in await told_at(db, thread["contact"]["id"])][-2:] == sorted(
        set(contacts)
    )


@pytest.fixture
async def elsewhere(
    dsn: str, workspace: Workspace
) -> AsyncIterator[tuple[SteppedClock, httpx.AsyncClient]]:
    """Another process on the same database, and its clock."""
    clock = SteppedClock()
    own = await open_database(dsn, 3)
    async with connected(create_app(own, UNLIMITED, clock), workspace.key) as client:
        yield clock, client
    await own.pool.close()


@pytest.mark.parametrize("noun", CHANGES)
async def test_who_waited_for_a_row_is_not_earlier_than_who_held_it(
    world: World,
    elsewhere: tuple[SteppedClock, httpx.AsyncClient],
    dsn: str,
    db: Any,
    clock: SteppedClock,
    noun: str,
) -> None:
    kind, field = CHANGES[noun]
    id, (late_clock, late) = world.ids[kind], elsewhere
    path = f"/{noun}/{id}"
    late_clock.now = clock.now
    table = {"tags/groups": "tag_groups"}.get(noun, noun)
    async with db.transaction():
        await db.execute(f"select from {table} where id = $1 for update", UUID(id))
        waiting = asyncio.create_task(late.patch(path, json={field: "taken early"}))
        await come_about(lambda: db.fetchval(BLOCKS))
        # Meanwhile another write is made at a later hour.
        later = clock.now + BACK
        await db.execute(
            f"update {table} set updated_at = $2, version = version + 1 where id = $1",
            UUID(id),
            later,
        )
    answer = await waiting
    assert answer.status_code == httpx.codes.OK, answer.text
    assert answer.json()["updated_at"] == iso(later + _MILLISECOND)
    told = (await events_of(db, id))[-1]
    assert (told["created_at"], told["data"]["updated_at"]) == (
        later + _MILLISECOND,
        iso(later + _MILLISECOND),
    )


async def test_a_poller_misses_no_change(
    client: httpx.AsyncClient,
    make: Factory,
    elsewhere: tuple[SteppedClock, httpx.AsyncClient],
    clock: SteppedClock,
) -> None:
    slow_clock, slow = elsewhere
    slow_clock.now = clock.now - BACK
    path = f"/threads/{(await make.thread())['id']}"
    seen = (await client.get(path)).json()
    for number in range(6):
        by = (client, slow)[number % 2]
        await by.patch(path, json={"title": f"{number}"})
        found = await client.get("/threads", params={"updated_after": seen["updated_at"]})
        (seen,) = found.json()["data"]
        assert seen["title"] == f"{number}"
