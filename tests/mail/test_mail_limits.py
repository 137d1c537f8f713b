"""Limits of mailboxes: what is over them waits and arrives, and the team is told once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.mail.test_broadcast_mails import broadcast
from tests.messages.conftest import messages_of, send
from tests.sessions import APP

EVENTS = """
select type, thread_ids from events where workspace_id = $1
  and type in ('mailbox.paused', 'mailbox.thread_paused')
order by created_at, id"""
TRIES = "select attempts, tries, state from deliveries where workspace_id = $1 order by seq"


@pytest.fixture
def noon(clock: SteppedClock) -> SteppedClock:
    """So that a day has hours left."""
    clock.now = datetime.combine(clock().date() + timedelta(days=1), datetime.min.time(), UTC)
    clock.step(timedelta(hours=12))
    return clock


async def limit(client: httpx.AsyncClient, post: Post, **limits: int | str) -> dict[str, Any]:
    changed = await client.patch(f"/mailboxes/{post.mailbox['id']}", json=limits)
    assert changed.status_code == 200, changed.text
    return dict(changed.json())


async def test_a_budget_that_is_used_up_pauses_to_the_end_of_the_day(
    noon: SteppedClock,
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
) -> None:
    await limit(client, post, daily_budget=2)
    threads = [await make.thread() for _ in range(5)]
    for each in threads:
        await send(client, each)
    for _ in range(3):
        await post.work(400)
    assert len(post.server.received) == 2
    shown = (await client.get(f"/mailboxes/{post.mailbox['id']}")).json()
    assert shown["status"] == "paused"
    assert shown["status_reason"] == "Its budget of 2 mails a day is used up."
    midnight = noon().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    assert shown["paused_until"] == midnight.isoformat(timespec="milliseconds").replace(
        "+00:00", "Z"
    )
    assert [row["type"] for row in await db.fetch(EVENTS, workspace.id)] == ["mailbox.paused"]
    waiting = (await messages_of(client, threads[4]["id"]))[-1]["delivery"]
    assert waiting["state"] == "queued"
    assert "is paused: Its budget of 2 mails a day is used up." in waiting["reason"]
    rows = await db.fetch(TRIES, workspace.id)
    # What waits for its turn has used up no attempt.
    assert [tuple(row) for row in rows] == [(1, 0, "delivered")] * 2 + [(0, 0, "queued")] * 3
    assert (
        await db.fetchval(
            "select count(*) from delivery_attempts where workspace_id = $1", workspace.id
        )
        == 2
    )
    for day in (4, 5):
        await post.work(86_400 if day == 5 else 43_200)
        await post.work(400)
        assert len(post.server.received) == day
    assert (await client.get(f"/mailboxes/{post.mailbox['id']}")).json()["status"] == "active"


async def test_a_larger_budget_and_active_again_lets_it_go_on(
    noon: SteppedClock, client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    await limit(client, post, daily_budget=1)
    for _ in range(2):
        await send(client, await make.thread())
    await post.work()
    await limit(client, post, daily_budget=10, status="active")
    await post.work(301)
    assert len(post.server.received) == 2


async def test_a_link_that_signs_in_leaves_all_the_same(
    noon: SteppedClock, app: Any, client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    member = await make.joined_member()
    await limit(client, post, daily_budget=1, status="paused")
    await send(client, await make.thread())
    async with connected(app, None) as nobody:
        await nobody.post(f"{APP}/sign-in-links", json={"email": member["email"]})
    await post.work()
    assert [each.recipients for each in post.server.received] == [[member["email"]]]


async def test_a_thread_with_many_mails_waits_alone(
    noon: SteppedClock,
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
) -> None:
    await limit(client, post, per_thread_per_hour=2)
    flooded, other = await make.thread(), await make.thread()
    for _ in range(4):
        await send(client, flooded)
    await send(client, other)
    for _ in range(6):
        await post.work(301)
    assert [each.recipients[0] for each in post.server.received].count(
        flooded["contact"]["email"]
    ) == 2
    assert len(post.server.received) == 3
    [told] = await db.fetch(EVENTS, workspace.id)
    assert (told["type"], [str(each) for each in told["thread_ids"]]) == (
        "mailbox.thread_paused",
        [flooded["id"]],
    )
    for _ in range(8):
        await post.work(301)
    assert len(post.server.received) == 5


async def test_what_the_team_is_told_holds_back_no_answer(
    noon: SteppedClock,
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
) -> None:
    await limit(client, post, per_thread_per_hour=2)
    thread = await make.thread()
    team = [f"{name}@team.example" for name in ("ada", "bob", "cy")]
    for address in team * 3:
        await post.notify(address, thread["id"])
    await post.work()
    await send(client, thread)
    await post.work(301)
    told = Counter(each.recipients[0] for each in post.server.received)
    assert told == {**dict.fromkeys(team, 2), thread["contact"]["email"]: 1}
    assert await db.fetch(EVENTS, workspace.id) == []


async def test_a_retry_counts_once(
    noon: SteppedClock, client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    await limit(client, post, daily_budget=1)
    await send(client, await make.thread())
    post.server.rcpt = "451 Later"
    await post.work()
    await post.work(70)
    post.server.rcpt = None
    await post.work(400)
    assert len(post.server.received) == 1


async def test_what_is_paused_by_hand_waits_for_the_hand(
    noon: SteppedClock, client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    await limit(client, post, status="paused")
    await send(client, await make.thread())
    for _ in range(3):
        await post.work(86_400)
    assert post.server.received == []
    await limit(client, post, status="active")
    await post.work(301)
    assert len(post.server.received) == 1


async def test_a_broadcast_leaves_a_part_of_each_day_to_answers(
    noon: SteppedClock, client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    await limit(client, post, daily_budget=10)
    people = {(await make.contact())["email"] for _ in range(20)}
    await broadcast(client, make)
    thread = await make.thread()
    answered = thread["contact"]["email"]
    sent = []
    for _ in range(3):
        for _ in range(5):
            await post.work(60)
        assert (await send(client, thread)).is_success
        for _ in range(3):
            await post.work(301)
        shown = (await client.get(f"/mailboxes/{post.mailbox['id']}")).json()
        assert shown["status"] == "active"
        sent.append(Counter(each.recipients[0] == answered for each in post.server.received))
        post.server.received.clear()
        noon.step(timedelta(days=1))
    # Whoever began the thread has subscribed as well.
    assert sum(sent, Counter()).total() == len(people) + 1 + 3
    assert [each[True] for each in sent] in ([1, 1, 2], [1, 2, 1], [2, 1, 1])
    assert sent[0][False] + sent[1][False] in {15, 16}
    query = {"kind": "broadcast", "state": "queued"}
    assert (await client.get("/deliveries", params=query)).json()["data"] == []


async def test_a_broadcast_says_for_what_it_waits(
    noon: SteppedClock, client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    await limit(client, post, daily_budget=5)
    for _ in range(5):
        await make.contact()
    await broadcast(client, make)
    for _ in range(5):
        await post.work(60)
    assert len(post.server.received) == 4
    query = {"kind": "broadcast", "state": "queued"}
    [one] = (await client.get("/deliveries", params=query)).json()["data"]
    assert one["reason"] == "Of its budget of 5 mails a day, broadcasts leave what is over 4."
    assert one["attempts"] == 0
    # Nobody who has nothing but a broadcast to send waits for more than the next day.
    noon.step(timedelta(hours=12))
    assert (await post.work(60)).delivered == 1
