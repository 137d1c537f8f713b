"""What the team is told in Slack."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx

from looplane.delivery.schemas import DueDelivery
from looplane.delivery.slack.commands import SlackChannel
from looplane.delivery.slack.rules import notice_text
from looplane.notices.words.rules import NoticeWords
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.slack.posting import deliver
from tests.slack.server import Slack, reply

PLANNED = """
select d.*, coalesce(d.attempts, 0) + 1 as attempt from deliveries d
where d.workspace_id = $1 and d.channel = 'slack' order by d.seq"""
FIELDS = [
    *("workspace_id", "id", "event_id", "kind", "channel", "target"),
    *("subject_id", "thread_id", "created_at", "attempt"),
]


async def planned(db: Any, workspace: Workspace) -> list[DueDelivery]:
    rows = await db.fetch(PLANNED, workspace.id)
    return [DueDelivery(*(row[name] for name in FIELDS)) for row in rows]


async def test_what_changed_by_whom_and_a_link(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    channel: SlackChannel,
    slack: Slack,
) -> None:
    await make.slack_connection()
    thread = await make.thread(title="Broken <!here>")
    body = {"status": "done", "notify": {"slack": True}}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    [delivery] = await planned(db, workspace)
    assert answer.headers["x-looplane-notify"] == f"slack=planned;id={delivery.id}"
    found = await deliver(db, channel, delivery)
    assert found is not None
    assert found.outcome == "delivered"
    [(method, posted)] = slack.calls
    assert (method, posted["channel"]) == ("chat.postMessage", "C0TEAM")
    assert "Broken &lt;!here&gt;" in posted["text"]
    assert f"<https://inbox.example/inbox/open/{thread['id']}|" in posted["text"]


def test_what_a_customer_writes_calls_nobody_and_leads_nowhere() -> None:
    said = "<!channel> & <@U1> <https://evil.example|Sign in>\n> <!here>"
    link = "https://inbox.example/inbox/open/1"
    text = notice_text(NoticeWords(said, said, said, link, said))
    assert text.count("<") == 1
    assert text.endswith(f"\n<{link}|Open it in the inbox>")
    # An excerpt is one line of a quotation, whatever it says.
    assert text.splitlines()[-2].startswith("> &lt;!channel&gt; &amp; ")
    assert text.splitlines()[-2].endswith(" &gt; &lt;!here&gt;")


async def test_without_a_channel_for_the_team_it_is_not_set_up(
    client: httpx.AsyncClient, make: Factory
) -> None:
    await make.slack_connection(notification_channel=None)
    thread = await make.thread()
    body = {"status": "done", "notify": {"slack": True}}
    answer = await client.patch(f"/threads/{thread['id']}", json=body)
    assert answer.headers["x-looplane-notify"] == "slack=not_configured"


async def test_a_member_is_found_by_their_address(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    channel: SlackChannel,
    slack: Slack,
) -> None:
    await make.slack_connection()
    thread, member = await make.thread(), await make.member()
    body = {"assignee_id": member, "notify": {"slack": True}}
    await make.client.patch(f"/threads/{thread['id']}", json=body)
    [to_team] = await planned(db, workspace)
    notice = replace(to_team, target=f"member:{member}")
    slack.answers["users.lookupByEmail"] = reply(b'{"ok": true, "user": {"id": "U0HER"}}')
    found = await deliver(db, channel, notice)
    assert found is not None
    assert found.outcome == "delivered"
    address = await db.fetchval("select email from members where id = $1", UUID(member))
    assert [(method, each.get("email", each.get("channel"))) for method, each in slack.calls] == [
        ("users.lookupByEmail", address),
        ("chat.postMessage", "U0HER"),
    ]
    for unreadable in (
        b'{"ok": true, "user": "U0HER"}',
        b'{"ok": true}',
        b'{"ok": true, "user": {}}',
    ):
        slack.answers["users.lookupByEmail"] = reply(unreadable)
        found = await deliver(db, channel, notice)
        assert found is not None
        assert (found.outcome, found.is_target_down) == ("failed", True)
        assert "did not say who" in str(found.reason)
    slack.says("users_not_found", method="users.lookupByEmail")
    found = await deliver(db, channel, notice)
    assert found is not None
    assert (found.outcome, "another one in Slack" in str(found.reason)) == ("refused", True)
    await db.execute("update members set deleted_at = $2 where id = $1", UUID(member), clock())
    assert await deliver(db, channel, notice) is None, "who left is not told"
    assert await deliver(db, channel, replace(to_team, subject_id=uuid4())) is None
