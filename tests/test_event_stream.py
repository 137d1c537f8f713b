"""Events as they happen: one stream, from its head to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.event_feed.stream import commands as stream
from looplane.kit.database import Database
from looplane.kit.ids import new_id
from looplane.kit.keys import SCOPES
from tests.conftest import SteppedClock, Workspace
from tests.event_streams import ENDLESS, Place, hosted, make_tag_group
from tests.factory import Factory
from tests.processes import come_about

REVOKE = "update api_keys set revoked_at = now() where workspace_id = $1"


@pytest.fixture
async def place(database: Database, clock: SteppedClock) -> AsyncIterator[Place]:
    async with hosted(database, clock) as place:
        yield place


@pytest.fixture
async def here(place: Place, workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    async with place.client(workspace.key) as client:
        yield client


async def page(client: httpx.AsyncClient, **query: object) -> Any:
    answer = await client.get("/events", params=httpx.QueryParams(query))  # type: ignore[arg-type]
    assert answer.is_success, answer.text
    return answer.json()


async def test_what_was_comes_first_and_then_what_is(
    place: Place, here: httpx.AsyncClient, workspace: Workspace
) -> None:
    before = [await make_tag_group(here) for _ in range(3)]
    async with place.listen(workspace.key) as listener:
        told = await listener.events(3)
        after = await make_tag_group(here)
        told.append(await listener.event())
    assert [each.data["subject_id"] for each in told] == [*before, after]
    assert {each.type for each in told} == {"tag_group.created"}
    assert [each.data for each in told] == (await page(here))["data"]


async def test_its_ids_are_cursors_of_pages_and_theirs_are_its_own(
    place: Place, here: httpx.AsyncClient, workspace: Workspace
) -> None:
    ids = [await make_tag_group(here) for _ in range(3)]
    async with place.listen(workspace.key) as listener:
        first = await listener.event()
    found = await page(here, after=first.id)
    assert [each["subject_id"] for each in found["data"]] == ids[1:]
    # The header says more than the parameter, which stays what it was when one is cut off.
    async with place.listen(workspace.key, first.id, after="latest") as listener:
        assert [each.data["subject_id"] for each in await listener.events(2)] == ids[1:]
    async with place.listen(workspace.key, after=found["page"]["cursor"]) as listener:
        late = await make_tag_group(here)
        assert (await listener.event()).data["subject_id"] == late


async def test_its_head(place: Place, workspace: Workspace) -> None:
    async with place.listen(workspace.key) as listener:
        await listener.comment()
        assert (listener.status, listener.headers["content-type"]) == (200, "text/event-stream")
        assert listener.headers["cache-control"] == "no-store"
        assert listener.headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in listener.headers, "what is collected comes too late"
        assert listener.body.startswith(b"retry: 2000\n\n")


async def test_only_what_is_wanted_and_may_be_seen(
    place: Place, here: httpx.AsyncClient, workspace: Workspace, db: Any, make: Factory
) -> None:
    thread = (await make.thread())["id"]
    narrow = await make.key({"tags:read"})
    mine = await make.key(member_id=await make.member())
    insert = """insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id,
      actor, created_at, data, visible_to) values ($1, $2, $2, 'thread.updated', $3, $3,
      '{"type": "rule", "key_id": null, "member_id": null, "rule": "x"}', now(), '{}', $4)"""
    async with (
        place.listen(workspace.key, after="latest", types="tag_group.*") as by_type,
        place.listen(workspace.key, after="latest", subject=thread) as by_subject,
        place.listen(narrow, after="latest") as by_scope,
        place.listen(mine, after="latest") as by_member,
    ):
        followers = (by_type, by_subject, by_scope, by_member)
        for each in followers:
            await each.comment()
        await db.execute(insert, workspace.id, new_id(), UUID(thread), workspace.member_id)
        assert (await here.patch(f"/threads/{thread}", json={"title": "t"})).is_success
        group = await make_tag_group(here)
        await here.patch(f"/threads/{thread}", json={"title": "u"})
        assert (await by_type.event()).data["subject_id"] == group
        assert (await by_scope.event()).data["subject_id"] == group
        # The owner of the key sees what is for them.
        assert [each.data["after"] for each in await by_subject.events(3)] == [
            *(None, {"title": "t"}, {"title": "u"})
        ]
        assert [each.data["after"] for each in await by_member.events(3)] == [
            *({"title": "t"}, None, {"title": "u"})
        ]
    await db.execute("delete from events where data::text = '{}'")


async def test_what_is_wrong_is_said_before_it_begins(
    place: Place, here: httpx.AsyncClient, workspace: Workspace
) -> None:
    for query in ({"after": "x"}, {"after": "_" * 32}):
        async with place.listen(workspace.key, **query) as listener:
            assert b'"unprocessable"' in await listener.rest()
            assert listener.status == 422
        waiting = await here.get("/events", params={**query, "wait": 5})
        assert waiting.status_code == 422
    async with place.listen(workspace.key, "broken") as listener:
        assert listener.status == 422
    refused = await here.get("/events", headers={"Last-Event-ID": "x"})
    assert refused.status_code == 400
    assert (await here.head("/events/stream")).content == b""


async def test_a_quiet_stream_goes_on_and_its_cursor_with_it(
    place: Place, here: httpx.AsyncClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    async with place.listen(workspace.key, after="latest", types="thread.*") as listener:
        await listener.comment()
        start = listener.last_id
        await listener.comment()
        assert listener.last_id == start, "nothing happened"
        await make_tag_group(here)

        async def has_moved() -> bool:
            await listener.comment()
            return listener.last_id != start

        await come_about(has_moved)
        assert (await page(here, after=listener.last_id))["data"] == []


@pytest.mark.parametrize(
    "change",
    [
        "update api_keys set revoked_at = now() where id = $1",
        "update api_keys set expires_at = now() - interval '1 hour' where id = $1",
        "update api_keys set scopes = '{tags:read}' where id = $1",
        "update api_keys set allowed_ips = '{10.0.0.1/32}' where id = $1",
        "update members set deleted_at = now() where id = (select member_id from api_keys where id = $1)",
    ],
)
async def test_it_ends_with_its_key(
    place: Place, db: Any, make: Factory, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    member = await make.member()
    made = await Factory.insert_key(db, make.workspace_id, SCOPES, member)
    async with place.listen(made["key"], after="latest") as listener:
        await listener.comment()
        await listener.comment()
        await db.execute(change, UUID(made["id"]))
        # It is ended by the other side, and nothing is told in the end.
        assert b"event:" not in await listener.rest()


async def test_so_many_follow_and_no_more(
    database: Database, clock: SteppedClock, workspace: Workspace, make: Factory
) -> None:
    settings = replace(ENDLESS, followers=3, followers_per_key=2)
    async with hosted(database, clock, settings) as place, place.client(workspace.key) as client:
        first, second = [await place.listen(workspace.key).__aenter__() for _ in range(2)]
        third = await client.get("/events", params={"after": "latest", "wait": 1})
        assert (third.status_code, third.json()["code"]) == (429, "rate_limited")
        async with place.listen(await make.key()), place.listen(await make.key()) as late:
            assert (late.status, late.headers["retry-after"]) == (503, "1")
        first.cut()
        await come_about(lambda: place.app._api.state.places.taken < 2)  # noqa: SLF001
        assert (await client.get("/events", params={"wait": 1})).is_success
        second.cut()


async def test_nobody_waits_where_the_server_ends(
    database: Database, clock: SteppedClock, workspace: Workspace, make: Factory
) -> None:
    """None is cut off by the server's patience: each has its last chunk, but who takes nothing."""
    thread = await make.thread(text="<p>" + "x" * 190_000 + "</p>")
    for number in range(40):
        await make.client.patch(f"/threads/{thread['id']}", json={"title": str(number)})
    async with (
        hosted(database, clock) as place,
        place.client(workspace.key) as client,
        AsyncExitStack() as stack,
    ):
        listening = [place.listen(workspace.key, after="latest") for _ in range(20)]
        listeners = [await stack.enter_async_context(each) for each in listening]
        await stack.enter_async_context(place.listen(workspace.key))  # and reads nothing
        poll = asyncio.create_task(client.get("/events", params={"after": "latest", "wait": 30}))
        await come_about(lambda: place.app._api.state.places.taken == 22)  # noqa: SLF001
        assert place.server.serving is not None
        place.server.serving.cancel()
        for each in listeners:
            assert (await each.rest()).startswith(b"retry")
        assert (await poll).json()["data"] == []
        # Less than the patience of the server with requests that are under way.
        async with asyncio.timeout(8):
            await asyncio.wait([place.server.serving])
