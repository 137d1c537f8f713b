"""`looplane retry-events`, on events that were set aside."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cli.conftest import Ask, ask, states

EVENTS = "select id, position, type from events where workspace_id = $1 order by position, id"
WEBHOOK = """
insert into webhooks (workspace_id, id, url, events, created_at, updated_at)
values ($1, $2, 'https://receiver.example/', '{*}', 'epoch', 'epoch')"""
SET_ASIDE = """
insert into fan_out_failures (workspace_id, event_id, position, event_type, reason, tries,
  failed_at)
values ($1, $2, $3, $4, 'DataError', 5, now())"""
KEPT = "select event_id from fan_out_failures where workspace_id = $1"
PLANNED = """
select event_id from deliveries where workspace_id = $1 and channel = 'webhook' and target = $2
order by seq"""


@pytest.fixture
def events(looplane: Ask, url: str, workspace: str) -> list[Any]:
    """Two that happened."""
    for name in ("ada", "bob"):
        words = ["--workspace", workspace, "--email", f"{name}@acme.example", "--name", name]
        assert looplane("member", "create", *words).code == 0
    return list(ask(url, EVENTS, UUID(workspace))[:2])


@pytest.fixture
def webhook(url: str, workspace: str) -> str:
    """One that is told of all."""
    id = uuid4()
    ask(url, WEBHOOK, UUID(workspace), id)
    return str(id)


def set_aside(url: str, workspace: str, events: list[Any]) -> None:
    for each in events:
        ask(url, SET_ASIDE, UUID(workspace), each["id"], each["position"], each["type"])


def test_what_was_set_aside_is_told_once(
    looplane: Ask, url: str, workspace: str, events: list[Any], webhook: str
) -> None:
    gone = {"id": uuid4(), "position": 1, "type": "thread.created"}
    set_aside(url, workspace, [*events, gone])
    checks = json.loads(looplane("doctor", "--json").out)["checks"]
    [found] = [each for each in checks if each["name"] == "events"]
    assert found["state"] == "warn"
    assert "3 could not be told" in found["message"]
    assert "retry-events" in found["action"]
    expected = {"told": 2, "gone": 1, "left": {}}
    assert looplane("retry-events", "--json").document == expected
    planned = [row["event_id"] for row in ask(url, PLANNED, UUID(workspace), webhook)]
    assert planned == [each["id"] for each in events]
    assert ask(url, KEPT, UUID(workspace)) == []
    assert states(looplane("doctor", "--json"))["events"] == "ok"
    assert looplane("retry-events", "--json").document == {"told": 0, "gone": 0, "left": {}}
    assert len(ask(url, PLANNED, UUID(workspace), webhook)) == 2


def test_what_cannot_be_told_is_left_and_the_rest_is_told(
    looplane: Ask, url: str, workspace: str, events: list[Any], webhook: str
) -> None:
    first, second = events
    set_aside(url, workspace, events)
    broken = f"add constraint broken check (event_id <> '{first['id']}')"
    ask(url, f"alter table deliveries {broken}")
    outcome = looplane("retry-events", "--json")
    assert outcome.code == 1
    told = json.loads(outcome.out)
    assert (told["told"], [*told["left"]]) == (1, [str(first["id"])])
    # The database tells the whole row beside it, with whatever words that has.
    assert "Failing row" not in outcome.out
    shown = looplane("retry-events")
    assert shown.code == 1
    assert str(first["id"]) in shown.out
    assert "once its reason is mended" in " ".join(shown.out.split())
    assert max(map(len, shown.out.splitlines())) <= 80
    ask(url, "alter table deliveries drop constraint broken")
    assert looplane("retry-events", "--json").document["told"] == 1
    planned = {row["event_id"] for row in ask(url, PLANNED, UUID(workspace), webhook)}
    assert planned == {first["id"], second["id"]}
