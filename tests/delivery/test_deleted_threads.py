"""What is still to leave of a thread that is deleted: nothing, unless it comes back."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.delivery.commands import LEASE
from looplane.delivery.schemas import Attempted
from looplane.delivery.sql import BEGIN, GIVE_BACK, RECORD
from looplane.erasure.commands import erase_contact
from looplane.kit.context import Context
from looplane.kit.database import Database
from looplane.kit.principal import Principal
from looplane.undo.rules import LIFETIME
from tests.conftest import SteppedClock, Workspace
from tests.delivery.killed import KilledError, KillingDatabase
from tests.delivery.planned import attempts_of, states_of
from tests.dispatch import Delivered, Sink, deliver_due, dispatcher_of
from tests.factory import Factory
from tests.messages.conftest import send
from tests.processes import come_about
from tests.undo.steps import undone

pytestmark = pytest.mark.usefixtures("quiet")
Work = Callable[..., Coroutine[Any, Any, Delivered]]
WAITS = "Its thread was deleted: it waits while that can be taken back, and is canceled then."


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def work(db: Any, clock: SteppedClock, sink: Sink) -> Work:
    async def work(after: timedelta = timedelta(seconds=1)) -> Delivered:
        clock.step(after)
        return await deliver_due(db, clock, {"email": sink, "slack": sink})

    return work


async def shown(client: httpx.AsyncClient, thread: Any) -> list[dict[str, Any]]:
    """Its deliveries, as the API shows them, the oldest first."""
    found = await client.get("/deliveries", params={"thread_id": thread["id"]})
    rows: list[dict[str, Any]] = found.json()["data"]
    return rows[::-1]


async def test_an_answer_is_canceled_once_nobody_can_take_that_back(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, work: Work, sink: Sink
) -> None:
    thread, other = await make.thread(), await make.thread()
    for each in (thread, thread, other):
        assert (await send(client, each)).is_success
    assert (await client.delete(f"/threads/{thread['id']}")).is_success
    await work()
    assert [each.target for each in sink.taken] == [other["contact"]["email"]]
    first = (await shown(client, thread))[0]
    assert (first["state"], first["reason"], first["attempts"]) == ("queued", WAITS, 0)
    # It is looked at each minute, and all of its schedule is before it.
    for _ in range(10):
        await work(timedelta(minutes=1))
    assert await states_of(db, workspace.id) == ["queued", "queued", "delivered"]
    await work(timedelta(minutes=1))
    assert await states_of(db, workspace.id) == ["canceled", "canceled", "delivered"]
    for each in await shown(client, thread):
        assert (each["reason"], each["attempts"]) == ("Its thread was deleted.", 0)
        assert await attempts_of(db, workspace.id, UUID(each["id"])) == []
    assert len(sink.taken) == 1
    # Nobody is called for it.
    events = (await client.get("/events", params={"limit": 100})).json()["data"]
    assert "delivery.dead" not in {each["type"] for each in events}


async def test_what_comes_back_leaves_in_its_order(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, work: Work, sink: Sink
) -> None:
    thread = await make.thread()
    sent = [(await send(client, thread)).json()["id"] for _ in range(2)]
    deleted = await client.delete(f"/threads/{thread['id']}")
    await work()
    await work(LIFETIME - timedelta(seconds=10))
    assert sink.taken == []
    await undone(client, deleted)
    await work(timedelta(minutes=1))
    assert [str(each.subject_id) for each in sink.taken] == sent
    assert [(each["reason"], each["attempts"]) for each in await shown(client, thread)] == [
        (None, 1),
        (None, 1),
    ]
    assert {*await states_of(db, workspace.id)} == {"delivered"}


async def test_one_that_is_due_later_is_canceled_then(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, work: Work, sink: Sink
) -> None:
    sink._before = lambda _: Attempted("failed", "Not now.")  # noqa: SLF001  # what a test says
    thread = await make.thread()
    await send(client, thread)
    await work()
    await client.delete(f"/threads/{thread['id']}")
    await work(timedelta(hours=1))
    [one] = await shown(client, thread)
    assert (one["state"], one["reason"], one["attempts"]) == (
        "canceled",
        "Its thread was deleted.",
        1,
    )
    assert await attempts_of(db, workspace.id, UUID(one["id"])) == [(1, "failed")]


@pytest.mark.parametrize("statement", [BEGIN, RECORD, GIVE_BACK])
@pytest.mark.parametrize("after", [False, True])
async def test_a_worker_that_dies_half_way_is_followed_by_another(
    client: httpx.AsyncClient,
    make: Factory,
    database: Database,
    clock: SteppedClock,
    work: Work,
    sink: Sink,
    statement: str,
    after: bool,
) -> None:
    thread = await make.thread()
    await send(client, thread)
    await client.delete(f"/threads/{thread['id']}")
    clock.step(LIFETIME * 2)
    mortal = KillingDatabase(database, statement, after=after)
    with pytest.raises(KilledError):
        await dispatcher_of(mortal, clock, {"email": sink}).drain()
    clock.step(LEASE * 2)

    async def is_canceled() -> bool:
        await work()  # nothing yet, where the server has not seen that the worker is gone
        [one] = await shown(client, thread)
        return (one["state"], one["reason"]) == ("canceled", "Its thread was deleted.")

    await come_about(is_canceled)
    assert sink.taken == []


async def test_retried_by_hand_it_does_not_leave_either(
    client: httpx.AsyncClient, make: Factory, work: Work, sink: Sink
) -> None:
    thread = await make.thread()
    await send(client, thread)
    await client.delete(f"/threads/{thread['id']}")
    await work(LIFETIME * 2)
    [one] = await shown(client, thread)
    assert (await client.post(f"/deliveries/{one['id']}/retry", json={})).is_success
    await work()
    [one] = await shown(client, thread)
    assert (one["state"], sink.taken) == ("canceled", [])


async def test_a_queue_that_failed_is_not_taken_to_be_well(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, work: Work, sink: Sink
) -> None:
    down = Attempted("failed", "Down.", is_target_down=True)
    sink._before = lambda _: down  # noqa: SLF001  # what a test says
    thread, other = await make.thread(), await make.thread()
    await send(client, thread)
    await client.delete(f"/threads/{thread['id']}")
    await send(client, other)
    await work()
    await work(LIFETIME * 2)
    await work(LIFETIME)
    found = await db.fetchrow(
        "select failures from delivery_queues where workspace_id = $1", workspace.id
    )
    assert found["failures"] >= 2
    assert (await shown(client, thread))[0]["state"] == "canceled"


async def test_who_is_erased_gets_nothing_more(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    work: Work,
    sink: Sink,
) -> None:
    thread = await make.thread()
    await send(client, thread)
    context = Context(Principal(workspace.id, "rule", rule="erase"), clock, "erase")
    await erase_contact(db, context, thread["contact"]["id"])
    await work()
    [one] = await shown(client, thread)
    assert (one["state"], one["reason"]) == ("canceled", "Whom it was for was erased.")
    assert sink.taken == []
