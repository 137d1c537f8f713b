"""Reading a thread, which is the team's."""

from datetime import timedelta
from typing import Any

import httpx

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.sessions import APP, signed_in
from tests.witness import events_of


async def mark(client: httpx.AsyncClient, thread_id: str, **body: object) -> httpx.Response:
    answer = await client.post(f"{APP}/read", json={"thread_id": thread_id, **body})
    assert answer.status_code == 200, answer.text
    return answer


async def test_reading_is_told_once_and_can_be_taken_back(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        first = await mark(member, thread["id"], is_read=True)
        assert first.json()["is_read"]
        there = await member.get(path)
        assert (there.json(), there.headers["etag"]) == (first.json(), first.headers["etag"])
        (_, told) = await events_of(db, thread["id"])
        assert told["type"] == "thread.updated"
        assert (told["before"], told["after"]) == ({"is_read": False}, {"is_read": True})
        again = await mark(member, thread["id"], is_read=True)
        assert again.headers["etag"] == first.headers["etag"]
        assert "x-looplane-undo" not in again.headers
        assert len(await events_of(db, thread["id"])) == 2
        undone = await member.post(f"/undo/{first.headers['x-looplane-undo']}")
        assert undone.status_code == 200, undone.text
        assert not (await member.get(path)).json()["is_read"]
        await mark(member, thread["id"], is_read=False)
        assert len(await events_of(db, thread["id"])) == 3


async def test_reading_moves_a_thread_in_no_list(
    app: Any, db: Any, workspace: Workspace, make: Factory, clock: SteppedClock
) -> None:
    ids = []
    for _ in range(3):
        ids.append((await make.thread())["id"])
        clock.step(timedelta(seconds=1))
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        for sort in ("created_at", "last_activity", "oldest_waiting", "pain"):
            before = await _order(member, sort)
            for id in ids:
                await mark(member, id, is_read=id != ids[1])
            assert await _order(member, sort) == before


async def _order(member: httpx.AsyncClient, sort: str) -> list[str]:
    page = await member.get("/threads", params={"sort": sort})
    return [each["id"] for each in page.json()["data"]]


async def test_what_nobody_has_seen_stays_unread(
    app: Any, db: Any, workspace: Workspace, make: Factory, clock: SteppedClock
) -> None:
    thread = await make.thread()
    moment = clock()
    later = "update threads set last_inbound_message_at = $2, is_read = false where id = $1"
    await db.execute(later, thread["id"], moment)
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        for seen in (None, "2020-01-01T00:00:00Z"):
            found = await mark(member, thread["id"], is_read=True, seen_inbound_at=seen)
            assert not found.json()["is_read"]
        found = await mark(member, thread["id"], is_read=True, seen_inbound_at=iso(moment))
        assert found.json()["is_read"]
        found = await mark(member, thread["id"], is_read=False, seen_inbound_at=None)
        assert not found.json()["is_read"]


async def test_reading_takes_two_round_trips(
    app: Any, db: Any, workspace: Workspace, make: Factory, queries: Any
) -> None:
    thread = await make.thread()
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        await member.get(f"{APP}/session")
        with queries() as seen:
            await mark(member, thread["id"], is_read=True)
        assert len(seen) == 2, seen
