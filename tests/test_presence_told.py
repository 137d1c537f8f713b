"""That somebody comes, goes or begins to write is told at once to whoever follows."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx
import pytest

from looplane.kit.callers import COOKIE
from looplane.kit.database import Database
from looplane.kit.ids import new_id
from looplane.presence.rules import changed_threads
from tests.conftest import SteppedClock, Workspace
from tests.event_streams import Listener, Place, hosted, listeners, make_tag_group
from tests.factory import Factory
from tests.processes import come_about
from tests.sessions import APP, signed_in


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def beat(
    client: httpx.AsyncClient, thread_id: str, tab: str, doing: str = "looking", **query: str
) -> None:
    body = {"thread_id": thread_id, "tab": tab, "doing": doing}
    answer = await client.post(f"{APP}/presence", json=body, params=query)
    assert answer.is_success, answer.text


async def told(listener: Listener) -> list[tuple[str, Any]]:
    """All that came up to a tag group, which is made after it."""
    found = []
    while (event := await listener.event()).type != "tag_group.created":
        found.append((event.type, event.data))
        assert event.id == "", "who is cut off goes on from the last event"
    return found


async def test_others_are_told_at_once_in_all_processes(
    database: Database,
    db: Any,
    clock: SteppedClock,
    workspace: Workspace,
    other: Workspace,
    make: Factory,
    stack: AsyncExitStack,
) -> None:
    thread, elsewhere = (await make.thread())["id"], (await make.thread())["id"]
    ada, ben = await make.member(name="Ada"), await make.member(name="Ben")
    here = await stack.enter_async_context(hosted(database, clock))
    there = await stack.enter_async_context(hosted(database, clock))

    async def come(place: Place, id: Any) -> httpx.AsyncClient:
        return await stack.enter_async_context(signed_in(place.app, db, workspace.id, id))

    async def follow(place: Place, secret: str) -> Listener:
        listener = await stack.enter_async_context(place.listen(secret, after="latest"))
        await listener.comment()
        return listener

    hers, his = await come(here, ada), await come(there, ben)
    bens = [await follow(place, his.cookies[COOKIE]) for place in (here, there)]
    adas = await follow(there, hers.cookies[COOKIE])
    keys = await follow(here, workspace.key)
    strangers = await follow(here, other.key)

    async def both_hear() -> bool:
        return len(await listeners(database)) == 2

    await come_about(both_hear)
    tab = str(uuid4())
    await beat(hers, thread, tab)
    for each in bens:
        assert (await each.event()).data == {"thread_id": thread}
    await beat(hers, thread, tab)
    await beat(hers, thread, str(uuid4()), dry_run="true")
    client = await stack.enter_async_context(here.client(workspace.key))
    await make_tag_group(client)
    for each in bens:
        assert await told(each) == [], "nothing is another than before"
    await beat(hers, thread, tab, "writing")
    for each in bens:
        assert (await each.event()).data == {"thread_id": thread}
    await beat(hers, elsewhere, tab)
    for each in bens:
        moved = [(await each.event()).data["thread_id"] for _ in range(2)]
        assert sorted(moved) == sorted([thread, elsewhere])
    await beat(hers, elsewhere, tab, "left")
    for each in bens:
        assert (await each.event()).data == {"thread_id": elsewhere}
    await make_tag_group(client)
    for each in (adas, keys):
        assert await told(each) + await told(each) == [], "nobody of themselves, nor a key"
    async with here.client(other.key) as theirs:
        await make_tag_group(theirs)
    assert await told(strangers) == []


def test_what_another_sees() -> None:
    here, there = new_id(), new_id()
    assert changed_threads(None, None, here, "looking") == [here]
    assert changed_threads(here, "looking", here, "looking") == []
    assert changed_threads(here, "looking", here, "writing") == [here]
    assert changed_threads(here, "looking", there, "looking") == [here, there]
    assert changed_threads(here, "writing", here, "left") == [here]
    assert changed_threads(here, "writing", there, "left") == []
    assert changed_threads(None, None, here, "left") == []
