"""What the program tells of itself: what did not leave, and what is down."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.event_feed.schemas import FannedEvent
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.notices.telling import notices_of, tell, told
from tests.sessions import APP, signed_in


def program_event(kind: str, subject_id: UUID, clock: SteppedClock, **fields: Any) -> FannedEvent:
    """What the program tells of what leaves, or does not."""
    actor = {"type": "rule", "key_id": None, "member_id": None, "rule": "delivery"}
    ids: dict[str, Any] = {"id": uuid4(), "write_id": uuid4(), "aggregate_id": subject_id}
    ids |= {"position": 1, "version": None}
    return FannedEvent(
        **{**ids, **fields}, type=kind, subject_id=subject_id, actor=actor, created_at=clock()
    )


async def test_what_is_not_delivered_tells_the_admins_and_who_sent_it(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    colleague: tuple[str, httpx.AsyncClient],
) -> None:
    ada, by_ada = colleague
    thread = await make.thread(origin="email")
    await by_ada.post(f"/threads/{thread['id']}/messages", json={"content": "<p>Try this</p>"})
    delivery = await db.fetchval("select id from deliveries where kind = 'message' and"
                                 " thread_id = $1", UUID(thread["id"]))  # fmt: skip
    if delivery is None:
        pytest.skip("no channel of mail is set up in the tests")
    dead = program_event("delivery.dead", delivery, clock)
    await tell(db, workspace.id, clock, [dead])
    assert await told(db, ada) == await told(db, workspace.member_id) == ["delivery_dead"]


@pytest.mark.parametrize(
    "kind", ["mailbox.down", "mailbox.paused", "mailbox.thread_paused", "webhook.paused"]
)
async def test_what_is_down_tells_the_admins_by_another_way(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock, kind: str
) -> None:
    user = await make.member()
    event = program_event(kind, uuid4(), clock, data={"name": "support@firm.example"})
    await tell(db, workspace.id, clock, [event])
    (notice,) = await notices_of(db, workspace.member_id)
    assert notice["detail"] == "support@firm.example"
    assert bool(notice["leaves"]) == kind.startswith("webhook")
    assert await told(db, user) == []


async def test_a_webhook_that_nothing_reaches_is_told_once_until_it_is_read(
    app: ASGIApp, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    ids = [uuid4() for _ in range(4)]
    insert = (
        "insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id,"
        " state, created_at, updated_at) values ($1, $2, $2, 'event', 'webhook',"
        " 'https://hook.example', $2, 'dead', $3, $3)"
    )
    for id in ids:
        await db.execute(insert, workspace.id, id, clock())
    events = [program_event("delivery.dead", id, clock) for id in ids]
    await tell(db, workspace.id, clock, events[:2])
    await tell(db, workspace.id, clock, events[2:3])
    assert await told(db, workspace.member_id) == ["delivery_dead"]
    async with signed_in(app, db, workspace.id, workspace.member_id) as admin:
        await admin.post(f"{APP}/notices/read", json={"all": True})
    await tell(db, workspace.id, clock, events[3:])
    assert await told(db, workspace.member_id) == ["delivery_dead"] * 2
