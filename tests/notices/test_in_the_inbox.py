"""What a member reads of their notices, and what they choose: their own alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.clock import iso
from looplane.notices.commands import KEPT, sweep_notices
from looplane.notices.schemas import MAX_COUNTED
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.notices.telling import assign, listed, notices_of, tell
from tests.sessions import APP, signed_in
from tests.witness import faults

NOTICES, READ, SETTINGS = f"{APP}/notices", f"{APP}/notices/read", f"{APP}/notice-settings"


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
