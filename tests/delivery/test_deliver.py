"""What is to leave is handed over: at least once, in order, whatever becomes of workers."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from looplane.deliveries.rules import RETRY_AFTER
from looplane.delivery.email.commands import EmailChannel
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.worker import work
from tests.conftest import SteppedClock, Workspace
from tests.dispatch import Sink, deliver_due, dispatcher_of
from tests.factory import Factory
from tests.processes import come_about

pytestmark = pytest.mark.usefixtures("quiet")
ROWS = """
select subject_id::text as message, state, attempts, next_attempt_at, reason, delivered_by
from deliveries where workspace_id = $1 order by created_at, id"""


async def due_message(make: Factory, clock: SteppedClock) -> str:
    """The id of a message that is due by now."""
    message = await make.message((await make.thread())["id"])
    clock.step(timedelta(seconds=1))
    return str(message["id"])


async def states(db: Any, workspace: Workspace) -> list[str]:
    return [row["state"] for row in await db.fetch(ROWS, workspace.id)]


def failing(*messages: str, error: Exception | None = None) -> Sink:
    def look(delivery: DueDelivery) -> None:
        if str(delivery.subject_id) in messages:
            raise error or RuntimeError("The mailbox is full.")

    return Sink(look)


async def test_in_the_order_in_which_they_were_sent(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread = await make.thread()
    sent = [(await make.message(thread["id"]))["id"] for _ in range(3)]
    clock.step(timedelta(seconds=1))
    sink = Sink()
    done = await deliver_due(db, clock, {"email": sink})
    assert (done.delivered, done.failures) == (3, [])
    assert [str(each.subject_id) for each in sink.taken] == sent
    first = sink.taken[0]
    assert (first.target, str(first.thread_id)) == (thread["contact"]["email"], thread["id"])
    rows = await db.fetch(ROWS, workspace.id)
    assert [tuple(row) for row in rows] == [(id, "delivered", 1, None, None, "sink") for id in sent]
    assert (await deliver_due(db, clock, {"email": sink})).delivered == 0


async def test_one_that_fails_is_tried_again_and_keeps_only_its_thread(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread, other = await make.thread(), await make.thread()
    first = (await make.message(thread["id"]))["id"]
    after = (await make.message(thread["id"]))["id"]
    elsewhere = (await make.message(other["id"]))["id"]
    clock.step(timedelta(seconds=1))
    sink = failing(first)
    for i, pause in enumerate(RETRY_AFTER):
        done = await deliver_due(db, clock, {"email": sink})
        assert [str(each.subject_id) for each, _ in done.failures] == [first]
        assert [str(each.subject_id) for each in sink.taken] == [elsewhere]
        row = (await db.fetch(ROWS, workspace.id))[0]
        assert (row["state"], row["attempts"]) == ("queued", i + 1)
        assert (row["next_attempt_at"], row["reason"]) == (clock() + pause, "The mailbox is full.")
        clock.step(pause - timedelta(milliseconds=1))
        assert (await deliver_due(db, clock, {"email": sink})).failures == []
        clock.step(timedelta(milliseconds=1))
    # Given up: what follows need not wait for it any longer.
    done = await deliver_due(db, clock, {"email": sink})
    assert (len(done.failures), done.delivered) == (1, 1)
    assert [str(each.subject_id) for each in sink.taken] == [elsewhere, after]
    assert await states(db, workspace) == ["dead", "delivered", "delivered"]


async def test_one_that_succeeds_in_the_end_says_no_reason(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = await due_message(make, clock)
    await deliver_due(db, clock, {"email": failing(id)})
    clock.step(RETRY_AFTER[0])
    await deliver_due(db, clock, {"email": Sink()})
    [row] = await db.fetch(ROWS, workspace.id)
    assert (row["state"], row["attempts"], row["reason"]) == ("delivered", 2, None)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RuntimeError("x\0y\ud800"), "xy?"),
        (RuntimeError("x" * 9000), "x" * 500),
        (KeyError(), "KeyError"),
        (TimeoutError(), "It took longer than 10 s."),
    ],
)
async def test_any_reason_can_be_kept(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    error: Exception,
    reason: str,
) -> None:
    id = await due_message(make, clock)
    await deliver_due(db, clock, {"email": failing(id, error=error)})
    [row] = await db.fetch(ROWS, workspace.id)
    assert row["reason"] == reason


class Broken(Sink):
    """A channel that breaks the transaction in which it is called."""

    async def load(self, con: Any, _deliveries: Any) -> Any:
        await con.execute("select 1 / 0")


async def test_a_statement_that_fails_is_a_failure_like_others(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    await due_message(make, clock)
    done = await deliver_due(db, clock, {"email": Broken()})
    assert len(done.failures) == 1
    [row] = await db.fetch(ROWS, workspace.id)
    assert (row["state"], row["reason"]) == ("queued", "division by zero")


async def test_a_channel_that_is_no_longer_set_up(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    await due_message(make, clock)
    await deliver_due(db, clock, {})
    [row] = await db.fetch(ROWS, workspace.id)
    assert (row["state"], row["reason"]) == ("queued", "The channel email is not set up.")


class Slow(Sink):
    """A channel in which others get their turn."""

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
        await asyncio.sleep(0.01)
        return await super().send(delivery, loaded)


async def test_several_workers_take_each_once_and_in_order(
    make: Factory, database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    threads = [(await make.thread())["id"] for _ in range(5)]
    sent = [(id, (await make.message(id))["id"]) for _ in range(4) for id in threads]
    clock.step(timedelta(seconds=1))
    slow = Slow()
    slow.most_at_once = 2

    async def worker() -> int:
        taken = 0
        while "queued" in await states(database.pool, workspace):
            taken += len(await dispatcher_of(database, clock, {"email": slow}).drain())
            await asyncio.sleep(0.001)  # another one has the queue
        return taken

    counts = await asyncio.gather(*(worker() for _ in range(4)))
    assert sum(counts) == len(sent) == len(slow.taken)
    assert sum(map(bool, counts)) > 1
    for id in threads:
        taken = [str(each.subject_id) for each in slow.taken if str(each.thread_id) == id]
        assert taken == [message for thread, message in sent if thread == id]


async def test_the_worker_delivers_by_itself(
    database: Database, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    await due_message(make, clock)
    task = asyncio.ensure_future(work(database, Settings(), clock))

    async def is_delivered() -> bool:
        return await states(db, workspace) == ["delivered"]

    try:
        await come_about(is_delivered)
    finally:
        task.cancel()
        await asyncio.wait([task])
    [row] = await db.fetch(ROWS, workspace.id)
    assert (row["state"], row["delivered_by"]) == ("delivered", EmailChannel.name)


async def test_what_no_table_holds_keeps_nothing_else_from_being_written_down(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    first, second = await due_message(make, clock), await due_message(make, clock)
    said = {"text": "a\0b\udc80", "\0name": ["\0", 1, None]}

    def look(delivery: DueDelivery) -> Attempted | None:
        is_first = str(delivery.subject_id) == first
        return Attempted("failed", "\0", request=said, answer=said) if is_first else None

    sink = Sink(look)
    await deliver_due(db, clock, {"email": sink})
    assert await states(db, workspace) == ["queued", "delivered"]
    assert [str(each.subject_id) for each in sink.taken] == [second]
    kept = await db.fetchval(
        "select answer from delivery_attempts where workspace_id = $1 and outcome = 'failed'",
        workspace.id,
    )
    assert kept == {"text": "ab?", "name": ["", 1, None]}
