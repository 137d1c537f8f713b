"""Streams of events: what they must not tell, and what they must not hold."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.erasure.commands import erase_contact
from looplane.event_feed.schemas import START
from looplane.event_feed.sql import Wanted, list_after
from looplane.event_feed.stream import commands as stream
from looplane.event_feed.tail import commands as tails
from looplane.event_feed.tail.commands import Tail
from looplane.kit import event_streams
from looplane.kit.callers import COOKIE
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import Database
from looplane.kit.errors import NotFound
from looplane.kit.ids import new_id
from looplane.kit.keys import SCOPES
from looplane.kit.principal import Principal
from tests.conftest import SteppedClock, Workspace
from tests.event_streams import Place, hosted, make_tag_group, no_look_is_due
from tests.factory import Factory
from tests.http_servers import PATIENCE
from tests.sessions import signed_in

KNOWN_SECONDS = 1.1  # as long as a key is remembered, and a little more


@pytest.fixture
async def place(database: Database, clock: SteppedClock) -> AsyncIterator[Place]:
    async with hosted(database, clock) as place:
        yield place


@pytest.fixture
async def here(place: Place, workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    async with place.client(workspace.key) as client:
        yield client


async def test_the_end_of_its_key_is_seen_before_what_happens_is_told(
    place: Place,
    here: httpx.AsyncClient,
    db: Any,
    make: Factory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And not only when it is time for a comment."""
    monkeypatch.setattr(stream, "LOOK", 0.0)
    made = await Factory.insert_key(db, make.workspace_id, SCOPES, await make.member())
    async with place.listen(made["key"], after="latest") as listener:
        await make_tag_group(here)
        await listener.event()
        await db.execute("update api_keys set revoked_at = now() where id = $1", UUID(made["id"]))
        await asyncio.sleep(KNOWN_SECONDS)
        await make_tag_group(here)
        with pytest.raises(EOFError):
            await listener.event()


async def test_a_session_is_told_on_while_it_is_used_and_no_more_once_it_has_ended(
    place: Place,
    here: httpx.AsyncClient,
    db: Any,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its use moves the day on which it would end, and makes nobody else of it."""
    monkeypatch.setattr(stream, "LOOK", 0.0)
    changes = "update sessions set {} where workspace_id = $1"
    async with (
        signed_in(place.app, db, workspace.id, workspace.member_id) as member,
        place.listen(member.cookies[COOKIE], after="latest") as listener,
    ):
        used = changes.format("expires_at = expires_at + interval '1 hour'")
        await db.execute(used, workspace.id)
        await asyncio.sleep(KNOWN_SECONDS)
        made = await make_tag_group(here)
        assert (await listener.event()).data["subject_id"] == made
        await db.execute(changes.format("ended_at = now()"), workspace.id)
        await asyncio.sleep(KNOWN_SECONDS)
        await make_tag_group(here)
        with pytest.raises(EOFError):
            await listener.event()


async def test_no_sign_of_a_text_ends_a_line(
    place: Place, here: httpx.AsyncClient, workspace: Workspace
) -> None:
    name = "a\u2028b\u2029c\x85d"
    async with place.listen(workspace.key, after="latest") as listener:
        await make_tag_group(here, name)
        told = await listener.event()
    assert told.data["data"]["name"].startswith(f"{name} ")
    assert event_streams.event("1", "x", "a\nb\r\nc\rd").count(b"\ndata: ") == 4


async def test_a_person_who_is_erased_is_not_shown_from_memory(
    place: Place, here: httpx.AsyncClient, db: Any, make: Factory, workspace: Workspace
) -> None:
    latest = await here.get("/events", params={"after": "latest"})
    start = latest.json()["page"]["cursor"]
    async with place.listen(workspace.key, after="latest") as listener:
        contact = await make.contact(name="Zanzibar")
        assert "Zanzibar" in str((await listener.event()).data)
        context = Context(Principal(workspace.id, "rule", rule="erase"), system_clock, "erase")
        await erase_contact(db, context, contact["id"])
        await make_tag_group(here)
        await listener.event()
        async with place.listen(workspace.key, after=start) as late:
            found = await late.events(2)
    assert "Zanzibar" not in str(found)
    assert found[0].data["subject_id"] == contact["id"]


async def test_a_stream_holds_little_for_who_takes_little(
    here: httpx.AsyncClient,
    database: Database,
    db: Any,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Read from the database as from memory."""
    monkeypatch.setattr(tails, "POLL", 3600.0)  # or what is not long yet is kept in memory
    await make_tag_group(here)
    tail = Tail(database)
    wanted = Wanted(["tag_group.created", "tag_group.updated"], None)
    async with tail.follow(workspace.id, START, wanted, 1000) as first:
        await first.following(_soon())
        await no_look_is_due(tail, workspace.id)
        for _ in range(3):
            await make_tag_group(here)
        long = {"name": "x" * 1200}
        await db.execute(
            "update events set before = $2 where workspace_id = $1", workspace.id, long
        )
        tail.hint(workspace.id)
        async with tail.follow(workspace.id, START, wanted, 1000) as last:
            counts = [len(await last.following(_soon())) for _ in range(4)]
        assert counts == [1, 1, 1, 1]
        counts = [len(await first.following(_soon())) for _ in range(3)]
        assert counts == [1, 1, 1]
    await tail.aclose()


async def test_a_workspace_that_is_gone_ends_what_follows_it(database: Database) -> None:
    async with database.reading() as con:
        with pytest.raises(NotFound):
            await list_after(con, new_id(), None, 1)


def _soon() -> float:
    return asyncio.get_running_loop().time() + PATIENCE


async def test_a_look_that_is_not_answered_is_given_up(
    place: Place,
    here: httpx.AsyncClient,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a connection that was cut off without a word."""
    monkeypatch.setattr(tails, "PATIENCE", 0.2)
    asked, look = 0, list_after

    async def silent(*args: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.Event().wait()
        return await look(*args)

    async with place.listen(workspace.key, after="latest") as listener:
        await make_tag_group(here)
        await listener.event()
        await no_look_is_due(place.tail, workspace.id)
        monkeypatch.setattr(tails, "list_after", silent)
        group = await make_tag_group(here)
        assert (await listener.event()).data["subject_id"] == group
    assert asked > 1
