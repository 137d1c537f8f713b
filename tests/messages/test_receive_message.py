"""A message comes in: once, to where it belongs, with all that it sets off."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from looplane.messages.inbound.commands import Person, ReceivedFile
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.messages.conftest import Receive, inbound, messages_of
from tests.witness import events_of, everything, kinds_of

FUTURE = "2999-01-01T00:00:00Z"
BLOCK = """
insert into blocked_senders (workspace_id, id, type, value, created_at, updated_at, deleted_at)
values ($1, $2, $3, $4, now(), now(), $5)"""


async def test_a_first_message_begins_a_thread(
    client: httpx.AsyncClient, receive: Receive, db: Any, clock: SteppedClock
) -> None:
    receipt = await receive(
        sender=Person("Ada@Mail.example", "Ada"),
        subject=" The\r\n export ",
        html="<p onload=x>Help &amp; <b>soon</b></p>",
        to=[Person("help@firm.example", "Help")],
        cc=[Person("bo@mail.example")],
        files=[ReceivedFile("a.txt", "text/plain", b"abcd", "cid@1")],
    )
    assert receipt.outcome == "received"
    thread = (await client.get(f"/threads/{receipt.thread_id}")).json()
    shown = {
        "title": "The export",
        "text": "<p>Help &amp; <b>soon</b></p>",
        "origin": "email",
        "pain_level": "UNKNOWN",
        "status": "open",
        "tab": "new",
        "is_read": False,
        "last_inbound_message_at": iso(clock()),
        "last_outbound_message_at": None,
        "created_at": iso(clock()),
        "reporter": None,
    }
    assert {name: thread[name] for name in shown} == shown
    assert (thread["contact"]["email"], thread["contact"]["name"]) == ("Ada@Mail.example", "Ada")
    [message] = await messages_of(client, receipt.thread_id)
    file = message["attachments"][0]
    assert message == {
        "id": str(receipt.message_id),
        "thread_id": thread["id"],
        "type": "email",
        "direction": "inbound",
        "subject": "The export",
        "from": {"email": "Ada@Mail.example", "name": "Ada"},
        "to": [{"email": "help@firm.example", "name": "Help", "mailboxHash": ""}],
        "cc": [{"email": "bo@mail.example", "name": "", "mailboxHash": ""}],
        "bcc": [],
        "text": "Help & soon",
        "html": thread["text"],
        "attachments": [file],
        "user_id": None,
        "delivery": None,
        "created_at": iso(clock()),
    }
    assert {name: file[name] for name in file if name != "id"} == {
        "Name": "a.txt",
        "ContentType": "text/plain",
        "ContentLength": 4,
        "ContentID": "cid@1",
    }
    stored = await db.fetchval(
        "select content from message_attachments where id = $1", UUID(file["id"])
    )
    assert stored == b"abcd"
    told = await events_of(db, thread["id"], message["id"])
    assert [each["type"] for each in told] == ["thread.created", "message.received"]
    assert [each["data"] for each in told] == [thread, message]
    assert told[0]["write_id"] == told[1]["write_id"]
    assert (told[1]["actor"]["rule"], told[1]["cause"]) == ("mail", "mail")


STATES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["thread.updated"]),
    ({"status": "snoozed", "snoozed_until": FUTURE}, ["thread.updated", "thread.status_changed"]),
    ({"status": "done"}, ["thread.updated", "thread.status_changed"]),
    ({"status": "done", "closed_loop": True}, ["thread.updated", "thread.status_changed"]),
]


@pytest.mark.parametrize(("patch", "told"), STATES)
async def test_an_answer_opens_its_thread(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    receive: Receive,
    clock: SteppedClock,
    patch: dict[str, Any],
    told: list[str],
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    before = (await client.patch(path, json=patch)).json()
    await db.execute("update threads set is_read = true where id = $1", UUID(thread["id"]))
    clock.step(timedelta(minutes=1))
    known = len(await events_of(db, thread["id"]))
    email = thread["contact"]["email"]
    receipt = await receive(thread_id=thread["id"], sender=Person(email.upper(), "Other"))
    after = (await client.get(path)).json()
    is_new = before["tab"] == "new"
    assert after == {
        **before,
        "status": "open",
        "tab": "new" if is_new else "open",
        "snoozed_until": None,
        "last_state_change_at": None if is_new else iso(clock()),
        "is_read": False,
        "last_inbound_message_at": iso(clock()),
        "updated_at": iso(clock()),
    }
    assert (await kinds_of(db, thread["id"]))[known:] == told
    [event] = await events_of(db, str(receipt.message_id))
    assert (event["type"], str(event["aggregate_id"])) == ("message.received", thread["id"])
    stored = await db.fetchval(
        "select last_snoozed_until from threads where id = $1", UUID(thread["id"])
    )
    assert (stored is not None) == ("snoozed_until" in patch)


async def test_a_snooze_that_was_ended_by_a_message_does_not_end_again(
    client: httpx.AsyncClient, make: Factory, receive: Receive
) -> None:
    thread = await make.thread(status="snoozed", snoozed_until=FUTURE)
    await receive(thread_id=thread["id"])
    await receive(thread_id=thread["id"])
    assert (await client.get(f"/threads/{thread['id']}")).json()["status"] == "open"


# Blocked senders


@pytest.mark.parametrize(
    ("kind", "value", "sender", "is_blocked"),
    [
        ("EMAIL", "spam@bad.example", "Spam@Bad.example", True),
        ("EMAIL", "spam@bad.example", "other@bad.example", False),
        ("DOMAIN", "bad.example", "any@BAD.example", True),
        ("DOMAIN", "bad.example", "any@deep.in.bad.example", True),
        ("DOMAIN", "bad.example", "any@bad.example.", True),
        ("DOMAIN", "bad.example", "any@no_name.bad.example", True),
        ("DOMAIN", "xn--bcher-kva.example", "any@bücher.example", True),
        ("DOMAIN", "bad.example", "any@notbad.example", False),
        ("DOMAIN", "deep.bad.example", "any@bad.example", False),
        ("DOMAIN", "spam@bad.example", "spam@bad.example", False),
    ],
)
async def test_of_a_blocked_sender_nothing_is_kept(
    receive: Receive,
    make: Factory,
    db: Any,
    workspace: Workspace,
    other: Workspace,
    kind: str,
    value: str,
    sender: str,
    is_blocked: bool,
) -> None:
    thread = await make.thread()
    await db.execute(BLOCK, workspace.id, new_id(), kind, value, None)
    before = await everything(db, workspace.id)
    for there in ({}, {"thread_id": thread["id"]}):
        receipt = await receive(inbound(sender=Person(sender), **there))
        assert (receipt.outcome == "blocked") == is_blocked
    assert (await everything(db, workspace.id) == before) == is_blocked
    assert (await receive(inbound(sender=Person(sender)), here=other.id)).outcome == "received"


@pytest.mark.parametrize(
    ("kind", "value", "sender"),
    [
        ("DOMAIN", "müller.example", "a@MÜLLER.example"),
        ("DOMAIN", "müller.example", "a@deep.xn--mller-kva.example"),
        ("DOMAIN", "xn--mller-kva.example", "a@deep.müller.example"),
        ("DOMAIN", "müller.example", "a@no_domain.müller.example"),
        ("DOMAIN", "bad.example", "a@no_domain.bad.example"),
        ("DOMAIN", "bad.example", "a@bad.example."),
        ("DOMAIN", "bad.example", "a@bad。example"),
        ("EMAIL", "A@müller.example", "a@MÜLLER.example"),
        ("EMAIL", "a@müller.example", "A@xn--mller-kva.example"),
        ("EMAIL", "a@bad.example", "a@bad.example."),
    ],
)
async def test_another_spelling_is_blocked_too(
    receive: Receive, make: Factory, kind: str, value: str, sender: str
) -> None:
    await make.blocked_sender(type=kind, value=value)
    assert (await receive(sender=Person(sender))).outcome == "blocked"


async def test_whoever_is_blocked_no_more_comes_in(
    receive: Receive, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    await db.execute(BLOCK, workspace.id, new_id(), "EMAIL", "back@mail.example", clock())
    assert (await receive(sender=Person("back@mail.example"))).outcome == "received"


# Drafts


async def test_a_draft_stays_and_is_older_than_the_message(
    client: httpx.AsyncClient, make: Factory, receive: Receive, clock: SteppedClock
) -> None:
    thread = await make.thread()
    path, draft = f"/threads/{thread['id']}", {"ai_draft_html": "<p>Try this</p>"}
    for _ in range(3):
        # The clock stands, and goes back: the order of what happened stays.
        await client.patch(path, json=draft)
        fresh = (await client.get(path)).json()
        assert (fresh["last_inbound_message_at"] or "") < fresh["ai_draft_generated_at"]
        await receive(thread_id=thread["id"])
        stale = (await client.get(path)).json()
        assert stale["ai_draft_html"] == draft["ai_draft_html"]
        assert stale["ai_draft_generated_at"] == fresh["ai_draft_generated_at"]
        assert stale["ai_draft_generated_at"] < stale["last_inbound_message_at"]
        clock.step(timedelta(seconds=-30))


async def test_what_came_last_never_goes_back(
    client: httpx.AsyncClient, make: Factory, receive: Receive, db: Any, clock: SteppedClock
) -> None:
    thread = await make.thread()
    later = clock() + timedelta(hours=1)
    await db.execute(
        "update threads set last_inbound_message_at = $2 where id = $1", UUID(thread["id"]), later
    )
    await receive(thread_id=thread["id"])
    got = (await client.get(f"/threads/{thread['id']}")).json()
    assert got["last_inbound_message_at"] == iso(later)


async def test_somebody_else_who_answers_is_a_contact_and_not_that_of_the_thread(
    client: httpx.AsyncClient, make: Factory, receive: Receive
) -> None:
    thread = await make.thread()
    await receive(thread_id=thread["id"], sender=Person("colleague@mail.example", "Colleague"))
    after = (await client.get(f"/threads/{thread['id']}")).json()
    assert after["contact"] == thread["contact"]
    found = await client.get("/contacts/by-email", params={"email": "colleague@mail.example"})
    assert found.json()["name"] == "Colleague"
    assert (await messages_of(client, thread["id"]))[-1]["from"]["name"] == "Colleague"


async def test_a_failure_at_the_end_leaves_nothing(
    receive: Receive, db: Any, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise ConnectionError

    before = await everything(db, workspace.id)
    message = inbound()
    with monkeypatch.context() as patch:
        patch.setattr("looplane.messages.inbound.commands.insert_message", fail)
        with pytest.raises(ConnectionError):
            await receive(message)
    assert await everything(db, workspace.id) == before
    assert (await receive(message)).outcome == "received"
