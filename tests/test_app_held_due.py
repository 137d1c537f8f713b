"""Held messages that are due: each leaves once, or goes back with the reason, whatever happens."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import structlog

from looplane.held_messages import commands, sql as statements
from looplane.held_messages.commands import send_due
from looplane.kit.clock import system_clock
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.html import CLEANER_VERSION
from looplane.messages.commands import send_thread_message
from looplane.worker import work
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.held import HELD_FOR, hold, send_what_is_due, sent_in, state_of, unsent_in
from tests.processes import come_about
from tests.sessions import APP, signed_in
from tests.test_app_held import member, quiet

__all__ = ["member", "quiet"]
pytestmark = pytest.mark.usefixtures("quiet")
MAIL = frozenset({"email"})


async def test_what_cannot_be_sent_goes_back_with_the_reason(
    member: httpx.AsyncClient, db: Any, make: Factory, clock: SteppedClock
) -> None:
    threads = [await make.thread() for _ in range(4)]
    answered, deleted, lost, good = (each["id"] for each in threads)
    for each in threads:
        await hold(member, each["id"], expected_last_message_id=each["id"], then={"status": "done"})
    await make.message(answered)
    gone = await member.delete(f"/threads/{deleted}")
    await member.delete(f"/contacts/{threads[2]['contact']['id']}")
    with structlog.testing.capture_logs():
        done = await send_what_is_due(db, clock)
    assert (done.sent, len(done.returned), done.failures) == (1, 3, {})
    assert await sent_in(member, good) == ["<p>Hello</p>"]
    assert len(await sent_in(member, answered)) == 1, "that of somebody else"
    await member.post(f"/undo/{gone.headers['x-looplane-undo']}")
    for id, words in (
        (answered, "There was a newer message"),
        (deleted, "The thread was deleted"),
        (lost, "it has no contact"),
    ):
        reply = await unsent_in(member, id)
        assert reply["html"] == "<p>Hello</p>"
        assert words in reply["problem"]
        assert (await member.get(f"/threads/{id}")).json()["status"] == "open"
    page = (await member.get(f"{APP}/unsent")).json()["data"]
    assert [each["has_problem"] for each in page] == [True] * 3
    # The problem is there until the text is another one.
    path, body = f"{APP}/unsent/{lost}", {"mode": "reply", "html": "<p>Hello</p>"}
    assert (await member.put(path, json=body)).json()["reply"]["problem"]
    body["html"] = "<p>Hello again</p>"
    assert (await member.put(path, json=body)).json()["reply"]["problem"] is None


async def test_who_may_not_send_by_now_does_not(
    app: Any, member: httpx.AsyncClient, db: Any, make: Factory, clock: SteppedClock
) -> None:
    workspace_id = make.workspace_id
    viewer, removed = await make.member(), await make.member()
    ids = [(await make.thread())["id"] for _ in range(2)]
    for member_id, id in zip((viewer, removed), ids, strict=True):
        async with signed_in(app, db, workspace_id, member_id) as writer:
            await hold(writer, id)
    await member.patch(f"/members/{viewer}", json={"role": "VIEWER"})
    await member.delete(f"/members/{removed}")
    done = await send_what_is_due(db, clock)
    assert (done.sent, len(done.returned)) == (0, 2)
    assert [await sent_in(member, id) for id in ids] == [[], []]
    async with signed_in(app, db, workspace_id, viewer) as writer:
        assert "role" in (await unsent_in(writer, ids[0]))["problem"]
    kept = "select html, problem from unsent_texts where member_id = $1"
    row = await db.fetchrow(kept, UUID(removed))
    assert (row["html"], "no member" in row["problem"]) == ("<p>Hello</p>", True)


async def test_what_fails_goes_back_and_holds_up_no_other(
    member: httpx.AsyncClient,
    db: Any,
    make: Factory,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, good = [(await make.thread())["id"] for _ in range(2)]
    await hold(member, bad)
    await hold(member, good)
    send = send_thread_message

    async def fails(con: Any, context: Any, thread_id: UUID, *sent: Any) -> Any:
        answer = await send(con, context, thread_id, *sent)
        if str(thread_id) == bad:
            await con.execute("select 1 / 0")
        return answer

    monkeypatch.setattr(commands, "send_thread_message", fails)
    done = await send_what_is_due(db, clock)
    assert (done.sent, len(done.returned), done.failures) == (1, 1, {})
    assert (await sent_in(member, bad), len(await sent_in(member, good))) == ([], 1)
    assert "failed on our side" in (await unsent_in(member, bad))["problem"]


async def test_what_dies_half_way_leaves_one_message(
    member: httpx.AsyncClient,
    pool: asyncpg.Pool,
    db: Any,
    make: Factory,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id = (await make.thread())["id"]
    held = await hold(member, id, then={"status": "done"})
    end = statements.end

    async def dies(con: Any, *args: Any) -> None:
        await end(con, *args)
        con.terminate()
        await con.execute("select 1")

    monkeypatch.setattr(statements, "end", dies)
    async with pool.acquire() as con:
        with pytest.raises(Exception, match="clos"):
            await send_what_is_due(con, clock)
    assert (await sent_in(member, id), await state_of(db, held["id"])) == ([], "held")
    assert (await member.get(f"/threads/{id}")).json()["status"] == "open"
    monkeypatch.undo()

    async def is_sent() -> bool:
        await send_due(db, clock, MAIL)  # nothing, until the server has seen that it is gone
        return await state_of(db, held["id"]) == "sent"

    await come_about(is_sent)
    await send_due(db, clock, MAIL)
    assert len(await sent_in(member, id)) == 1
    assert (await member.get(f"/threads/{id}")).json()["status"] == "done"
    planned = "select count(*) from deliveries where thread_id = $1"
    assert await db.fetchval(planned, UUID(id)) == 1


async def test_several_workers_send_each_once(
    member: httpx.AsyncClient, pool: asyncpg.Pool, make: Factory, clock: SteppedClock
) -> None:
    ids = [(await make.thread())["id"] for _ in range(12)]
    for id in ids:
        await hold(member, id)
    clock.step(HELD_FOR)

    async def send() -> int:
        async with pool.acquire() as con:
            return (await send_due(con, clock, MAIL)).sent

    done = await asyncio.gather(*(send() for _ in range(4)))
    assert sum(done) + await send() == len(ids)
    assert [len(await sent_in(member, id)) for id in ids] == [1] * len(ids)


async def test_a_message_is_sent_or_back_and_never_both(
    member: httpx.AsyncClient, pool: asyncpg.Pool, db: Any, make: Factory, clock: SteppedClock
) -> None:
    outcomes = set()
    for n in range(200):
        id = (await make.thread())["id"]
        held = await hold(member, id)
        clock.step(HELD_FOR)

        async def send(after: float) -> None:
            await asyncio.sleep(after)
            async with pool.acquire() as con:
                await send_due(con, clock, MAIL)

        path = f"{APP}/held/{held['id']}"
        back, *_ = await asyncio.gather(
            member.delete(path), send(n % 30 / 10_000), member.post(f"{path}/send")
        )
        await send_due(db, clock, MAIL)
        sent = await sent_in(member, id)
        reply = (await member.get(f"{APP}/unsent/{id}")).json()["reply"]
        assert back.status_code in {200, 409}
        assert (len(sent), reply is None) == ((0, False) if back.is_success else (1, True))
        outcomes.add(back.status_code)
        if n > 20 and len(outcomes) > 1:
            break
    assert outcomes == {200, 409}, "each is first at times"


async def test_what_somebody_holds_waits_and_keeps_no_other(
    member: httpx.AsyncClient, pool: asyncpg.Pool, db: Any, make: Factory, clock: SteppedClock
) -> None:
    busy, free = [(await make.thread())["id"] for _ in range(2)]
    await hold(member, busy)
    await hold(member, free)
    async with pool.acquire() as con, con.transaction():
        await con.execute("select from threads where id = $1 for update", UUID(busy))
        done = await asyncio.wait_for(send_what_is_due(db, clock), 10)
        assert (done.sent, done.returned, done.failures) == (1, {}, {})
    assert (await send_due(db, clock, MAIL)).sent == 1
    assert len(await sent_in(member, busy)) == 1


async def test_a_message_keeps_the_version_that_cleaned_it(
    member: httpx.AsyncClient, db: Any, make: Factory, clock: SteppedClock
) -> None:
    old, new = [(await make.thread())["id"] for _ in range(2)]
    held = await hold(member, old)
    await hold(member, new)
    older = "update held_messages set html_version = 1 where id = $1"
    await db.execute(older, UUID(held["id"]))
    await send_what_is_due(db, clock)
    version = "select html_version from messages where thread_id = $1"
    assert await db.fetchval(version, UUID(old)) == 1
    assert await db.fetchval(version, UUID(new)) == CLEANER_VERSION


async def test_the_worker_sends(
    member: httpx.AsyncClient, database: Database, db: Any, make: Factory
) -> None:
    id = (await make.thread())["id"]
    held = await hold(member, id)
    due = "update held_messages set due_at = $2 where id = $1"
    await db.execute(due, UUID(held["id"]), system_clock() - timedelta(seconds=1))
    working = asyncio.create_task(work(database, Settings(), system_clock))
    try:

        async def is_sent() -> bool:
            return await state_of(db, held["id"]) == "sent"

        await come_about(is_sent)
    finally:
        working.cancel()
        await asyncio.wait([working])
    assert len(await sent_in(member, id)) == 1


async def test_how_often_a_round_asks(
    member: httpx.AsyncClient,
    database: Database,
    make: Factory,
    clock: SteppedClock,
    queries: Any,
) -> None:
    await hold(member, (await make.thread())["id"], then={"status": "done"})
    for count in (19, 1):
        with queries() as seen:
            async with database.reading() as con:
                await send_what_is_due(con, clock)
        assert len(seen) == count, seen
