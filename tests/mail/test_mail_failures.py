"""What becomes of mail that a server does not take, or takes only for now."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.deliveries.rules import RETRY_AFTER
from looplane.delivery.commands import send as send_taken, take
from looplane.delivery.sql import route
from looplane.kit.database import Database
from looplane.kit.pacing import Paced
from looplane.worker import work
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.mail_servers import THIS_MACHINE, mail_server
from tests.messages.conftest import messages_of, send
from tests.unlimited import UNLIMITED

ATTEMPTS = """
select a.number, a.outcome, a.reason, a.request, a.answer from delivery_attempts a
where a.workspace_id = $1 order by a.delivery_id, a.number"""
EVENTS = """
select type from events where workspace_id = $1 and type like 'mailbox.%'
order by created_at, id"""


async def state_of(client: httpx.AsyncClient, thread: Any) -> Any:
    return (await messages_of(client, thread["id"]))[-1]["delivery"]


async def events(db: Any, workspace: Workspace) -> list[str]:
    """What was told of mailboxes, but for their making."""
    return [row["type"] for row in await db.fetch(EVENTS, workspace.id)][1:]


@pytest.mark.parametrize("step", ["rcpt", "data", "mail"])
async def test_what_is_put_off_is_tried_again_under_the_same_name(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    step: str,
) -> None:
    thread = await make.thread()
    await send(client, thread)
    setattr(post.server, step, "451 Come again later")
    done = await post.work()
    [(_, reason)] = done.failures
    assert str(reason).endswith("451 Come again later")
    assert (await state_of(client, thread))["state"] == "queued"
    written = "select xmin::text, external_id from messages where workspace_id = $1"
    named = await db.fetch(written, workspace.id)
    setattr(post.server, step, None)
    assert (await post.work(RETRY_AFTER[0].total_seconds())).delivered == 1
    assert await state_of(client, thread) == {"state": "delivered", "reason": None}
    first, second = await db.fetch(ATTEMPTS, workspace.id)
    assert (first["number"], first["outcome"], first["answer"]["code"]) == (1, "failed", 451)
    assert (second["number"], second["outcome"], second["answer"]["code"]) == (2, "delivered", 250)
    assert second["answer"]["text"] == "Taken as number 7"
    # The second attempt's head is as the first one's was, and nothing is written for it anew.
    assert await db.fetch(written, workspace.id) == named
    assert first["request"]["message_id"] == second["request"]["message_id"]
    assert post.server.received[0].mail["Message-ID"] == first["request"]["message_id"]
    assert "a pass word" not in str([dict(first), dict(second)])
    assert await events(db, workspace) == []


@pytest.mark.parametrize("step", ["rcpt", "data"])
async def test_what_is_refused_shows_on_the_message(
    client: httpx.AsyncClient, make: Factory, post: Post, step: str
) -> None:
    thread, other = await make.thread(), await make.thread()
    for each in (thread, other):
        await send(client, each)
    told = {"rcpt": lambda to: "550 No such user" if to == thread["contact"]["email"] else None}
    setattr(post.server, step, told.get(step, "554 Looks like spam"))
    await post.work()
    state = await state_of(client, thread)
    assert (state["state"], state["reason"].split()[-1]) in [("dead", "user"), ("dead", "spam")]
    if step == "rcpt":
        assert (await state_of(client, other))["state"] == "delivered"


async def test_a_server_that_is_away_is_told_of_once_and_keeps_all(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    path = f"/mailboxes/{post.mailbox['id']}"
    port = post.mailbox["smtp_port"]
    await client.patch(path, json={"smtp_port": 1024})
    threads = [await make.thread() for _ in range(6)]
    for each in threads:
        await send(client, each)
    for _ in range(4):
        await post.work(301)
    shown = (await client.get(path)).json()
    assert shown["down_reason"] == "127.0.0.1 at port 1024 refuses connections."
    assert shown["down_since"] is not None
    assert await events(db, workspace) == ["mailbox.updated", "mailbox.down"]
    await client.patch(path, json={"smtp_port": port})
    # A server is another one: it is up until it is seen to be down.
    assert (await client.get(path)).json()["down_since"] is None
    for _ in range(8):
        await post.work(1800)
    assert len(post.server.received) == 6
    assert [(await state_of(client, each))["state"] for each in threads] == ["delivered"] * 6


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ({"password": "another"}, "password is wrong"),
        ({"security": "starttls"}, "offers no STARTTLS"),
        ({"smtp_host": "no-such-host.invalid"}, "There is no host named"),
    ],
    ids=str,
)
async def test_what_is_set_up_wrong_is_a_server_that_is_down(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    spoil: dict[str, str],
    said: str,
) -> None:
    path, thread = f"/mailboxes/{post.mailbox['id']}", await make.thread()
    await client.patch(path, json=spoil)
    await send(client, thread)
    await post.work()
    assert said in (await client.get(path)).json()["down_reason"]
    assert (await state_of(client, thread))["state"] == "queued"
    assert (await events(db, workspace))[-1] == "mailbox.down"


@pytest.mark.parametrize("fault", [{"hangs_at": "mail"}, {"closes_at": "data"}], ids=str)
async def test_a_server_that_hangs_or_closes_half_way(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    fault: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thread = await make.thread()
    await send(client, thread)
    for name, step in fault.items():
        setattr(post.server, name, step)
    connections = post.channel._setup.connections  # noqa: SLF001
    monkeypatch.setattr(connections, "_seconds", 1.0)
    done = await post.work()
    assert len(done.failures) == 1
    assert (await state_of(client, thread))["state"] == "queued"
    # What such a connection may still answer is no answer to another mail.
    assert not connections._idle  # noqa: SLF001  # to be seen in no other way
    monkeypatch.undo()
    post.server.hangs_at = post.server.closes_at = ""
    await post.work(301)
    # What was taken and never acknowledged comes again, and says that it is the same.
    assert len({each.mail["Message-ID"] for each in post.server.received}) == 1
    assert (await state_of(client, thread))["state"] == "delivered"


async def test_a_copy_that_is_put_off_keeps_it_back_for_a_while_only(
    client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    thread = await make.thread()
    await send(client, thread, cc=[{"email": "slow@mail.example"}])
    post.server.rcpt = lambda to: "450 Greylisted" if to == "slow@mail.example" else None
    for i in range(3):
        done = await post.work(RETRY_AFTER[i - 1].total_seconds() if i else 1)
        assert (done.delivered, post.server.received) == (0, [])
    assert (await post.work(RETRY_AFTER[2].total_seconds())).delivered == 1
    assert post.server.received[0].recipients == [thread["contact"]["email"]]


async def test_a_copy_that_is_refused_keeps_nothing_back(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, workspace: Workspace
) -> None:
    await send(client, await make.thread(), cc=[{"email": "gone@mail.example"}])
    post.server.rcpt = lambda to: "550 Gone" if to == "gone@mail.example" else None
    assert (await post.work()).delivered == 1
    [row] = await db.fetch(ATTEMPTS, workspace.id)
    assert row["answer"]["refused"]["gone@mail.example"].endswith("550 Gone")


async def test_one_connection_takes_several_mails(
    client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    thread = await make.thread()
    for _ in range(5):
        await send(client, thread)
    for _ in range(5):
        await post.work()
    assert (len(post.server.received), post.server.connections) == (5, 1)


async def test_letters_that_the_server_does_not_take(
    client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    async with mail_server(utf8=False) as server:
        path = f"/mailboxes/{post.mailbox['id']}"
        await client.patch(path, json={**server.settings, "username": None})
        thread = await make.thread(contact_email="müller@mail.example")
        await send(client, thread)
        await post.work()
        state = await state_of(client, thread)
        assert (state["state"], "ASCII" in state["reason"]) == ("dead", True)


async def test_a_mail_that_is_too_large_is_refused_alone(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, workspace: Workspace
) -> None:
    post.server.mail = "552 Too large"
    thread = await make.thread()
    await send(client, thread)
    await post.work()
    assert (await state_of(client, thread))["state"] == "dead"
    assert await events(db, workspace) == []


async def test_a_worker_that_dies_after_sending_sends_again_under_the_same_name(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, clock: SteppedClock
) -> None:
    thread = await make.thread()
    await send(client, thread)
    clock.step(timedelta(seconds=1))
    await route(db, clock())
    [taken] = await take(db, clock, {"email": post.channel}, 10, 0)
    await send_taken(taken, clock, {"email": post.channel}, lambda _: None, Paced(1, 1.0))
    assert len(post.server.received) == 1
    assert (await state_of(client, thread))["state"] == "queued"
    await post.work(120)
    first, second = post.server.received
    assert first.mail["Message-ID"] == second.mail["Message-ID"]
    assert first.mail["Date"] == second.mail["Date"]
    assert (await state_of(client, thread))["state"] == "delivered"


async def test_the_worker_mails(
    client: httpx.AsyncClient, make: Factory, post: Post, database: Database, clock: SteppedClock
) -> None:
    thread = await make.thread()
    await send(client, thread)
    clock.step(timedelta(seconds=1))
    settings = replace(UNLIMITED, outbound_allow=THIS_MACHINE)
    task = asyncio.ensure_future(work(database, settings, clock))
    try:
        async with asyncio.timeout(20):
            await post.server.took.wait()
    finally:
        task.cancel()
        await asyncio.wait([task])
    assert post.server.received[0].recipients == [thread["contact"]["email"]]
