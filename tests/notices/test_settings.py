"""What a member chooses of notices, which is theirs alone, and what it does."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.clock import iso
from looplane.notices.settings.rules import CHANNELS, DEFAULTS
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.notices.telling import assign, listed, notices_of, tell
from tests.sessions import APP, signed_in
from tests.witness import everything, faults

READ, SETTINGS = f"{APP}/notices/read", f"{APP}/notice-settings"


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
