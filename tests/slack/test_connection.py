"""The connection of a workspace to Slack: made, tried, and never shown."""

from typing import Any

import httpx
import pytest

from looplane.kit.secrets import Secrets
from looplane.slack.rules import place_of_token
from tests.conftest import Workspace
from tests.factory import Factory
from tests.slack.server import Slack
from tests.unlimited import UNLIMITED

PATH = "/slack/connections"
TOKEN = "xoxb-1234567890-secret"  # of nobody
STORED = "select token from slack_connections where workspace_id = $1 and deleted_at is null"
EVENTS = """
select data::text || coalesce(before::text, '') || coalesce(after::text, '')
  || coalesce(internal_before::text, '') from events where workspace_id = $1"""


async def test_it_is_kept_sealed_and_shown_by_nothing(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    made = await client.post(PATH, json={"token": TOKEN, "notification_channel": "C0TEAM"})
    assert made.status_code == httpx.codes.OK
    seen = [made.text, (await client.get(PATH)).text]
    seen.append((await client.get(f"{PATH}/{made.json()['id']}")).text)
    seen += [row[0] for row in await db.fetch(EVENTS, workspace.id)]
    assert not any("secret" in each for each in seen)
    sealed = await db.fetchval(STORED, workspace.id)
    place = place_of_token(workspace.id)
    assert Secrets(UNLIMITED).open_text(sealed, place) == TOKEN


async def test_a_new_token_takes_the_place_of_the_old_one(
    client: httpx.AsyncClient, make: Factory, slack: Slack
) -> None:
    path = f"{PATH}/{(await make.slack_connection())['id']}"
    changed = await client.patch(path, json={"token": TOKEN, "announcement_channel": "C0NEWS"})
    assert changed.json()["announcement_channel"] == "C0NEWS"
    assert (await client.post(f"{path}/test", json={})).json()["ok"]
    assert slack.tokens == [TOKEN]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, 1),
        ({"token": "secret", "notification_channel": "a b"}, 2),
        ({"token": f"{TOKEN}\n"}, 1),
        ({"token": None, "announcement_channel": "x" * 101}, 2),
    ],
)
async def test_what_is_wrong_is_named(
    client: httpx.AsyncClient, body: dict[str, Any], faults: int
) -> None:
    refused = await client.post(PATH, json=body)
    assert refused.status_code == httpx.codes.BAD_REQUEST
    assert len(refused.json()["issues"]) == faults


async def test_a_try_says_who_it_is_and_posts_where_it_is_told(
    client: httpx.AsyncClient, make: Factory, slack: Slack
) -> None:
    path = f"{PATH}/{(await make.slack_connection())['id']}/test"
    found = (await client.post(path, json={})).json()
    assert found == {"ok": True, "team": "Firm", "bot": "looplane", "reason": None}
    assert [method for method, _ in slack.calls] == ["auth.test"]
    rehearsed = await client.post(path, params={"dry_run": "true"}, json={"channel": "C0TEAM"})
    assert rehearsed.is_success
    assert [method for method, _ in slack.calls] == ["auth.test"] * 2
    await client.post(path, json={"channel": "C0TEAM"})
    method, posted = slack.calls[-1]
    assert (method, posted["channel"]) == ("chat.postMessage", "C0TEAM")


@pytest.mark.parametrize(
    ("method", "error", "said"),
    [
        ("auth.test", "invalid_auth", "copy the bot's token"),
        ("chat.postMessage", "not_in_channel", "invite it there"),
        ("chat.postMessage", "something_new", "Slack says something_new."),
    ],
)
async def test_a_try_says_what_is_wrong(
    client: httpx.AsyncClient, make: Factory, slack: Slack, method: str, error: str, said: str
) -> None:
    slack.says(error, method=method)
    path = f"{PATH}/{(await make.slack_connection())['id']}/test"
    found = (await client.post(path, json={"channel": "C0TEAM"})).json()
    assert found["ok"] is False
    assert said in found["reason"]


async def test_a_slack_that_cannot_be_reached(client: httpx.AsyncClient, make: Factory) -> None:
    path = f"{PATH}/{(await make.slack_connection())['id']}/test"
    found = (await client.post(path, json={})).json()
    assert (found["ok"], found["reason"]) == (False, "Slack cannot be reached.")


async def test_a_token_that_was_sealed_with_another_key(
    client: httpx.AsyncClient, make: Factory, db: Any, slack: Slack, workspace: Workspace
) -> None:
    path = f"{PATH}/{(await make.slack_connection())['id']}/test"
    other = Secrets(UNLIMITED).seal_text("xoxb-1", "elsewhere")
    change = "update slack_connections set token = $2 where workspace_id = $1"
    await db.execute(change, workspace.id, other)
    found = (await client.post(path, json={})).json()
    assert not found["ok"]
    assert "LOOPLANE_SECRET_KEY" in found["reason"]
    assert slack.calls == []
