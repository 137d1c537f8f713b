"""Words that stand for others (RFC 2047): what a customer writes so is not read by who mails it."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from typing import Any

import httpx
import pytest

from looplane.kit.mail import Mail, MailFile, MailPerson, line, to_bytes
from looplane.messages.inbound.commands import Person
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.mail.test_message_mails import delivery_state
from tests.messages.conftest import Receive, receive, send

__all__ = ["receive"]
# With a line break in it, and what would be headers and words of its own.
BREAKS = [
    "=?utf-8?q?a=0D=0ABcc:all@mail.example?=",
    "=?UTF-8?B?DQpCY2M6YWxsQG1haWwuZXhhbXBsZQ==?=",
    "=?utf-8?Q?=0A=0AHello?=",
    "before=?utf-8?q?=0D=0A=0D=0AHello?=after",
]


def written(**fields: Any) -> Message:
    plain: dict[str, Any] = {
        "message_id": "<1@firm.example>",
        "sender": MailPerson("support@firm.example", "Firm"),
        "to": [MailPerson("bob@mail.example", "Bob")],
        "subject": "Hello",
        "text": "The words.",
        "html": "<p>The words.</p>",
        "sent_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return message_from_bytes(to_bytes(Mail(**{**plain, **fields})))


@pytest.mark.parametrize("words", [*BREAKS, *(f"{'x' * 77} {each}" for each in BREAKS)])
def test_they_make_no_lines_in_a_head(words: str) -> None:
    people = [MailPerson("bob@mail.example", words)]
    sender = MailPerson("support@firm.example", words)
    mail = written(
        subject=words,
        sender=sender,
        to=people,
        cc=people,
        reply_to="support+x@firm.example",
        headers={"X-Words": words},
    )
    plain = written(cc=people, reply_to="support+x@firm.example", headers={"X-Words": "x"})
    assert mail.keys() == plain.keys()
    assert [part.get_payload() for part in mail.walk() if not part.is_multipart()] == [
        part.get_payload() for part in plain.walk() if not part.is_multipart()
    ]


@pytest.mark.parametrize("words", BREAKS)
def test_nor_do_names_of_other_mails(words: str) -> None:
    for name in (f"<{words}@mail.example>", f"<a@{words}>"):
        mail = written(in_reply_to=name, references=["<0@mail.example>", name])
        assert (mail["In-Reply-To"], mail["References"]) == (None, "<0@mail.example>")


@pytest.mark.parametrize("words", BREAKS)
def test_what_cannot_be_said_otherwise_is_refused(words: str) -> None:
    address = f"{words.replace('@', '')}@mail.example"
    for fields in (
        {"to": [MailPerson(address)]},
        {"reply_to": address},
        {"html": f"cid:{words}", "files": [MailFile("a.png", "image/png", b"x", words)]},
    ):
        with pytest.raises(ValueError, match=r"another address|line break"):
            written(**fields)


@pytest.mark.parametrize("text", ["1+1=?", "=? what", "a=?b?=c", "=?utf-8?x?a?="])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert line(text) == text


async def test_a_customer_puts_nothing_into_the_answer(
    client: httpx.AsyncClient, make: Factory, post: Post, receive: Receive
) -> None:
    words = BREAKS[0]
    receipt = await receive(
        sender=Person("bob@mail.example", words),
        subject=words,
        external_id=f"<{words}@mail.example>",
    )
    await send(client, {"id": receipt.thread_id})
    assert (await post.work()).delivered == 1
    [got] = post.server.received
    head = message_from_bytes(got.source)
    assert "Bcc" not in head
    assert "In-Reply-To" not in head
    assert head["Subject"].startswith("Re: = ?utf-8?q?a=0D=0A")
    # An address that would be read as another one is refused at once, and says so.
    thread = await make.thread(contact_email="=?utf-8?b?DQpCY2M6eA==?=@mail.example")
    await send(client, thread)
    assert len((await post.work()).failures) == 1
    state = await delivery_state(client, thread)
    assert (state["state"], "another address" in state["reason"]) == ("dead", True)
