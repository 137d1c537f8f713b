"""What a member reads of their notices, and what they choose: their own alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.clock import iso
from looplane.notices.commands import KEPT, sweep_notices
from looplane.notices.schemas import MAX_COUNTED
from looplane.notices.settings.rules import CHANNELS, DEFAULTS
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.notices.telling import notices_of, tell
from tests.sessions import APP, signed_in
from tests.witness import everything, faults

NOTICES, READ, SETTINGS = f"{APP}/notices", f"{APP}/notices/read", f"{APP}/notice-settings"


@pytest.fixture
async def ada(make: Factory) -> str:
    return await make.member(name="Ada")


@pytest.fixture
async def session(
    app: ASGIApp, db: Any, workspace: Workspace, clock: SteppedClock, ada: str
) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(app, db, workspace.id, ada) as client:
        yield client


async def assign(make: Factory, member: str, count: int = 1) -> list[str]:
    return [(await make.thread(assignee_id=member))["id"] for _ in range(count)]


async def listed(session: httpx.AsyncClient, **query: Any) -> tuple[list[str], int]:
    """The threads that notices are about, and how many are not read."""
    answer = await session.get(NOTICES, params=query)
    assert answer.status_code == 200, answer.text
    return [each["thread_id"] for each in answer.json()["data"]], answer.json()["unread_count"]


async def test_a_member_sees_their_own(
    app: ASGIApp,
    make: Factory,
    make_other: Factory,
    db: Any,
    workspace: Workspace,
    other: Workspace,
    clock: SteppedClock,
    ada: str,
    session: httpx.AsyncClient,
) -> None:
    assert await listed(session) == ([], 0)
    first, second, third = await assign(make, ada, 3)
    await make_other.thread()
    await tell(db, other.id, clock)
    await tell(db, workspace.id, clock)
    assert await listed(session) == ([third, second, first], 3)
    newest = (await session.get(NOTICES)).json()["data"][0]
    assert newest["subject"].startswith("Assigned to you: Words")
    assert newest["link"] == f"/inbox/open/{third}"
    assert (newest["reason"], newest["read_at"]) == ("assigned", None)
    page = (await session.get(NOTICES, params={"limit": 2})).json()
    assert page["page"]["has_more"]
    assert await listed(session, cursor=page["page"]["cursor"]) == ([first], 3)
    for workspace_id, id in ((workspace.id, workspace.member_id), (other.id, other.member_id)):
        async with signed_in(app, db, workspace_id, id) as somebody:
            assert await listed(somebody) == ([], 0)
    # What is about a thread that is gone is gone too.
    await make.client.delete(f"/threads/{second}")
    assert await listed(session) == ([third, first], 2)


async def test_what_is_read_stays_read(
    app: ASGIApp,
    make: Factory,
    db: Any,
    workspace: Workspace,
    other: Workspace,
    clock: SteppedClock,
    ada: str,
    session: httpx.AsyncClient,
) -> None:
    threads = await assign(make, ada, 3)
    await tell(db, workspace.id, clock)
    ids = [str(each["id"]) for each in await notices_of(db, ada)]
    answer = await session.post(READ, json={"ids": ids[:1]})
    assert answer.json() == {"unread_count": 2}
    read_at = (await notices_of(db, ada))[0]["read_at"]
    clock.step(timedelta(minutes=1))
    again = await session.post(READ, json={"ids": ids[:2]})
    assert again.json() == {"unread_count": 1}
    assert (await notices_of(db, ada))[0]["read_at"] == read_at
    assert await listed(session, unread=True) == (threads[2:], 1)
    # What came after the moment at which one looked is not read.
    await assign(make, ada)
    await tell(db, workspace.id, clock)
    until = iso(clock() - timedelta(seconds=1))
    late = await session.post(READ, json={"all": True, "until": until})
    assert late.json() == {"unread_count": 1}
    assert (await session.post(READ, json={"all": True})).json() == {"unread_count": 0}
    assert (await session.post(READ, json={"ids": []})).json() == {"unread_count": 0}
    # Nobody reads for somebody else.
    await db.execute("update notices set read_at = null where member_id = $1", UUID(ada))
    for workspace_id, id in ((workspace.id, workspace.member_id), (other.id, other.member_id)):
        async with signed_in(app, db, workspace_id, id) as somebody:
            assert faults(await somebody.post(READ, json={"ids": ids[:1]})) == ["ids.0"]
            await somebody.post(READ, json={"all": True})
    assert (await listed(session))[1] == 4


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, ["ids, all"]),
        ({"ids": [], "all": True}, ["ids, all"]),
        ({"all": False}, ["all"]),
        ({"ids": "x"}, ["ids"]),
        ({"ids": [7]}, ["ids.0"]),
        ({"ids": ["x", str(uuid4()).upper()]}, ["ids.0", "ids.1"]),
        ({"ids": ["a\0"]}, ["ids.0"]),
        ({"ids": [str(uuid4())] * 201}, ["ids"]),
        ({"ids": [str(uuid4())]}, ["ids.0"]),
        ({"ids": [], "until": "2026-01-01T00:00:00Z"}, ["until"]),
        ({"all": True, "until": "yesterday"}, ["until"]),
    ],
)
async def test_what_cannot_be_read_is_named(
    body: dict[str, Any], named: list[str], session: httpx.AsyncClient
) -> None:
    assert faults(await session.post(READ, json=body)) == named


async def test_so_many_are_counted_and_no_more(
    make: Factory, db: Any, workspace: Workspace, ada: str, session: httpx.AsyncClient
) -> None:
    await db.execute(
        "insert into notices (workspace_id, id, member_id, write_id, event_id, event_type, reason,"
        " subject_id, is_in_app, created_at) select $1, gen_random_uuid(), $2, gen_random_uuid(),"
        " gen_random_uuid(), 'mailbox.down', 'mailbox_down', gen_random_uuid(), true, now()"
        " from generate_series(1, $3)",
        workspace.id,
        UUID(ada),
        MAX_COUNTED + 5,
    )
    assert (await listed(session))[1] == MAX_COUNTED
    assert (await session.post(READ, json={"all": True})).json() == {"unread_count": 0}


async def test_a_list_costs_two_statements(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    ada: str,
    session: httpx.AsyncClient,
    queries: Any,
) -> None:
    await assign(make, ada, 3)
    await tell(db, workspace.id, clock)
    await session.get(f"{APP}/team")  # the session is known for a second
    with queries() as seen:
        await session.get(NOTICES)
    assert len(seen) == 2, seen


async def test_settings_are_what_is_so_for_everybody_until_they_are_changed(
    app: ASGIApp, db: Any, workspace: Workspace, session: httpx.AsyncClient, clock: SteppedClock
) -> None:
    found = (await session.get(SETTINGS)).json()
    assert found["channels"] == {
        reason: {name: default == "on" for name, default in zip(CHANNELS, defaults, strict=True)}
        for reason, defaults in DEFAULTS.items()
    }
    assert (found["quiet_hours"], found["updated_at"]) == (None, None)
    assert found["watches_new_threads"] is True
    quiet = {"from": "22:00", "to": "07:00", "time_zone": "Europe/Berlin", "days": ["sunday"]}
    sent = {"channels": {"comment": {"email": True}}, "quiet_hours": quiet}
    changed = await session.patch(SETTINGS, json={**sent, "watches_new_threads": False})
    assert changed.status_code == 200
    assert changed.json()["quiet_hours"] == quiet
    assert changed.json()["updated_at"] == iso(clock())
    found["channels"]["comment"]["email"] = True
    assert changed.json()["channels"] == found["channels"]
    assert changed.json()["watches_new_threads"] is False
    # What is not sent stays, and the same again is no change.
    clock.step(timedelta(minutes=1))
    before = await everything(db, workspace.id)
    assert (await session.patch(SETTINGS, json=sent)).json() == changed.json()
    assert (await session.patch(SETTINGS, json={})).json() == changed.json()
    assert await everything(db, workspace.id) == before
    for dry in (sent, {"quiet_hours": None, "watches_new_threads": True}):
        answer = await session.patch(SETTINGS, json=dry, params={"dry_run": True})
        assert answer.status_code == 200
        assert await everything(db, workspace.id) == before
    ended = await session.patch(SETTINGS, json={"quiet_hours": None})
    assert ended.json()["quiet_hours"] is None
    assert ended.json()["channels"] == found["channels"]
    async with signed_in(app, db, workspace.id, workspace.member_id) as colleague:
        assert (await colleague.get(SETTINGS)).json()["updated_at"] is None


async def test_two_tabs_that_choose_at_once_lose_nothing(session: httpx.AsyncClient) -> None:
    reasons = ["comment", "new_thread", "snooze_ended", "reply", "assigned"]
    await asyncio.gather(
        *(session.patch(SETTINGS, json={"channels": {each: {"slack": True}}}) for each in reasons)
    )
    found = (await session.get(SETTINGS)).json()["channels"]
    assert {reason for reason in reasons if found[reason]["slack"]} == {*reasons}


GOOD = {"from": "22:00", "to": "07:00", "time_zone": "UTC", "days": ["monday"]}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"channels": {"mailbox_down": {"email": True}}}, ["channels.mailbox_down.email"]),
        ({"channels": {"gossip": {"email": True}}}, ["channels.gossip"]),
        ({"channels": {"reply": {"fax": True}}}, ["channels.reply.fax"]),
        ({"channels": {"reply": {"email": None}}}, ["channels.reply.email"]),
        ({"quiet_hours": {**GOOD, "from": "25:00"}}, ["quiet_hours.from"]),
        ({"quiet_hours": {**GOOD, "to": "7:00"}}, ["quiet_hours.to"]),
        ({"quiet_hours": {**GOOD, "to": "07:00\n"}}, ["quiet_hours.to"]),
        ({"quiet_hours": {**GOOD, "time_zone": "Mars/Olympus"}}, ["quiet_hours.time_zone"]),
        ({"quiet_hours": {**GOOD, "time_zone": "x" * 65}}, ["quiet_hours.time_zone"]),
        ({"quiet_hours": {**GOOD, "time_zone": "UTC\0"}}, ["quiet_hours.time_zone"]),
        ({"quiet_hours": {**GOOD, "days": []}}, ["quiet_hours.days"]),
        ({"quiet_hours": {**GOOD, "days": ["monday"] * 8}}, ["quiet_hours.days"]),
        ({"quiet_hours": {**GOOD, "days": ["someday"]}}, ["quiet_hours.days.0"]),
        ({"quiet_hours": {"from": "22:00"}},
         ["quiet_hours.days", "quiet_hours.time_zone", "quiet_hours.to"]),
        ({"watches_new_threads": None}, ["watches_new_threads"]),
        ({"member_id": str(uuid4())}, ["member_id"]),
        (
            {"channels": {"mailbox_down": {"email": True}}, "quiet_hours": {**GOOD, "to": ""}},
            ["channels.mailbox_down.email", "quiet_hours.to"],
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_chosen_is_named(
    body: dict[str, Any], named: list[str], session: httpx.AsyncClient, db: Any, ada: str
) -> None:
    assert faults(await session.patch(SETTINGS, json=body)) == named
    count = "select count(*) from notice_settings where member_id = $1"
    assert await db.fetchval(count, UUID(ada)) == 0


async def test_what_is_not_wanted_in_the_inbox_is_not_there_and_may_be_mailed(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    ada: str,
    session: httpx.AsyncClient,
) -> None:
    await session.patch(SETTINGS, json={"channels": {"assigned": {"in_app": False}}})
    await assign(make, ada)
    await tell(db, workspace.id, clock)
    (notice,) = await notices_of(db, ada)
    assert len(notice["leaves"]) == 1
    assert await listed(session) == ([], 0)
    assert faults(await session.post(READ, json={"ids": [str(notice["id"])]})) == ["ids.0"]


async def test_mail_of_the_table_waits_for_the_end_of_quiet_hours(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    ada: str,
    session: httpx.AsyncClient,
) -> None:
    night = clock.now.replace(hour=23, minute=30, second=0, microsecond=0) + timedelta(days=1)
    days = [night.strftime("%A").lower()]
    quiet = {"from": "22:00", "to": "07:00", "time_zone": "UTC", "days": days}
    await session.patch(SETTINGS, json={"quiet_hours": quiet})
    clock.now = night
    await assign(make, ada)
    await tell(db, workspace.id, clock)
    (notice,) = await notices_of(db, ada)
    due = "select next_attempt_at from deliveries where subject_id = $1"
    assert await db.fetchval(due, notice["id"]) == night + timedelta(hours=7, minutes=30)
    assert (await listed(session))[1] == 1, "in the inbox it is there at once"


async def test_old_notices_are_deleted(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock, ada: str
) -> None:
    await assign(make, ada, 2)
    await tell(db, workspace.id, clock)
    first, second = await notices_of(db, ada)
    old = clock() - KEPT - timedelta(seconds=1)
    await db.execute("update notices set created_at = $1 where id = $2", old, first["id"])
    assert await sweep_notices(db, clock) >= 1
    assert [each["id"] for each in await notices_of(db, ada)] == [second["id"]]
