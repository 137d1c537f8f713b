"""A message is held back before it is sent, and can be taken back while it is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from looplane.held_messages.commands import sweep_held
from looplane.kit.clock import iso
from looplane.kit.database import Database
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.held import HELD_FOR, hold, send_what_is_due, sent_in, state_of, unsent_in
from tests.sessions import APP, signed_in
from tests.unlimited import UNLIMITED
from tests.witness import events_of

pytestmark = pytest.mark.usefixtures("quiet")
CC = [{"email": "cc@mail.example", "name": "C", "mailboxHash": ""}]
FILE = {"Name": "a.txt", "ContentType": "text/plain", "Content": "QQ=="}


@pytest.fixture
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due."""
    await db.execute("delete from held_messages where state = 'held'")


@pytest.fixture
async def member(app: Any, db: Any, workspace: Workspace) -> Any:
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        yield client


async def test_a_message_leaves_when_it_is_due(
    member: Any, db: Any, workspace: Workspace, make: Factory, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    await member.patch(f"/threads/{id}", json={"ai_draft_html": "<p>Draft</p>"})
    unsent = {"mode": "reply", "html": "<p>Hel", "ai_draft_generated_at": "2026-01-01T10:00:00Z"}
    await member.put(f"{APP}/unsent/{id}", json=unsent)
    then = {"status": "done", "closed_loop": True}
    held = await hold(member, id, then=then, cc=CC, attachments=[FILE])
    assert held["due_at"] == iso(clock() + HELD_FOR)
    assert (held["held_for"], held["state"], held["then"]) == (10, "held", then)
    assert (held["cc"], held["message_id"]) == (CC, None)
    assert (await member.get(f"{APP}/held")).json()["data"] == [held]
    assert (await member.get(f"{APP}/unsent/{id}")).json()["reply"] is None
    before = (await member.get(f"/threads/{id}")).json()
    assert (before["status"], await sent_in(member, id)) == ("open", [])
    clock.step(-timedelta(milliseconds=1))
    assert (await send_what_is_due(db, clock)).sent == 0, "before its time"
    clock.step(timedelta(milliseconds=1) - HELD_FOR)
    assert (await send_what_is_due(db, clock)).sent == 1
    clock.step(-HELD_FOR)
    assert (await send_what_is_due(db, clock)).sent == 0
    assert await sent_in(member, id) == ["<p>Hello</p>"]
    thread = (await member.get(f"/threads/{id}")).json()
    assert (thread["status"], thread["ai_draft_html"]) == ("done", None)
    told = [each for each in await events_of(db, id) if each["cause"] == f"held:{held['id']}"]
    assert {each["type"] for each in told} >= {"thread.updated", "thread.status_changed"}
    assert all(each["actor"]["member_id"] == str(workspace.member_id) for each in told)
    (message,) = (await member.get(f"/threads/{id}/messages?direction=outbound")).json()["data"]
    assert (message["user_id"], message["cc"]) == (str(workspace.member_id), CC)
    assert [each["Name"] for each in message["attachments"]] == ["a.txt"]
    assert (await member.get(f"{APP}/held")).json()["data"] == []
    row = await db.fetchrow("select * from held_messages where id = $1", UUID(held["id"]))
    assert (row["html"], row["attachments"], str(row["message_id"])) == ("", [], message["id"])


async def test_a_message_is_judged_at_once(
    member: Any, db: Any, make: Factory, workspace: Workspace
) -> None:
    thread = await make.thread()
    other = await make.message((await make.thread())["id"])
    sent = {"thread_id": thread["id"], "content": "<p>a</p>"}
    unknown = await member.post(
        f"{APP}/held", json={**sent, "expected_last_message_id": other["id"]}
    )
    assert unknown.status_code == 400
    await make.message(thread["id"])
    late = await member.post(f"{APP}/held", json={**sent, "expected_last_message_id": thread["id"]})
    assert late.status_code == 412
    past = {"status": "snoozed", "snoozed_until": "2020-01-01T00:00:00Z"}
    both = await member.post(f"{APP}/held", json={**sent, "channel_id": "C", "then": past})
    issues = [each["message"].partition(":")[0] for each in both.json()["issues"]]
    assert issues == ["channel_id", "then.snoozed_until"]
    rehearsed = await member.post(f"{APP}/held", params={"dry_run": "true"}, json=sent)
    assert rehearsed.status_code == 200
    await member.delete(f"/contacts/{thread['contact']['id']}")
    assert (await member.post(f"{APP}/held", json=sent)).status_code == 400
    left = await db.fetchval(
        "select count(*) from held_messages where workspace_id = $1", workspace.id
    )
    assert left == 0


async def test_a_snooze_is_after_the_sending(
    member: Any, db: Any, make: Factory, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    soon, later = iso(clock() + HELD_FOR), iso(clock() + HELD_FOR * 2)
    body = {"thread_id": id, "content": "a", "then": {"status": "snoozed", "snoozed_until": soon}}
    refused = await member.post(f"{APP}/held", json=body)
    assert "then.snoozed_until: must be after" in refused.text
    then = {"status": "snoozed", "snoozed_until": later}
    await hold(member, id, then=then)
    assert (await send_what_is_due(db, clock)).sent == 1
    thread = (await member.get(f"/threads/{id}")).json()
    assert (thread["status"], thread["snoozed_until"]) == ("snoozed", later)
    # Nobody sent for long: the thread would be awake by now.
    other = (await make.thread())["id"]
    then = {"status": "snoozed", "snoozed_until": iso(clock() + timedelta(hours=1))}
    await hold(member, other, then=then)
    clock.step(timedelta(hours=1))
    assert (await send_what_is_due(db, clock)).sent == 1
    assert (await member.get(f"/threads/{other}")).json()["status"] == "open"


async def test_a_message_is_taken_back(
    member: Any, db: Any, make: Factory, clock: SteppedClock
) -> None:
    id, generated = (await make.thread())["id"], "2026-01-01T10:00:00.000Z"
    path, kept = f"{APP}/unsent/{id}", {"mode": "reply", "ai_draft_generated_at": generated}
    await member.put(path, json={**kept, "html": "<p>Hel</p>"})
    held = await hold(member, id, cc=CC, attachments=[FILE], then={"status": "done"})
    for _ in range(2):
        back = await member.delete(f"{APP}/held/{held['id']}")
        assert back.status_code == 200
        reply = back.json()["reply"]
        assert (reply["html"], reply["cc"], reply["problem"]) == ("<p>Hello</p>", CC, None)
        assert reply["attachments"] == [FILE]
        assert reply["ai_draft_generated_at"] == generated
    assert (await send_what_is_due(db, clock)).sent == 0
    assert (await sent_in(member, id), await state_of(db, held["id"])) == ([], "taken_back")
    assert (await member.post(f"{APP}/held/{held['id']}/send")).status_code == 409
    assert (await member.get(f"/threads/{id}")).json()["status"] == "open"


async def test_what_was_typed_since_is_not_lost(member: Any, make: Factory) -> None:
    id = (await make.thread())["id"]
    held = await hold(member, id, "<p>First</p>", cc=CC)
    more = [{"email": "d@mail.example", "name": "", "mailboxHash": ""}]
    unsent = {"mode": "reply", "html": "<p>Second</p>", "cc": [*CC, *more]}
    await member.put(f"{APP}/unsent/{id}", json=unsent)
    reply = (await member.delete(f"{APP}/held/{held['id']}")).json()["reply"]
    assert reply["html"] == "<p>First</p><hr><p>Second</p>"
    assert sorted(each["email"] for each in reply["cc"]) == ["cc@mail.example", "d@mail.example"]
    # The same words, kept late by the tab that sent them, are there once.
    held = await hold(member, id, "<p>First</p>")
    await member.put(f"{APP}/unsent/{id}", json={"mode": "reply", "html": "<p>First</p>"})
    reply = (await member.delete(f"{APP}/held/{held['id']}")).json()["reply"]
    assert reply["html"] == "<p>First</p>"


async def test_a_message_is_sent_now(
    member: Any, db: Any, make: Factory, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    held = await hold(member, id, then={"status": "done"})
    for _ in range(2):
        sent = await member.post(f"{APP}/held/{held['id']}/send")
        assert (sent.status_code, sent.json()["state"]) == (200, "sent")
        assert "x-looplane-undo" not in sent.headers
    assert len(await sent_in(member, id)) == 1
    late = await member.delete(f"{APP}/held/{held['id']}")
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert (await send_what_is_due(db, clock)).sent == 0
    clock.step(timedelta(days=1))
    assert await sweep_held(db, clock) >= 1
    assert (await member.delete(f"{APP}/held/{held['id']}")).status_code == 404


async def test_what_cannot_be_sent_now_is_held_as_before(
    member: Any, db: Any, make: Factory, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    held = await hold(member, id, expected_last_message_id=id)
    await make.message(id)
    refused = await member.post(f"{APP}/held/{held['id']}/send")
    assert refused.status_code == 412
    assert await state_of(db, held["id"]) == "held"
    await send_what_is_due(db, clock)
    assert "newer message" in (await unsent_in(member, id))["problem"]


async def test_several_of_one_member_do_not_surprise_each_other(
    member: Any, db: Any, make: Factory, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    for words in ("<p>1</p>", "<p>2</p>", "<p>3</p>"):
        await hold(member, id, words, expected_last_message_id=id)
        clock.step(timedelta(milliseconds=1))
    done = await send_what_is_due(db, clock)
    assert (done.sent, done.returned) == (3, {})
    assert await sent_in(member, id) == ["<p>1</p>", "<p>2</p>", "<p>3</p>"]


async def test_nothing_is_held_where_the_operator_says_so(
    database: Database, db: Any, workspace: Workspace, make: Factory, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    app = create_app(database, replace(UNLIMITED, hold_seconds=0), clock)
    async with signed_in(app, db, workspace.id, workspace.member_id) as member:
        sent = await hold(member, id, then={"status": "done"})
        assert (sent["state"], sent["held_for"]) == ("sent", 0)
        assert len(await sent_in(member, id)) == 1
        assert (await member.get(f"/threads/{id}")).json()["status"] == "done"
    await app.aclose()


async def test_how_often_holding_asks(
    member: Any, db: Any, make: Factory, clock: SteppedClock, queries: Any
) -> None:
    id = (await make.thread())["id"]
    await member.get(f"{APP}/session")
    with queries() as seen:
        held = await hold(member, id)
    assert len(seen) == 15, seen
    with queries() as seen:
        await member.get(f"{APP}/held")
    assert len(seen) == 1, seen
    with queries() as seen:
        await member.delete(f"{APP}/held/{held['id']}")
    assert len(seen) == 8, seen
