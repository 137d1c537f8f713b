"""Files of mails are in memory while a mail leaves, and of so many bytes at once."""

import asyncio
import base64
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.delivery.commands import take
from looplane.delivery.email.commands import EmailChannel
from looplane.delivery.email.files import commands as files
from looplane.delivery.email.files.commands import MailFiles
from looplane.delivery.email.schemas import Outgoing
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.delivery.sql import route
from looplane.kit.database import Database
from looplane.kit.smtp_connections import SmtpConnections
from tests.conftest import SteppedClock
from tests.dispatch import deliver_due
from tests.factory import Factory
from tests.mail.conftest import Post, channel_of
from tests.messages.conftest import send
from tests.processes import come_about

SIZE = 30


async def write(client: httpx.AsyncClient, make: Factory, count: int) -> None:
    """So many answers, with a file each."""
    content = base64.b64encode(b"x" * SIZE).decode()
    file = {"Name": "a.bin", "ContentType": "application/x-a", "Content": content}
    for _ in range(count):
        assert (await send(client, await make.thread(), attachments=[file])).is_success


def sent_files(post: Post) -> Sequence[Any]:
    mails = [each.mail for each in post.server.received]
    return [part.get_payload(decode=True) for mail in mails for part in mail.iter_attachments()]


async def test_nothing_of_them_is_loaded_with_a_batch(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, clock: SteppedClock
) -> None:
    await write(client, make, 3)
    clock.step(timedelta(seconds=1))
    await route(db, clock())
    [taken] = await take(db, clock, {"email": post.channel}, 10, 0)
    loaded = [each for each in taken.loaded.values() if isinstance(each, Outgoing)]
    assert [(each.mail.files, each.files[0].size) for each in loaded] == [((), SIZE)] * 3


@pytest.mark.parametrize(("most", "at_once"), [(SIZE, 1), (2 * SIZE, 2)])
async def test_so_many_are_on_their_way_at_once(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    database: Database,
    db: Any,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    at_once: int,
) -> None:
    sending, seen = SmtpConnections.send, list[int]()
    under_way = 0

    async def counted(*args: Any) -> Any:
        nonlocal under_way
        under_way += 1
        seen.append(under_way)
        await come_about(lambda: max(seen) >= at_once)
        await asyncio.sleep(0.05)  # as long as others have to come in, who should not
        try:
            return await sending(*args)
        finally:
            under_way -= 1

    monkeypatch.setattr(SmtpConnections, "send", counted)
    channel = channel_of(database, clock, files=MailFiles(database, most))
    await write(client, make, 4)
    clock.step(timedelta(seconds=1))
    done = await deliver_due(db, clock, {"email": channel})
    await channel._setup.connections.aclose()  # noqa: SLF001  # as the worker ends
    assert (done.delivered, max(seen)) == (4, at_once)
    assert sent_files(post) == [b"x" * SIZE] * 4


async def test_who_finds_no_room_waits_its_turn_and_has_used_up_no_attempt(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    database: Database,
    db: Any,
    clock: SteppedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "_WAITING", 0.01)
    held = MailFiles(database, SIZE)
    channel = channel_of(database, clock, files=held)
    await write(client, make, 1)
    clock.step(timedelta(seconds=1))
    async with held._held.room(SIZE):  # noqa: SLF001  # as another mail has it
        done = await deliver_due(db, clock, {"email": channel})
    assert [reason for _, reason in done.failures] == [
        "Other mails with large files are on their way; it leaves after them."
    ]
    clock.step(timedelta(seconds=11))
    assert (await deliver_due(db, clock, {"email": channel})).delivered == 1
    await channel._setup.connections.aclose()  # noqa: SLF001  # as the worker ends
    row = await db.fetchrow("select attempts from deliveries order by seq desc limit 1")
    assert (row["attempts"], sent_files(post)) == (1, [b"x" * SIZE])


async def test_a_mail_whose_file_is_gone_does_not_leave_without_it(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    database: Database,
    db: Any,
    clock: SteppedClock,
) -> None:
    await write(client, make, 1)

    class Late(EmailChannel):
        """Once the mail is loaded, its file is removed."""

        async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:
            [file] = loaded.files
            await db.execute("delete from message_attachments where id = $1", file.id)
            return await super().send(delivery, loaded)

    late = Late(channel_of(database, clock)._setup)  # noqa: SLF001  # set up as it is
    clock.step(timedelta(seconds=1))
    done = await deliver_due(db, clock, {"email": late})
    assert [reason for _, reason in done.failures] == ["A file that was to go with it is gone."]
    assert post.server.received == []


async def test_what_is_caught_has_its_files(
    client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    await client.delete(f"/mailboxes/{post.mailbox['id']}")
    await write(client, make, 3)
    assert (await post.work()).delivered == 3
    caught = (await client.get("/caught-mail")).json()["data"]
    parts = (await client.get(f"/caught-mail/{caught[0]['id']}")).json()["parts"]
    assert [each["size"] for each in parts if each["name"] == "a.bin"] == [SIZE]
