"""What leaves by Slack, and what becomes of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from looplane.delivery.slack.commands import SlackChannel
from looplane.delivery.slack.rules import MAX_TEXT_LENGTH, Post, thread_ts_of
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.slack.posting import answered, deliver, due
from tests.slack.server import Slack, page, reply


async def test_an_answer_is_posted_as_it_was_said(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
) -> None:
    await make.slack_connection()
    id = await answered(make, "<p>Hello &lt;!channel&gt; &amp; all</p>")
    attempted = await deliver(db, channel, due(workspace, clock, id))
    assert attempted is not None
    assert attempted.outcome == "delivered"
    [(method, posted)] = slack.calls
    assert (method, posted["channel"]) == ("chat.postMessage", "C0HERE")
    assert posted["text"] == "Hello &lt;!channel&gt; &amp; all"
    assert "thread_ts" not in posted
    assert "xoxb" not in repr(attempted)


async def test_it_answers_the_last_word_that_came_by_slack(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
) -> None:
    await make.slack_connection()
    thread = await make.thread()
    came = """
insert into messages (workspace_id, id, thread_id, type, direction, text, html, html_version,
  external_id, created_at)
values ($1, $2, $3, 'slack', 'inbound', 'x', 'x', 1, $4, $5)"""
    for step, name in enumerate(("C1:1700.000100", "C1:1700.000200")):
        moment = clock() - timedelta(minutes=5 - step)
        await db.execute(came, workspace.id, uuid4(), UUID(thread["id"]), name, moment)
    id = (await make.message(thread["id"]))["id"]
    await deliver(db, channel, due(workspace, clock, id))
    assert slack.calls[0][1]["thread_ts"] == "1700.000200"


@pytest.mark.parametrize(
    ("name", "ts"),
    [
        ("1700.000100", "1700.000100"),
        ("slack:T1/C1:1700.000100", "1700.000100"),
        ("x1700.000100", None),
        ("1700.000100\n", None),
        (None, None),
    ],
)
def test_which_message_a_name_names(name: str | None, ts: str | None) -> None:
    assert thread_ts_of(name) == ts


@pytest.mark.parametrize(
    ("error", "status", "headers", "outcome", "is_down", "retry_after"),
    [
        ("channel_not_found", 200, (), "refused", False, None),
        ("invalid_auth", 200, (), "failed", True, None),
        ("internal_error", 200, (), "failed", False, None),
        ("internal_error", 503, (), "failed", True, None),
        ("ratelimited", 429, ("Retry-After: 7",), "failed", True, timedelta(seconds=7)),
        ("ratelimited", 429, ("Retry-After: soon",), "failed", True, None),
        (
            *("ratelimited", 429, (f"Retry-After: {'9' * 5000}",), "failed", True),
            timedelta(seconds=999_999_999),
        ),
    ],
)
async def test_what_slack_refuses(  # what it says, and what that means
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
    error: str,
    status: int,
    headers: tuple[str, ...],
    outcome: str,
    is_down: bool,
    retry_after: timedelta | None,
) -> None:
    await make.slack_connection()
    slack.says(error, status, *headers)
    found = await deliver(db, channel, due(workspace, clock, await answered(make, "Hello")))
    assert found is not None
    said = (found.outcome, found.is_target_down, found.retry_after)
    assert said == (outcome, is_down, retry_after)
    assert error in str(found.reason)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply(b"not json"), "page (HTTP 200, application/json)."),
        (reply(b"[]"), "page (HTTP 200, application/json)."),
        (reply(b"[1]"), "page."),
        (reply(b"\xff"), "page."),
        (page("<html>Sign in</html>"), "page (HTTP 200, text/html)."),
        (page("<h1>Bad gateway</h1>", 502), "page (HTTP 502, text/html)."),
        (reply(b"", 500), "page (HTTP 500, application/json)."),
        (b"nonsense\r\n\r\n", "speaks no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", "broke off"),
        (b"", "Slack cannot be reached."),
    ],
)
async def test_what_is_no_answer_is_told_and_tried_again(  # what is around it
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
    answer: bytes,
    reason: str,
) -> None:
    await make.slack_connection()
    slack.answers["chat.postMessage"] = answer
    found = await deliver(db, channel, due(workspace, clock, await answered(make, "Hello")))
    assert found is not None
    assert (found.outcome, found.is_target_down) == ("failed", True)
    assert reason in str(found.reason)
    if b"Bad gateway" in answer:
        assert "<h1>Bad gateway</h1>" in str(found.answer)


async def test_what_is_too_long_is_not_cut(
    workspace: Workspace, clock: SteppedClock, channel: SlackChannel, slack: Slack
) -> None:
    post = Post("xoxb-1", "C0HERE", "x" * (MAX_TEXT_LENGTH + 1))
    found = await channel.send(due(workspace, clock, str(uuid4())), post)
    assert found.outcome == "refused"
    assert slack.calls == []
    post = replace(post, text="x" * MAX_TEXT_LENGTH)
    assert (await channel.send(due(workspace, clock, str(uuid4())), post)).outcome == "delivered"


async def test_the_newest_connection_is_used_while_it_is_there(  # what is around it
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
) -> None:
    await make.slack_connection(token="xoxb-0000000001")
    clock.step(timedelta(seconds=1))
    newer = await make.slack_connection(token="xoxb-0000000002")
    delivery = due(workspace, clock, await answered(make, "Hello"))
    await deliver(db, channel, delivery)
    await make.client.delete(f"/slack/connections/{newer['id']}")
    await deliver(db, channel, delivery)
    assert slack.tokens == ["xoxb-0000000002", "xoxb-0000000001"]


async def test_without_a_connection_it_is_canceled(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock, channel: SlackChannel
) -> None:
    found = await deliver(db, channel, due(workspace, clock, await answered(make, "Hello")))
    assert found is not None
    assert (found.outcome, found.is_target_down) == ("canceled", False)
    assert found.reason == "The connection to Slack was deleted."


async def test_of_each_workspace_by_its_own_connection(
    make: Factory,
    make_other: Factory,
    db: Any,
    workspace: Workspace,
    other: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
) -> None:
    await make.slack_connection(token="xoxb-0000000001")
    await make_other.slack_connection(token="xoxb-0000000002")
    here = due(workspace, clock, await answered(make, "Here"))
    there = due(workspace, clock, await answered(make_other, "There"))
    there, foreign = replace(there, workspace_id=other.id), replace(there, id=uuid4())
    loaded = await channel.load(db, [here, there, foreign])
    assert {
        id: (each.token, each.text) for id, each in loaded.items() if isinstance(each, Post)
    } == {
        here.id: ("xoxb-0000000001", "Here"),
        there.id: ("xoxb-0000000002", "There"),
    }


async def test_an_announcement_goes_to_its_own_channel(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
) -> None:
    connection = await make.slack_connection(announcement_channel="C0NEWS")
    changelog = await make.changelog(title="It <flies>", published=True)
    insert = """
insert into broadcasts (workspace_id, id, changelog_id, event_id, email, slack, message, recipients,
  created_at) values ($1, $2, $3, $2, false, true, 'Look & see', 0, now())"""
    id = uuid4()
    await db.execute(insert, workspace.id, id, UUID(changelog["id"]))
    delivery = due(workspace, clock, str(id), "broadcast")
    await deliver(db, channel, delivery)
    assert slack.calls[-1][1]["channel"] == "C0NEWS"
    assert slack.calls[-1][1]["text"] == "*It &lt;flies&gt;*\nLook &amp; see"
    # Without one of its own to the team's; without that one it goes nowhere, and says so.
    for channels, outcome in (
        ({"announcement_channel": None}, "delivered"),
        (
            {"notification_channel": None},
            "refused",
        ),
    ):
        await make.client.patch(f"/slack/connections/{connection['id']}", json=channels)
        found = await deliver(db, channel, delivery)
        assert found is not None
        assert found.outcome == outcome
    assert slack.calls[-1][1]["channel"] == "C0TEAM"


async def test_what_is_gone_is_not_posted(
    make: Factory, db: Any, workspace: Workspace, clock: SteppedClock, channel: SlackChannel
) -> None:
    await make.slack_connection()
    assert await deliver(db, channel, due(workspace, clock, str(uuid4()))) is None
