"""Notices are made of events as the worker follows them, and leave with what leaves."""

import asyncio
from typing import Any
from uuid import UUID

from looplane.channels import set_up_fans
from looplane.delivery.fan_out.commands import FanOut
from looplane.kit.config import Settings
from looplane.kit.database import Database
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.notices.telling import notices_of, told


async def follow(database: Database, clock: SteppedClock) -> None:
    async with database.reading() as con:
        while await FanOut(set_up_fans(Settings(), clock)).run(con):
            pass


async def test_two_workers_tell_each_event_once(
    make: Factory, database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    member = await make.member(name="Ada Lovelace")
    for number in range(3):
        thread = await make.thread(assignee_id=member, title=f"Thread {number}")
        await make.comment(thread["id"], content="<p>@Ada Lovelace</p>")
    await asyncio.gather(*(follow(database, clock) for _ in range(2)))
    await follow(database, clock)
    assert sorted(await told(db, member)) == ["assigned"] * 3 + ["mentioned"] * 3
    assert [len(each["leaves"]) for each in await notices_of(db, member)] == [1] * 6


async def test_what_a_write_asked_for_is_not_told_again(
    make: Factory, database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    member = await make.member()
    thread = await make.thread()
    await follow(database, clock)
    body = {"assignee_id": member, "notify": {"email": True}}
    answer = await make.client.patch(f"/threads/{thread['id']}", json=body)
    assert answer.headers["X-Looplane-Notify"].startswith("email=planned;id=")
    await follow(database, clock)
    assert sorted(await told(db, member)) == ["assigned", "new_thread"]
    count = "select count(*) from deliveries d join notices n on n.id = d.subject_id"
    assert await db.fetchval(f"{count} where n.member_id = $1", UUID(member)) == 1
