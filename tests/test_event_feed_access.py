"""GET /events: who is shown what."""

from typing import Any
from uuid import UUID

import httpx
from starlette.types import ASGIApp

from looplane.event_feed import sql
from looplane.event_feed.schemas import Position
from looplane.events import Event, as_write
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.principal import Principal
from looplane.nouns import SCOPES_OF_EVENTS
from looplane.tags.sql import TAG
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.followers import FEED, kinds, page, walk


async def test_who_is_shown_what(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, stranger: httpx.AsyncClient
) -> None:
    await make.tag()
    await make.contact()
    await make.api_key()
    for scopes, shown in (
        ({"tags:read"}, {"tag_group.created", "tag.created"}),
        ({"contacts:read", "tags:write"}, {"contact.created"}),
        ({"admin"}, {"key.created"}),
        ({"threads:read"}, set()),
    ):
        async with connected(app, await make.key(scopes)) as caller:
            assert {*kinds(await walk(caller))} == shown
            assert {*kinds(await walk(caller, types="*"))} == shown
    for scopes in (set(), {"tags:write", "threads:write"}):
        async with connected(app, await make.key(scopes)) as caller:
            answer = await caller.get(FEED)
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_required")
    async with connected(app, await make.key({"tags:read"})) as caller:
        for types in ("contact.*", "tag.*,contact.created"):
            answer = await caller.get(FEED, params={"types": types})
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_required")
            assert "contacts:read" in answer.json()["message"]
    assert await walk(stranger) == []


async def test_who_only_looks_on_may_follow(app: ASGIApp, make: Factory) -> None:
    await make.tag()
    viewer = await make.member(role="VIEWER")
    async with connected(app, await make.key(member_id=viewer)) as caller:
        assert kinds(await walk(caller)) == ["tag_group.created", "tag.created"]


def test_a_noun_that_is_read_by_nobody_is_none() -> None:
    assert all(reading for reading, _ in SCOPES_OF_EVENTS.values())


async def tell_one(db: Any, workspace: Workspace, tag_id: str, member_id: UUID) -> None:
    """Writes an event of a tag that one member alone may see."""
    context = Context(Principal(workspace.id, "rule", rule="test"), system_clock, "test")
    event = Event("tag.updated", UUID(tag_id), {"name": "a"}, {"name": "b"}, visible_to=member_id)
    await db.execute(
        TAG.record, workspace.id, UUID(tag_id), as_write(context, system_clock(), [event])
    )


async def test_what_is_for_one_member(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    tag, colleague = await make.tag(), await make.member()
    now = (await page(client, after="latest"))["page"]["cursor"]
    await tell_one(db, workspace, tag["id"], workspace.member_id)
    mine = await walk(client, after=now)
    assert kinds(mine) == ["tag.updated"]
    assert kinds(await walk(client, subject=tag["id"], after=now)) == ["tag.updated"]
    for member in (colleague, None):
        async with connected(app, await make.key(member_id=member)) as caller:
            got = await page(caller, after=now)
            assert got["data"] == []
            assert got["page"]["cursor"] == (await page(client, after=now))["page"]["cursor"]
            assert await walk(caller, subject=tag["id"], after=now) == []
    # Those who read all for others to see are told whose it is.
    batch = await sql.list_after(db, workspace.id, Position.decode(now), 10)
    assert [each.visible_to for each in batch.events] == [workspace.member_id]
