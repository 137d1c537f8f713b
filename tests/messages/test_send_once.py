"""Of those who answer at once, or after a newer message, or twice, one does."""

import asyncio
from typing import Any

import httpx

from tests.conftest import Workspace
from tests.factory import Factory
from tests.messages.conftest import Receive, messages_of, send
from tests.witness import everything, faults

DELIVERY = """
select kind, channel, target, subject_id, thread_id, state, event_id from deliveries
where workspace_id = $1"""
ADA = {"email": "ada@mail.example", "name": "Ada", "mailboxHash": ""}


async def test_nothing_is_sent_after_a_newer_message(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, receive: Receive
) -> None:
    thread = await make.thread()
    last = thread["id"]
    for _ in range(2):
        answer = await send(client, thread, expected_last_message_id=last)
        assert answer.is_success, answer.text
        last = answer.json()["id"]
    newer, elsewhere = await receive(thread_id=thread["id"]), await make.thread()
    before = await everything(db, workspace.id)
    for seen in (thread["id"], last):
        answer = await send(client, thread, expected_last_message_id=seen)
        assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
        assert str(newer.message_id) in answer.json()["message"]
    for unknown in ("x", elsewhere["id"], str(workspace.member_id)):
        answer = await send(client, thread, expected_last_message_id=unknown)
        assert faults(answer) == ["expected_last_message_id"]
    assert await everything(db, workspace.id) == before
    assert (await send(client, thread, expected_last_message_id=str(newer.message_id))).is_success


async def test_the_first_message_of_a_thread_that_began_with_one(
    client: httpx.AsyncClient, receive: Receive
) -> None:
    begun = await receive()
    thread = {"id": str(begun.thread_id)}
    answer = await send(client, thread, expected_last_message_id=thread["id"])
    assert faults(answer) == ["expected_last_message_id"]
    answer = await send(client, thread, expected_last_message_id=str(begun.message_id))
    assert answer.is_success


async def test_twice_at_once_is_sent_once(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread()
    sent = [send(client, thread, expected_last_message_id=thread["id"]) for _ in range(5)]
    statuses = sorted(each.status_code for each in await asyncio.gather(*sent))
    assert statuses == [200, 412, 412, 412, 412]
    assert len(await messages_of(client, thread["id"])) == 2
    assert len(await db.fetch(DELIVERY, workspace.id)) == 1


async def test_a_repeated_key_sends_once(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread()
    path, headers = f"/threads/{thread['id']}/messages", {"Idempotency-Key": "k"}
    answers = [
        await client.post(path, json={"content": "<p>x</p>"}, headers=headers) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(await db.fetch(DELIVERY, workspace.id)) == 1
    dry = await client.post(f"{path}?dry_run=true", json={"content": "<p>x</p>"})
    assert dry.headers["x-looplane-would"] == "message.sent, thread.updated"
    assert len(await messages_of(client, thread["id"])) == 2
