"""POST /threads/{thread_id}/messages: one write, or none."""

import json
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.context import Context
from looplane.kit.errors import ValidationFailed
from looplane.kit.principal import Principal
from looplane.messages.commands import send_thread_message
from looplane.messages.schemas import MessageCreate
from looplane.threads.schemas import Origin
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.messages.conftest import messages_of, send
from tests.witness import events_of, everything, faults, version

DELIVERY = """
select kind, channel, target, subject_id, thread_id, state, event_id from deliveries
where workspace_id = $1"""
ADA = {"email": "ada@mail.example", "name": "Ada", "mailboxHash": ""}


async def test_sending_is_one_write(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread = await make.thread(contact_email=ADA["email"], contact_name="Ada", title="Export")
    path = f"/threads/{thread['id']}"
    source = {"type": "article", "title": "Exports"}
    draft = {"ai_draft_html": "<p>Try</p>", "ai_draft_sources": [source]}
    before = await client.patch(path, json=draft)
    clock.step(timedelta(minutes=1))
    answer = await send(client, thread, content='<p onclick="x()">Done &amp; <b>dusted</b></p>')
    id = answer.json()["id"]
    assert answer.json() == {"id": id, "thread_id": thread["id"], "channel": "email"}
    assert version(answer) == version(before) + 1

    _, message = await messages_of(client, thread["id"])
    member = await db.fetchrow("select email, name from members where id = $1", workspace.member_id)
    assert message == {
        "id": id,
        "thread_id": thread["id"],
        "type": "email",
        "direction": "outbound",
        "subject": "Re: Export",
        "from": {"email": member["email"], "name": member["name"]},
        "to": [ADA],
        "cc": [],
        "bcc": [],
        "text": "Done & dusted",
        "html": "<p>Done &amp; <b>dusted</b></p>",
        "attachments": [],
        "user_id": str(workspace.member_id),
        "created_at": iso(clock()),
    }
    after = (await client.get(path)).json()
    changed = {
        "last_outbound_message_at": iso(clock()),
        "last_state_change_at": iso(clock()),
        "updated_at": iso(clock()),
        "tab": "open",
        "ai_draft_html": None,
        "ai_draft_sources": None,
        "ai_draft_generated_at": None,
    }
    assert after == {**before.json(), **changed}

    sent, updated = [
        row for row in await events_of(db, id, thread["id"]) if row["created_at"] == clock()
    ]
    assert (sent["type"], updated["type"]) == ("message.sent", "thread.updated")
    assert (sent["write_id"], str(sent["aggregate_id"])) == (updated["write_id"], thread["id"])
    assert sent["data"] == message
    assert updated["after"]["last_outbound_message_at"] == iso(clock())
    assert updated["after"]["ai_draft_html"] is None
    assert "status" not in updated["after"]
    [delivery] = await db.fetch(DELIVERY, workspace.id)
    assert tuple(delivery) == (
        "message",
        "email",
        ADA["email"],
        UUID(id),
        UUID(thread["id"]),
        "queued",
        sent["id"],
    )


STATES = [
    ({}, "new", "open", "open"),
    ({"status": "snoozed", "snoozed_until": "2999-01-01T00:00:00Z"}, None, "snoozed", "snoozed"),
    ({"status": "done"}, None, "done", "done"),
    ({"status": "done", "closed_loop": True}, None, "done", "closed"),
]


@pytest.mark.parametrize(("patch", "tab", "status", "state"), STATES)
async def test_only_a_new_thread_changes_its_state(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    patch: dict[str, Any],
    tab: str | None,
    status: str,
    state: str,
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    before = (await client.patch(path, json=patch)).json()
    assert tab is None or before["tab"] == tab
    assert (await send(client, thread)).is_success
    after = (await client.get(path)).json()
    assert (after["status"], after["snoozed_until"]) == (status, before["snoozed_until"])
    stored = await db.fetchval("select state from threads where id = $1", UUID(thread["id"]))
    assert stored == state


CHANNELS = {
    "slack": "slack",
    "slack_connect": "slack",
    "live_chat": "live_chat",
    "widget": "live_chat",
    "ai_chat": "live_chat",
    "teams": "teams",
}


@pytest.mark.parametrize("origin", get_args(Origin))
async def test_the_channel_follows_from_the_origin(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, origin: str
) -> None:
    thread = await make.thread(origin=origin)
    channel = CHANNELS.get(origin, "email")
    if channel == "email":
        assert (await send(client, thread)).json()["channel"] == "email"
        return
    before = await everything(db, workspace.id)
    answer = await send(client, thread)
    assert faults(answer) == ["thread_id"]
    assert f"answered by {channel}, and that is not set up" in answer.text
    assert await everything(db, workspace.id) == before


def all_channels(workspace: Workspace, clock: SteppedClock) -> Context:
    principal = Principal(workspace.id, "program", member_id=workspace.member_id)
    channels = frozenset({"email", "slack", "live_chat", "teams"})
    return Context(principal, clock, "test", channels=channels)


@pytest.mark.parametrize(
    ("origin", "fields", "body", "expected"),
    [
        ("slack", {}, {"channel_id": "C1"}, ("slack", "C1", "slack")),
        ("slack", {"slack_channel": "C2"}, {}, ("slack", "C2", "slack")),
        ("slack_connect", {"slack_channel": "C2"}, {"channel_id": "C1"}, ("slack", "C1", "slack")),
        ("widget", {}, {}, ("live_chat", None, "live_chat")),
        ("teams", {}, {}, ("teams", None, "chat")),
    ],
)
async def test_channels_that_are_set_up(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    origin: str,
    fields: dict[str, str],
    body: dict[str, str],
    expected: tuple[str, str | None, str],
) -> None:
    thread = await make.thread(origin=origin, external_ids=fields)
    message = MessageCreate(content="<p>x</p>", **body)  # type: ignore[arg-type]
    await send_thread_message(db, all_channels(workspace, clock), UUID(thread["id"]), message)
    [delivery] = await db.fetch(DELIVERY, workspace.id)
    channel, target, kind = expected
    assert (delivery["channel"], delivery["target"]) == (channel, target or thread["id"])
    _, sent = await messages_of(client, thread["id"])
    assert (sent["type"], sent["to"], sent["subject"]) == (kind, [], "")


@pytest.mark.parametrize(
    ("origin", "body", "named"),
    [
        ("slack", {}, ["channel_id"]),
        ("teams", {"channel_id": "C1"}, ["channel_id"]),
        ("live_chat", {"cc": [{"email": "a@b.example"}]}, ["cc"]),
        (
            "slack",
            {
                "channel_id": "C1",
                "bcc": [{"email": "a@b.example"}],
                "cc": [{"email": "a@b.example"}],
            },
            ["bcc", "cc"],
        ),
        ("api", {"channel_id": "C1"}, ["channel_id"]),
    ],
)
async def test_what_goes_only_with_some_channel(
    make: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    origin: str,
    body: dict[str, Any],
    named: list[str],
) -> None:
    thread = await make.thread(origin=origin)
    message = MessageCreate.model_validate({"content": "<p>x</p>", **body})
    before = await everything(db, workspace.id)
    with pytest.raises(ValidationFailed) as refused:
        await send_thread_message(db, all_channels(workspace, clock), UUID(thread["id"]), message)
    assert sorted(each.partition(":")[0] for each in refused.value.issues) == named
    assert await everything(db, workspace.id) == before


async def test_a_thread_without_a_contact_has_nobody_to_answer(
    client: httpx.AsyncClient, make: Factory
) -> None:
    thread = await make.thread()
    await client.delete(f"/contacts/{thread['contact']['id']}")
    answer = await send(client, thread, channel_id="C1", author="me", expected_last_message_id="x")
    assert faults(answer) == ["author", "channel_id", "expected_last_message_id", "thread_id"]


async def test_round_trips(client: httpx.AsyncClient, make: Factory, queries: Any) -> None:
    thread = await make.thread()
    message = await make.message(thread["id"])
    body = {
        "content": "<p>x</p>",
        "attachments": [{"Name": "x", "Content": "eA=="}] * 20,
        "cc": [{"email": "a@b.example"}],
    }
    costs: list[tuple[str, dict[str, Any], int]] = [
        # BEGIN, hold, look, message, thread, delivery, COMMIT
        ("POST", {"json": {**body, "expected_last_message_id": message["id"]}}, 7),
        ("POST", {"json": {**body, "expected_last_message_id": message["id"]}}, 4),
        ("GET", {}, 1),
        ("GET", {"params": {"q": "x", "order": "desc", "limit": 1}}, 1),
    ]
    for method, options, most in costs:
        await client.get("/me")
        with queries() as seen:
            answer = await client.request(method, f"/threads/{thread['id']}/messages", **options)
        assert answer.status_code in {200, 412}, answer.text
        assert len(seen) == most, seen


async def test_no_comment_is_ever_sent(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread()
    await db.execute(
        "insert into comments (workspace_id, id, thread_id, content, created_at, updated_at)"
        " values ($1, gen_random_uuid(), $2, 'among us', now(), now())",
        workspace.id,
        UUID(thread["id"]),
    )
    await send(client, thread)
    kept = [row for row in await everything(db, workspace.id) if "among us" in row]
    assert [row.partition(" ")[0] for row in kept] == ["comments"]
    assert "among us" not in json.dumps(await messages_of(client, thread["id"]))
