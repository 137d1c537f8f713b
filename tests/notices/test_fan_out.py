"""What happens is told to whom it concerns: once, whatever meets or comes twice."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from looplane.kit.context import Context
from looplane.kit.principal import Principal
from looplane.messages.inbound.commands import (
    CleanMessage,
    InboundMessage,
    Person,
    receive_message,
)
from looplane.notices.fan_out.commands import NoticeFan
from looplane.threads.commands import wake_due_threads
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.notices.telling import fanned_events, notices_of, tell, told


async def receive(db: Any, workspace: Workspace, clock: SteppedClock, **fields: Any) -> UUID:
    """A message comes in; its thread."""
    context = Context(Principal(workspace.id, "rule", rule="mail"), clock, "mail")
    sender = Person(fields.pop("sender", "c@mail.example"))
    message = InboundMessage("email", sender, f"<{uuid4()}@mail>", **fields)
    receipt = await receive_message(db, context, CleanMessage(message, "<p>Help &amp; hurry</p>"))
    assert receipt.thread_id is not None
    return receipt.thread_id


async def test_who_is_assigned_and_who_is_mentioned(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    colleague: tuple[str, httpx.AsyncClient],
) -> None:
    ada, by_ada = colleague
    thread = await make.thread(title="Broken", assignee_id=ada)
    await tell(db, workspace.id, clock)
    assert await told(db, ada) == ["assigned"]
    assert await told(db, workspace.member_id) == [], "it was theirs to do"
    comment = {"content": "<p>@Ada Lovelace look</p>"}
    made = await make.client.post(f"/threads/{thread['id']}/comments", json=comment)
    await tell(db, workspace.id, clock)
    assert await told(db, ada) == ["assigned", "mentioned"], "not of the comment as well"
    address = await db.fetchval("select email from members where id = $1", UUID(ada))
    notice = (await notices_of(db, ada))[-1]
    assert notice["leaves"] == [f"email {address}"]
    assert (notice["actor_member_id"], notice["is_in_app"]) == (workspace.member_id, True)
    assert str(notice["thread_id"]) == thread["id"]
    # Once more in the same words, and of somebody else.
    other = await make.member(name="Bob Noether")
    path = f"/threads/{thread['id']}/comments/{made.json()['id']}"
    both = {"content": "<p>@Ada Lovelace, @Bob Noether look</p>"}
    assert (await make.client.patch(path, json=both)).status_code == 200
    await tell(db, workspace.id, clock)
    assert (await told(db, ada), await told(db, other)) == (
        ["assigned", "mentioned"],
        ["mentioned"],
    )
    # What Ada does tells others, and not her.
    await by_ada.post(f"/threads/{thread['id']}/comments", json={"content": "<p>Done</p>"})
    await tell(db, workspace.id, clock)
    await by_ada.patch(f"/threads/{thread['id']}", json={"assignee_id": str(workspace.member_id)})
    await tell(db, workspace.id, clock)
    assert await told(db, ada) == ["assigned", "mentioned"]
    assert [each["reason"] for each in await notices_of(db, workspace.member_id)][-1] == "assigned"


async def test_a_mention_that_was_added_before_it_was_told_is_told_once(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread, bob = await make.thread(), await make.member(name="Bob Noether")
    path = f"/threads/{thread['id']}/comments"
    made = (await make.client.post(path, json={"content": "<p>Look</p>"})).json()
    await make.client.patch(f"{path}/{made['id']}", json={"content": "<p>@Bob Noether look</p>"})
    events = await fanned_events(db, workspace.id)
    for kind in ("comment.created", "comment.updated"):  # in two batches
        await tell(db, workspace.id, clock, [each for each in events if each.type == kind])
    assert await told(db, bob) == ["mentioned"]


async def test_an_answer_of_a_customer_tells_the_assignee(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    colleague: tuple[str, httpx.AsyncClient],
) -> None:
    ada, _ = colleague
    id = await receive(db, workspace, clock, subject="It burns")
    await tell(db, workspace.id, clock)
    assert await told(db, ada) == await told(db, workspace.member_id) == ["new_thread"]
    await make.client.patch(f"/threads/{id}", json={"assignee_id": ada})
    await receive(db, workspace, clock, thread_id=id)
    await tell(db, workspace.id, clock)
    assert await told(db, ada) == ["new_thread", "assigned", "reply"]
    assert await told(db, workspace.member_id) == ["new_thread"]
    address = await db.fetchval("select email from members where id = $1", UUID(ada))
    await receive(db, workspace, clock, thread_id=id, sender=address.upper())
    await tell(db, workspace.id, clock)
    assert len(await told(db, ada)) == 3, "what she wrote by mail herself"


async def test_the_end_of_a_snooze_tells_the_assignee_or_who_snoozed(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    colleague: tuple[str, httpx.AsyncClient],
) -> None:
    ada, by_ada = colleague
    mine, hers = (await make.thread())["id"], (await make.thread())["id"]
    born = (await make.thread(status="snoozed", snoozed_until="2999-01-01T00:00:00Z"))["id"]
    until = (clock() + timedelta(hours=1)).isoformat()
    snooze = {"status": "snoozed", "snoozed_until": until}
    await by_ada.patch(f"/threads/{mine}", json={**snooze, "assignee_id": str(workspace.member_id)})
    await by_ada.patch(f"/threads/{hers}", json=snooze)
    await by_ada.patch(f"/threads/{hers}", json={"title": "Since"})
    await db.execute("update threads set snoozed_until = $1 where id = $2", clock(), UUID(born))
    await tell(db, workspace.id, clock)
    before = [await told(db, each) for each in (ada, workspace.member_id)]
    clock.step(timedelta(hours=2))
    while (await wake_due_threads(db, clock, ())).woken:
        pass
    await tell(db, workspace.id, clock)
    of_ada, of_admin = await notices_of(db, ada), await notices_of(db, workspace.member_id)
    new = [{str(each["thread_id"]) for each in found[len(was) :]} for found, was in
           zip((of_ada, of_admin), before, strict=True)]  # fmt: skip
    assert new == [{hers}, {mine, born}]
    assert {each["reason"] for each in of_ada[len(before[0]) :]} == {"snooze_ended"}
    # Opened by hand it is no news.
    await by_ada.patch(f"/threads/{mine}", json={**snooze, "snoozed_until": "2999-01-01T00:00:00Z"})
    await by_ada.patch(f"/threads/{mine}", json={"status": "open"})
    await tell(db, workspace.id, clock)
    assert len(await notices_of(db, workspace.member_id)) == len(of_admin)


async def test_told_twice_or_by_two_at_once_it_is_told_once(
    make: Factory, db: Any, pool: asyncpg.Pool, workspace: Workspace, clock: SteppedClock
) -> None:
    members = [await make.member() for _ in range(4)]
    for member in members:
        await make.thread(assignee_id=member)
    await make.thread()
    events = await fanned_events(db, workspace.id)

    async def fan() -> int:
        async with pool.acquire() as con, con.transaction():
            return await NoticeFan(clock)(con, workspace.id, events)

    counts = await asyncio.gather(*(fan() for _ in range(3)))
    assert sum(counts) == 4, "a mail for each who is assigned"
    assert await fan() == 0
    for member in members:
        assert sorted(await told(db, member)) == ["assigned", "new_thread"]


async def test_a_fan_out_that_dies_leaves_nothing(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    member = await make.member()
    await make.thread(assignee_id=member)
    transaction = db.transaction()
    await transaction.start()
    assert await NoticeFan(clock)(db, workspace.id, await fanned_events(db, workspace.id)) == 1
    await transaction.rollback()
    assert await told(db, member) == []
    assert await tell(db, workspace.id, clock) == 1


async def test_many_threads_at_once_are_one_notice_that_settles_first(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    member = await make.member()
    ids = [(await make.thread())["id"] for _ in range(5)]
    await tell(db, workspace.id, clock)
    body = {"ids": ids, "update": {"assignee_id": member}}
    assert (await make.client.post("/threads/bulk", json=body)).status_code == 200
    events = await fanned_events(db, workspace.id)
    await tell(db, workspace.id, clock, events[:-2])
    await tell(db, workspace.id, clock, events[-2:])
    notice = (await notices_of(db, member))[-1]
    assert [each["reason"] for each in await notices_of(db, member)].count("assigned") == 1
    due = "select next_attempt_at from deliveries where subject_id = $1"
    assert await db.fetchval(due, notice["id"]) == clock() + timedelta(minutes=1)


async def test_demo_data_and_imports_tell_nobody(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    member = await make.member()
    old = (clock() - timedelta(days=30)).isoformat()
    await make.thread(created_at=old, assignee_id=member)
    await make.thread(created_at=old)
    assert await tell(db, workspace.id, clock) == 0
    assert await told(db, member) == []


async def test_who_is_not_known_any_more_stops_nothing(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    member = await make.member()
    await make.thread(assignee_id=member)
    gone = {"type": "program", "key_id": str(uuid4()), "member_id": str(uuid4()), "rule": None}
    for actor in (gone, {}):
        events = [
            replace(each, actor=actor, write_id=uuid4())
            for each in await fanned_events(db, workspace.id)
        ]
        await tell(db, workspace.id, clock, events)
    assert await told(db, member) == ["assigned"] * 2


async def test_another_workspace_is_told_nothing(
    make: Factory,
    make_other: Factory,
    db: Any,
    workspace: Workspace,
    other: Workspace,
    clock: SteppedClock,
) -> None:
    await make.thread(assignee_id=await make.member())
    await make_other.thread()
    theirs = await fanned_events(db, other.id)
    assert await tell(db, workspace.id, clock, theirs) == 0
    count = "select count(*) from notices where workspace_id = any ($1)"
    assert await db.fetchval(count, [workspace.id, other.id]) == 0


async def test_what_concerns_nobody_costs_no_statement(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    await make.tag()
    events = [each for each in await fanned_events(db, workspace.id) if "tag" in each.type]
    assert events
    assert await NoticeFan(clock)(None, workspace.id, events) == 0  # type: ignore[arg-type]


@pytest.fixture
def counted(db: Any) -> Iterator[list[str]]:
    seen: list[str] = []

    def log(record: Any) -> None:
        seen.append(record.query)

    db.add_query_logger(log)
    yield seen
    db.remove_query_logger(log)


async def test_a_batch_costs_the_same_whatever_is_in_it(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock, counted: list[str]
) -> None:
    for _ in range(5):
        await make.thread(assignee_id=await make.member())
    events, costs = await fanned_events(db, workspace.id), []
    for some in (events[:1], events[1:]):
        counted.clear()
        await NoticeFan(clock)(db, workspace.id, some)
        costs.append(len(counted))
    assert costs[0] <= costs[1] == 4
