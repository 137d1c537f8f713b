"""An archived workspace rests: nobody is let in, nothing leaves, and what is due waits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.event_feed.stream import commands as stream
from looplane.kit import authentication
from looplane.kit.clock import iso
from looplane.kit.database import Database
from looplane.kit.errors import Conflict
from looplane.members.invites.commands import accept_invite
from looplane.sessions.links.commands import make_first_run_link, make_link
from looplane.threads.commands import wake_due_threads
from looplane.workspaces.commands import archive_workspace, get_workspace, unarchive_workspace
from tests.conftest import SteppedClock, Workspace, connected
from tests.delivery.conftest import quiet as quiet_deliveries
from tests.delivery.planned import plan, states_of
from tests.delivery.test_fan_out import Telling, fan_out
from tests.dispatch import Sink, deliver_due
from tests.event_streams import hosted
from tests.factory import Factory
from tests.held import hold, send_what_is_due, state_of
from tests.sessions import APP, signed_in
from tests.sign_in.people import PASSWORD, person, sign_in
from tests.test_wake import quiet as quiet_snoozes

__all__ = ["quiet_deliveries", "quiet_snoozes"]


@pytest.fixture(autouse=True)
def _nobody_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "_CACHE_SECONDS", 0.0)


@pytest.fixture
async def member(app: Any, db: Any, workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        yield client


async def archive(db: Any, workspace: Workspace, clock: SteppedClock) -> None:
    await archive_workspace(db, workspace.id, clock())


async def unarchive(db: Any, workspace: Workspace) -> None:
    await unarchive_workspace(db, await get_workspace(db, str(workspace.id)))


async def test_keys_and_sessions_are_refused_with_the_reason(
    client: httpx.AsyncClient,
    member: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    await archive(db, workspace, clock)
    for caller in (client, member):
        body = {"name": "Late"}
        for answer in (await caller.get("/threads"), await caller.post("/tags/groups", json=body)):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
            assert "archived" in answer.json()["message"]
    assert (await member.get(f"{APP}/session")).status_code == 403
    assert (await client.get("/events", params={"wait": 1})).status_code == 403
    assert (await stranger.get("/me")).status_code == 200
    await unarchive(db, workspace)
    assert (await client.get("/me")).status_code == 200
    assert (await member.get("/threads")).status_code == 200
    assert (await client.get("/tags/groups")).json()["data"] == []


async def test_nobody_signs_in(
    app: ASGIApp, client: httpx.AsyncClient, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    token = await make_link(db, workspace.id, workspace.member_id, "sign_in", clock())
    invited = {"email": "new@team.example", "name": "New", "role": "USER"}
    invite = (await client.post("/members/invites", json=invited)).json()["token"]
    await archive(db, workspace, clock)
    async with connected(app, None) as visitor:
        by_link = await visitor.post(f"{APP}/session/by-link", json={"token": token})
        for answer in (by_link, await sign_in(visitor, email)):
            assert (answer.status_code, "archived" in answer.text) == (403, True), answer.text
        taken = {"token": invite, "password": PASSWORD}
        answer = await visitor.post(f"{APP}/session/by-invite", json=taken)
        assert (answer.status_code, "archived" in answer.text) == (409, True)
        with pytest.raises(Conflict, match="archived"):
            await accept_invite(db, clock, invite, "test")
        # A stranger learns no more of it than of a link that was used.
        shown = [
            await visitor.post(f"{APP}/links", json={"token": each})
            for each in (token, "lll_" + "0" * 64)
        ]
        (real, unknown) = ({**each.json(), "request_id": ""} for each in shown)
        assert (shown[0].status_code, real) == (404, unknown)
        before = len(await states_of(db, workspace.id))
        asked = await visitor.post(f"{APP}/sign-in-links", json={"email": email})
        assert asked.status_code == 200, asked.text
        assert len(await states_of(db, workspace.id)) == before
        await unarchive(db, workspace)
        # What was refused is as good as before.
        for path, body in (("by-link", {"token": token}), ("by-invite", taken)):
            answer = await visitor.post(f"{APP}/session/{path}", json=body)
            assert answer.status_code == 200, answer.text


async def test_an_archived_one_hides_no_other_with_the_same_address(
    app: ASGIApp, db: Any, workspace: Workspace, other: Workspace, clock: SteppedClock
) -> None:
    email = "both@team.example"
    for each in (workspace, other):
        await person(db, each.id, email=email)
    await archive(db, workspace, clock)
    async with connected(app, None) as visitor:
        found = (await sign_in(visitor, email)).json()
    assert found["workspace"]["id"] == str(other.id)
    assert found["other_workspaces"] == []


async def test_the_first_link_is_for_one_that_is_open(con: Any, clock: SteppedClock) -> None:
    await con.execute("delete from credentials")
    await con.execute("update workspaces set archived_at = now()")
    assert await make_first_run_link(con, clock()) is None
    await con.execute("update workspaces set archived_at = null")


async def test_who_follows_is_told_no_more(
    database: Database,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.05)
    async with (
        hosted(database, clock) as place,
        place.listen(workspace.key, after="latest") as listener,
    ):
        await listener.comment()
        await archive(db, workspace, clock)
        async with asyncio.timeout(30):
            told = await listener.rest()
    assert b"data:" not in told
    await unarchive(db, workspace)


@pytest.mark.usefixtures("quiet_snoozes")
async def test_snoozes_rest(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    until = clock() + timedelta(hours=1)
    await make.thread(status="snoozed", snoozed_until=iso(until))
    await archive(db, workspace, clock)
    clock.step(timedelta(hours=2))
    assert (await wake_due_threads(db, clock, ())).woken == 0
    await unarchive(db, workspace)
    assert (await wake_due_threads(db, clock, ())).woken == 1


async def test_held_messages_rest(
    member: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    held = await hold(member, (await make.thread())["id"])
    await archive(db, workspace, clock)
    await send_what_is_due(db, clock)
    assert await state_of(db, held["id"]) == "held"
    await unarchive(db, workspace)
    await send_what_is_due(db, clock)
    assert await state_of(db, held["id"]) == "sent"


@pytest.mark.usefixtures("quiet_deliveries")
async def test_nothing_leaves(db: Any, workspace: Workspace, clock: SteppedClock) -> None:
    await plan(db, workspace.id, clock())
    await plan(db, workspace.id, clock(), "hook", queue="hook")
    await archive(db, workspace, clock)
    mail, hook = Sink(), Sink()
    await deliver_due(db, clock, {"email": mail, "webhook": hook})
    assert mail.taken + hook.taken == []
    assert await states_of(db, workspace.id) == ["queued", "queued"]
    await unarchive(db, workspace)
    await deliver_due(db, clock, {"email": mail, "webhook": hook})
    assert (len(mail.taken), len(hook.taken)) == (1, 1)


async def test_what_happened_is_told_once_it_is_open_again(
    database: Database, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    telling = Telling(workspace.id, clock)
    thread = UUID((await make.thread())["id"])
    await archive(db, workspace, clock)
    await fan_out(database, telling)
    assert telling.given == []
    await unarchive(db, workspace)
    await fan_out(database, telling)
    assert thread in {each.subject_id for each in telling.given}
