"""Whoever wrote what came back is told, and where nothing goes any more is shown and lifted."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.delivery.fan_out.commands import FanOut
from looplane.notices.fan_out.commands import NoticeFan
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.mail.test_bounces import bounced, give, report, sent
from tests.notices.telling import notices_of
from tests.sessions import APP, signed_in

PATH = "/bounced-addresses"
EVENTS = """
select type, data::text as data from events where workspace_id = $1
  and type in ('delivery.bounced', 'bounced_address.deleted') order by position, id"""


async def follow(db: Any, clock: SteppedClock) -> None:
    """As a worker does."""
    while await FanOut((NoticeFan(clock),), clock).run(db):
        pass


async def told_of(db: Any, *members: Any) -> list[list[str]]:
    """The types of events of which members are told that something did not arrive."""
    found = [await notices_of(db, each) for each in members]
    return [[n["event_type"] for n in each if n["reason"] == "delivery_dead"] for each in found]


@pytest.mark.parametrize("who", ["author", "assignee", "admins"])
async def test_the_author_is_told_or_the_assignee_or_else_the_admins(
    app: ASGIApp,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    client: httpx.AsyncClient,
    who: str,
) -> None:
    author, assignee = await make.member(name="Author"), await make.member(name="Assignee")
    thread = await make.thread(assignee_id=None if who == "admins" else assignee)
    async with connected(app, await make.key(member_id=author)) as by_author:
        path = f"/threads/{thread['id']}/messages"
        assert (await by_author.post(path, json={"content": "<p>x</p>"})).is_success
    await post.work()
    if who != "author":
        await db.execute("update members set deleted_at = now() where id = $1", UUID(author))
    name, address = str(post.server.received[-1].mail["Message-ID"]), thread["contact"]["email"]
    assert (await give(client, post, report(name, address))).json()["bounced"]
    await follow(db, clock)
    told = await told_of(db, author, assignee, workspace.member_id)
    place = ["author", "assignee", "admins"].index(who)
    assert told == [["delivery.bounced"] if i == place else [] for i in range(3)]
    await give(client, post, report(name, address))
    await follow(db, clock)
    assert await told_of(db, author, assignee, workspace.member_id) == told


async def test_the_inbox_says_what_came_back_and_why(
    app: ASGIApp,
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    # Who hands in the report by a key of their own is told like anybody: they have not caused it.
    thread = await bounced(client, make, post)
    address = thread["contact"]["email"]
    await follow(db, clock)
    async with signed_in(app, db, workspace.id, workspace.member_id) as session:
        [notice] = (await session.get(f"{APP}/notices")).json()["data"]
    assert notice["subject"] == f"Came back from {address}"
    said = f"An answer to {address} came back: 550 5.1.1 No such user here."
    assert (notice["sentence"], notice["thread_id"]) == (said, thread["id"])
    events = [row["data"] for row in await db.fetch(EVENTS, workspace.id)]
    assert len(events) == 1
    assert address not in events[0]


async def test_an_address_is_listed_and_lifted(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
) -> None:
    thread, name = await sent(client, make, post)
    address = thread["contact"]["email"]
    await give(client, post, report(name, address.upper()))
    other = await make.bounced_address()
    listed = (await client.get(PATH, params={"address": address.upper()})).json()["data"]
    [found] = listed
    assert (found["address"], found["reason"]) == (address, "550 5.1.1 No such user here")
    assert (await client.get(f"{PATH}/{found['id']}")).json() == found
    everything = (await client.get(PATH)).json()["data"]
    assert {each["id"] for each in everything} == {found["id"], other["id"]}
    for call in (stranger.get, stranger.delete):
        assert (await call(f"{PATH}/{found['id']}")).status_code == 404

    async def notify() -> list[str | None]:
        await post.notify(address)
        return [reason for _, reason in (await post.work()).failures]

    assert len(await notify()) == 1
    assert (await client.delete(f"{PATH}/{found['id']}")).status_code == 200
    assert (await client.delete(f"{PATH}/{found['id']}")).status_code == 404
    assert await notify() == []
    kinds = [row["type"] for row in await db.fetch(EVENTS, workspace.id)]
    assert kinds == ["delivery.bounced", "bounced_address.deleted"]


async def test_only_who_may_look_after_mail_sees_them(
    app: ASGIApp, make: Factory, workspace: Workspace
) -> None:
    found = await make.bounced_address()
    key = await make.key(scopes=["contacts:read", "contacts:write", "threads:read"])
    async with connected(app, key) as reader:
        for answer in (
            await reader.get(PATH),
            await reader.delete(f"{PATH}/{found['id']}"),
        ):
            assert answer.status_code == 403
