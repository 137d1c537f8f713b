"""What waits for a Slack that is connected no more."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.slack.commands import SlackChannel
from tests.conftest import SteppedClock, Workspace
from tests.dispatch import cancel_all, deliver_due
from tests.factory import Factory
from tests.messages.conftest import send
from tests.slack.server import Slack

QUEUE = """
select failures, failing_since, paused_at from delivery_queues
where workspace_id = $1 and channel = 'slack'"""
DELETED = "The connection to Slack was deleted."


@pytest.fixture(autouse=True)
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due."""
    await cancel_all(db)


class Waiting:
    """Answers that Slack does not take at the moment, three in one thread and one in another."""

    def __init__(self, client: httpx.AsyncClient, make: Factory) -> None:
        self.client, self.make = client, make

    async def plan(self) -> None:
        for times in (3, 1):
            thread = await self.make.thread(
                origin="slack", external_ids={"slack_channel": "C0HERE"}
            )
            for _ in range(times):
                assert (await send(self.client, thread)).is_success

    async def shown(self) -> list[dict[str, Any]]:
        found = await self.client.get("/deliveries", params={"channel": "slack"})
        rows: list[dict[str, Any]] = found.json()["data"]
        return rows

    async def ends(self) -> set[tuple[str, str | None]]:
        return {(each["state"], each["reason"]) for each in await self.shown()}


@pytest.fixture
def waiting(client: httpx.AsyncClient, make: Factory) -> Waiting:
    return Waiting(client, make)


async def test_with_the_last_one_it_is_canceled_at_once(  # as the worker has it
    waiting: Waiting,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
) -> None:
    client, make = waiting.client, waiting.make
    first, last = await make.slack_connection(), await make.slack_connection()
    await waiting.plan()
    slack.says("invalid_auth")
    clock.step(timedelta(seconds=1))
    await deliver_due(db, clock, {"slack": channel})
    assert (await db.fetchrow(QUEUE, workspace.id))["failures"] == 1
    assert (await client.delete(f"/slack/connections/{last['id']}")).is_success
    assert {state for state, _ in await waiting.ends()} == {"queued"}
    tried = await client.delete(f"/slack/connections/{first['id']}", params={"dry_run": True})
    assert tried.is_success
    assert {state for state, _ in await waiting.ends()} == {"queued"}
    assert (await client.delete(f"/slack/connections/{first['id']}")).is_success
    assert await waiting.ends() == {("canceled", DELETED)}
    assert [*await db.fetchrow(QUEUE, workspace.id)] == [0, None, None]
    # With another one what is retried leaves, and nothing new waits behind what was canceled.
    slack.calls.clear()
    slack.answers.clear()
    await make.slack_connection()
    again = {"filter": {"channel": "slack", "state": "canceled"}}
    assert (await client.post("/deliveries/retry", json=again)).json()["changed"] == 4
    await waiting.plan()
    clock.step(timedelta(seconds=1))
    await deliver_due(db, clock, {"slack": channel})
    assert await waiting.ends() == {("delivered", None)}
    assert len(slack.calls) == 8


async def test_what_was_planned_meanwhile_is_canceled_when_it_is_due(
    waiting: Waiting, db: Any, workspace: Workspace, clock: SteppedClock, channel: SlackChannel
) -> None:
    connection = await waiting.make.slack_connection()
    await waiting.plan()
    deleted = "update slack_connections set deleted_at = $2 where workspace_id = $1 and id = $3"
    await db.execute(deleted, workspace.id, clock(), connection["id"])
    clock.step(timedelta(seconds=1))
    await deliver_due(db, clock, {"slack": channel})
    assert await waiting.ends() == {("canceled", DELETED)}
    assert {each["attempts"] for each in await waiting.shown()} == {0}
    assert (await db.fetchrow(QUEUE, workspace.id))["failures"] == 0


async def test_what_is_deleted_while_something_is_posted_does_not_fail(  # as the worker has it
    waiting: Waiting,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = await waiting.make.slack_connection()
    await waiting.plan()
    slack.says("internal_error", 503)

    async def send(delivery: DueDelivery, loaded: Any) -> Attempted:
        attempted = await SlackChannel.send(channel, delivery, loaded)
        assert attempted.is_target_down
        path = f"/slack/connections/{connection['id']}"
        assert (await waiting.client.delete(path)).is_success
        return attempted

    monkeypatch.setattr(channel, "send", send)
    clock.step(timedelta(seconds=1))
    await deliver_due(db, clock, {"slack": channel})
    assert await waiting.ends() == {("canceled", DELETED)}
    assert [*await db.fetchrow(QUEUE, workspace.id)] == [0, None, None]
