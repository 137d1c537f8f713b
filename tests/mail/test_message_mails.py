"""What leaves when a thread is answered, and what its message says then."""

import base64
from datetime import timedelta
from email.utils import getaddresses
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.mailboxes.rules import delivery_of, thread_of
from looplane.messages.inbound.commands import Person
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.messages.conftest import Receive, messages_of, receive, send

__all__ = ["receive"]


async def delivery_state(client: httpx.AsyncClient, thread: Any) -> Any:
    return (await messages_of(client, thread["id"]))[-1]["delivery"]


async def test_an_answer_is_mailed(
    client: httpx.AsyncClient, make: Factory, post: Post, workspace: Workspace
) -> None:
    thread = await make.thread(title="Export", contact_name="Jörg Müller")
    sent = (await send(client, thread, content="<p>It is <b>döne</b></p>")).json()
    assert await delivery_state(client, thread) == {"state": "queued", "reason": None}
    done = await post.work()
    assert (done.delivered, done.failures) == (1, [])
    [got] = post.server.received
    assert (got.sender, got.recipients) == ("support@firm.example", [thread["contact"]["email"]])
    mail = got.mail
    assert mail["Subject"] == "Re: Export"
    assert mail["From"].addresses[0].addr_spec == "support@firm.example"
    assert mail["From"].addresses[0].display_name
    assert (mail["To"].addresses[0].display_name) == "Jörg Müller"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content() == "It is döne\r\n"
    assert "<p>It is <b>döne</b></p>" in html.get_content()
    # It names its thread and its delivery, and nobody else could have made the names.
    name = mail["Message-ID"]
    assert name.endswith("@firm.example>")
    delivery_id = delivery_of(post.secrets, workspace.id, name)
    assert delivery_id is not None
    assert thread_of(post.secrets, workspace.id, mail["Reply-To"].addresses[0].addr_spec) == UUID(
        thread["id"]
    )
    assert mail["Reply-To"].addresses[0].addr_spec.startswith("support+")
    assert delivery_of(post.secrets, UUID(int=1), name) is None
    assert await delivery_state(client, thread) == {"state": "delivered", "reason": None}
    assert "Auto-Submitted" not in mail
    assert sent["channel"] == "email"


async def test_answers_stay_in_their_thread(
    client: httpx.AsyncClient, make: Factory, post: Post, receive: Receive, clock: SteppedClock
) -> None:
    receipt = await receive(external_id="<first@mail.example>", subject="Export")
    thread = (await client.get(f"/threads/{receipt.thread_id}")).json()
    clock.step(timedelta(seconds=1))
    await send(client, thread)
    await post.work()
    ours = post.server.received[0].mail
    assert (ours["In-Reply-To"], ours["References"]) == (
        "<first@mail.example>",
        "<first@mail.example>",
    )
    # What answers ours finds the thread by what it is called.
    clock.step(timedelta(seconds=1))
    answer = await receive(
        external_id="<second@mail.example>", references=["<gone@x.example>", ours["Message-ID"]]
    )
    assert answer.thread_id == receipt.thread_id
    clock.step(timedelta(seconds=1))
    await send(client, thread)
    await post.work()
    again = post.server.received[1].mail
    assert again["In-Reply-To"] == "<second@mail.example>"
    assert again["References"].split() == [
        "<first@mail.example>",
        ours["Message-ID"],
        "<second@mail.example>",
    ]


async def test_an_answer_to_nothing_of_ours_begins_a_thread(
    make: Factory, make_other: Factory, post: Post, receive: Receive, other: Workspace, client: Any
) -> None:
    await send(client, await make.thread())
    await post.work()
    name = post.server.received[0].mail["Message-ID"]
    elsewhere = await receive(references=[name], here=other.id)
    here = await receive(references=["<never@mail.example>"])
    assert elsewhere.thread_id != here.thread_id


async def test_it_leaves_by_the_mailbox_that_was_written_to(
    client: httpx.AsyncClient, make: Factory, post: Post, receive: Receive, clock: SteppedClock
) -> None:
    await make.mailbox(address="Billing@firm.example", **post.server.settings)
    receipt = await receive(to=[Person("billing+tag@firm.example")])
    clock.step(timedelta(seconds=1))
    await send(client, {"id": receipt.thread_id})
    await post.work()
    [got] = post.server.received
    assert got.mail["From"].addresses[0].addr_spec == "Billing@firm.example"


async def test_copies_go_to_all_and_blind_ones_are_in_no_head(
    client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    thread = await make.thread()
    people = {
        "cc": [{"email": "a@mail.example", "name": 'A, the "first"'}],
        "bcc": [{"email": "secret@mail.example"}, {"email": "A@mail.example"}],
    }
    await send(client, thread, **people)
    await post.work()
    [got] = post.server.received
    assert got.recipients == [thread["contact"]["email"], "A@mail.example", "secret@mail.example"]
    assert b"secret" not in got.source
    assert getaddresses([got.mail["Cc"]]) == [('A, the "first"', "a@mail.example")]


async def test_files_go_with_it(client: httpx.AsyncClient, make: Factory, post: Post) -> None:
    image, words = b"\x89PNG\r\n", "Wörter".encode()
    files = [
        {
            "Name": "logo.png",
            "ContentType": "image/png",
            "ContentID": "logo1",
            "Content": base64.b64encode(image).decode(),
        },
        {
            "Name": "Übersicht.txt",
            "ContentType": "text/plain; charset=utf-8",
            "Content": base64.b64encode(words).decode(),
        },
        {"Name": "mail.eml", "ContentType": "message/rfc822", "Content": "V29yZHM="},
    ]
    body = {"content": '<p>See <img src="cid:logo1"></p>', "attachments": files}
    await send(client, await make.thread(), **body)
    await post.work()
    mail = post.server.received[0].mail
    assert mail.get_content_type() == "multipart/mixed"
    found = {each.get_filename(): each for each in mail.walk() if each.get_filename()}
    assert found["logo.png"].get_payload(decode=True) == image
    assert found["logo.png"]["Content-ID"] == "<logo1>"
    assert found["logo.png"].get_content_disposition() == "inline"
    assert found["Übersicht.txt"].get_payload(decode=True) == words
    assert found["Übersicht.txt"].get_content_disposition() == "attachment"
    assert found["mail.eml"].get_payload(decode=True) == b"Words"


async def test_lines_of_any_length_and_letters_arrive(
    client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    words = "x" * 5000 + " ü€😀 " + "From here\n.\n"
    await send(client, await make.thread(title="Ü" * 200), content=f"<p>{words}</p>")
    await post.work()
    [got] = post.server.received
    assert max(map(len, got.source.split(b"\r\n"))) <= 998
    assert got.source.replace(b"\r\n", b"").count(b"\n") == 0
    assert got.mail["Subject"] == "Re: " + "Ü" * 200
    text = got.mail.get_body(("plain",))
    assert text is not None
    assert "x" * 5000 + " ü€😀" in text.get_content().replace("\n", "")


@pytest.mark.parametrize("name", ["X\r\nBcc: all@mail.example", "X\u2028Y", 'A "B" <c@d>, e', ""])
async def test_no_name_makes_a_header(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, name: str
) -> None:
    thread = await make.thread()
    await db.execute(
        "update contacts set name = $1 where email = $2", name, thread["contact"]["email"]
    )
    await send(client, thread)
    await post.work()
    [got] = post.server.received
    assert got.recipients == [thread["contact"]["email"]]
    assert (got.mail["Bcc"], len(got.mail["To"].addresses)) == (None, 1)
    assert got.mail["To"].addresses[0].addr_spec == thread["contact"]["email"]


async def test_addresses_beyond_ascii(client: httpx.AsyncClient, make: Factory, post: Post) -> None:
    await send(client, await make.thread(contact_email="müller@bücher.example"))
    await send(client, await make.thread(contact_email="mueller@bücher.example"))
    await post.work()
    first, second = post.server.received
    assert {*first.recipients, *second.recipients} == {
        "müller@xn--bcher-kva.example",
        "mueller@xn--bcher-kva.example",
    }


async def test_a_message_that_is_gone_is_not_sent(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any
) -> None:
    thread = await make.thread()
    sent = (await send(client, thread)).json()
    await db.execute("delete from messages where id = $1", UUID(sent["id"]))
    done = await post.work()
    assert [reason for _, reason in done.failures] == ["What it told of is gone."]
    assert post.server.received == []


ODD = [
    "a..b@mail.example",
    "o'hara+x=y@mail.example",
    "\U0001f600@mail.example",
    "a@" + "ü" * 70 + ".example",
    "a@mail..example",
]


@pytest.mark.parametrize("address", ODD, ids=ascii)
async def test_an_odd_address_holds_up_nothing(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, address: str
) -> None:
    thread, other = await make.thread(), await make.thread()
    await db.execute(
        "update contacts set email = $1 where email = $2", address, thread["contact"]["email"]
    )
    for each in (thread, other):
        await send(client, each)
    done = await post.work()
    assert other["contact"]["email"] in [each.recipients[0] for each in post.server.received]
    assert done.delivered + len(done.failures) == 2
    shown = await client.get(f"/mailboxes/{post.mailbox['id']}")
    assert shown.json()["down_since"] is None
