"""A message comes in once, whoever brings it how often."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from looplane.kit.errors import ValidationFailed
from looplane.kit.ids import new_id
from looplane.messages.inbound.commands import Person
from tests.conftest import Workspace
from tests.factory import Factory
from tests.messages.conftest import Receive, inbound, messages_of
from tests.witness import everything


async def test_the_same_message_many_times_at_once(
    client: httpx.AsyncClient, receive: Receive, pool: asyncpg.Pool, db: Any, workspace: Workspace
) -> None:
    message = inbound()

    async def bring() -> Any:
        async with pool.acquire() as con:
            return await receive(message, con)

    receipts = await asyncio.gather(*(bring() for _ in range(8)))
    assert sorted(each.outcome for each in receipts) == ["duplicate"] * 7 + ["received"]
    assert len({(each.message_id, each.thread_id) for each in receipts}) == 1
    counts = [
        await db.fetchval(f"select count(*) from {table} where workspace_id = $1", workspace.id)
        for table in ("messages", "threads", "contacts")
    ]
    assert counts == [1, 1, 1]


async def test_several_first_messages_of_one_sender_at_once(
    receive: Receive, pool: asyncpg.Pool, db: Any, workspace: Workspace
) -> None:
    async def bring() -> Any:
        async with pool.acquire() as con:
            return await receive(inbound(sender=Person("one@mail.example")), con)

    receipts = await asyncio.gather(*(bring() for _ in range(6)))
    assert {each.outcome for each in receipts} == {"received"}
    assert len({each.thread_id for each in receipts}) == 6
    contacts = await db.fetch("select id from contacts where workspace_id = $1", workspace.id)
    assert len(contacts) == 1


async def test_what_was_deleted_does_not_come_back(
    client: httpx.AsyncClient, receive: Receive, db: Any, workspace: Workspace
) -> None:
    message = inbound()
    first = await receive(message)
    await client.delete(f"/threads/{first.thread_id}")
    before = await everything(db, workspace.id)
    again = await receive(message)
    assert (again.outcome, again.message_id) == ("duplicate", first.message_id)
    assert await everything(db, workspace.id) == before


async def test_an_answer_to_a_deleted_thread_begins_another(
    client: httpx.AsyncClient, receive: Receive, make_other: Factory
) -> None:
    first = await receive()
    await client.delete(f"/threads/{first.thread_id}")
    theirs = await make_other.thread()
    for lost in (first.thread_id, new_id(), theirs["id"]):
        answer = await receive(thread_id=lost)
        assert answer.outcome == "received"
        assert str(answer.thread_id) != str(lost)
        assert len(await messages_of(client, answer.thread_id)) == 1


async def test_a_name_of_another_workspace_is_a_new_one(
    receive: Receive, other: Workspace, db: Any
) -> None:
    message = inbound()
    first = await receive(message)
    second = await receive(message, here=other.id)
    assert (first.outcome, second.outcome) == ("received", "received")
    assert first.message_id != second.message_id


async def test_the_table_itself_takes_a_name_once(receive: Receive, db: Any) -> None:
    first, second = await receive(), await receive()
    copied = "update messages set external_id = (select external_id from messages where id = $1) where id = $2"
    with pytest.raises(asyncpg.UniqueViolationError):
        await db.execute(copied, first.message_id, second.message_id)


async def test_a_name_of_any_length(receive: Receive) -> None:
    # So long that no index takes it, and nothing that compresses.
    name = "".join(str(new_id()) for _ in range(300))
    outcomes = [(await receive(inbound(external_id=name))).outcome for _ in range(2)]
    assert outcomes == ["received", "duplicate"]
    assert (await receive(inbound(external_id=f"{name}+"))).outcome == "received"


@pytest.mark.parametrize("name", ["", " ", "\0"])
async def test_without_a_name_no_two_are_taken_for_one(
    receive: Receive, db: Any, workspace: Workspace, name: str
) -> None:
    before = await everything(db, workspace.id)
    with pytest.raises(ValidationFailed):
        await receive(inbound(external_id=name))
    assert await everything(db, workspace.id) == before
