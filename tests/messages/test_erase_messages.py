"""Of a person who is forgotten no message says a word, and none of others names them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from looplane.delivery.schemas import Attempted
from looplane.erasure.commands import erase_contact
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.principal import Principal
from looplane.messages.inbound.commands import Person, ReceivedFile
from tests.conftest import SteppedClock, Workspace
from tests.dispatch import Sink, deliver_due
from tests.factory import Factory
from tests.messages.conftest import Receive, inbound, messages_of
from tests.processes import BLOCKS, come_about
from tests.witness import events_of, everything

WORD = "zanzibar"
ADDRESS = f"{WORD}@mail.example"


def eraser(workspace: Workspace) -> Context:
    return Context(Principal(workspace.id, "rule", rule="erase"), system_clock, "erase")


async def words(db: Any, workspace: Workspace) -> list[str]:
    rows = await everything(db, workspace.id)
    # As text and as the base64 or hex of a file.
    hidden = (WORD, WORD.encode().hex())
    return [row for row in rows if any(each in row.lower() for each in hidden)]


async def test_no_word_is_left_anywhere(
    client: httpx.AsyncClient,
    make: Factory,
    receive: Receive,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
    quiet: None,
) -> None:
    file = ReceivedFile(f"{WORD}.txt", "text/plain", WORD.encode())
    first = inbound(
        sender=Person(ADDRESS, WORD),
        html=f"<p>{WORD}</p>",
        subject=WORD,
        external_id=f"<1@{WORD}>",
        files=[file],
    )
    begun = await receive(first)
    answer = await make.message(
        str(begun.thread_id),
        content=f"<p>Dear {WORD}</p>",
        cc=[{"email": ADDRESS.upper()}],
        attachments=[{"Name": f"{WORD}.txt", "Content": "emFuemliYXI="}],
    )
    said = {"to": ADDRESS}
    failed = Attempted("failed", f"There is no {ADDRESS}.", request=said, answer=said)
    clock.step(timedelta(seconds=1))
    assert (await deliver_due(db, clock, {"email": Sink(lambda _: failed)})).failures
    body = "insert into event_bodies values ($1, $2, $3, now())"
    await db.execute(body, workspace.id, begun.message_id, WORD.encode())
    other = await make.thread()
    kept = await make.message(
        other["id"], cc=[{"email": "b@mail.example"}, {"email": ADDRESS, "name": WORD}]
    )
    wrote = await receive(
        thread_id=other["id"],
        sender=Person(ADDRESS.upper(), WORD),
        html="<p>Also mine</p>",
        to=[Person(ADDRESS, WORD), Person("help@firm.example")],
    )
    assert len(await words(db, workspace)) > 8

    await erase_contact(db, eraser(workspace), ADDRESS)

    assert await words(db, workspace) == []
    erased = await messages_of(client, begun.thread_id)
    assert [each["id"] for each in erased] == [str(begun.message_id), answer["id"]]
    assert {each["html"] for each in erased} == {"<p>Erased.</p>"}
    # What is in others' threads goes on saying what it said, and names the others.
    _, ours, theirs = await messages_of(client, other["id"])
    assert (ours["id"], [each["email"] for each in ours["cc"]]) == (kept["id"], ["b@mail.example"])
    assert (theirs["from"], theirs["html"]) == (None, "<p>Also mine</p>")
    assert [each["email"] for each in theirs["to"]] == ["help@firm.example"]
    for id, shown in ((kept["id"], ours), (str(wrote.message_id), theirs)):
        [event] = await events_of(db, id)
        assert event["data"] == shown
    # It does not come back, and nothing goes to them any more.
    assert (await receive(first)).outcome == "duplicate"
    sink = Sink()
    clock.now = system_clock()
    await deliver_due(db, clock, {"email": sink})
    assert [str(each.subject_id) for each in sink.taken if each.workspace_id == workspace.id] in (
        [],
        [kept["id"]],
    )
    states = await db.fetch(
        "select subject_id, state from deliveries where workspace_id = $1", workspace.id
    )
    assert dict(states)[UUID(answer["id"])] == "canceled"
    again = await erase_contact(db, eraser(workspace), str(await contact_of(db, workspace)))
    assert again.messages == 2


async def waits_for(con: Any, task: asyncio.Task[Any]) -> bool:
    return task.done() or await con.fetchval(BLOCKS)


async def contact_of(db: Any, workspace: Workspace) -> UUID:
    found = await db.fetchval(
        "select id from contacts where workspace_id = $1 and email like 'erased-%'", workspace.id
    )
    return UUID(str(found))


@pytest.mark.parametrize("is_answer", [False, True])
async def test_what_is_being_written_is_erased_too(
    receive: Receive,
    make: Factory,
    pool: asyncpg.Pool,
    db: Any,
    workspace: Workspace,
    is_answer: bool,
) -> None:
    contact = await make.contact(email=ADDRESS)
    into = {"thread_id": (await make.thread(contact_email=ADDRESS))["id"]} if is_answer else {}
    async with pool.acquire() as con, pool.acquire() as erasing:
        async with con.transaction():
            await receive(inbound(sender=Person(ADDRESS), html=f"<p>{WORD}</p>", **into), con)
            erasure = asyncio.create_task(erase_contact(erasing, eraser(workspace), contact["id"]))
            await come_about(lambda: waits_for(con, erasure))
        assert (await erasure).messages == 1
    assert await words(db, workspace) == []


async def test_what_they_were_called_before_names_nobody(
    client: httpx.AsyncClient, make: Factory, receive: Receive, db: Any, workspace: Workspace
) -> None:
    contact = await make.contact(email=ADDRESS)
    thread = await make.thread(contact_email="other@mail.example")
    copied = [{"email": address} for address in (ADDRESS, "taken@mail.example")]
    await make.message(thread["id"], cc=copied)
    for address in ("taken@mail.example", "new@mail.example"):
        await client.patch(f"/contacts/{contact['id']}", json={"email": address})
    await make.contact(email="taken@mail.example")

    await erase_contact(db, eraser(workspace), contact["id"])

    assert await words(db, workspace) == []
    # Whose address it is now is somebody else.
    message = (await messages_of(client, thread["id"]))[1]
    assert [each["email"] for each in message["cc"]] == ["taken@mail.example"]
