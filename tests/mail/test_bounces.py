"""Mail that comes back: its message says so, and nobody is notified there again."""

import base64
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import Workspace
from tests.factory import Factory
from tests.mail.conftest import Post
from tests.messages.conftest import messages_of, send


def report(
    returned: str, recipient: str, action: str = "failed", kind: str = "text/rfc822-headers"
) -> bytes:
    """What a mail server sends back."""
    return f"""From: MAILER-DAEMON@mx.example
To: support@firm.example
Message-ID: <{uuid4()}@mx.example>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Original-Recipient: rfc822;{recipient}
Final-Recipient: rfc822; other@elsewhere.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such
 user here

--b
Content-Type: {kind}

Message-ID: {returned}
Subject: Re: Export

Words
--b--
""".replace("\n", "\r\n").encode()


async def give(client: httpx.AsyncClient, post: Post, source: bytes) -> httpx.Response:
    body = {"content_base64": base64.b64encode(source).decode()}
    return await client.post(f"/mailboxes/{post.mailbox['id']}/bounces", json=body)


async def sent(client: httpx.AsyncClient, make: Factory, post: Post) -> tuple[Any, str]:
    """A thread with an answer that left, and what its mail is called."""
    thread = await make.thread()
    await send(client, thread)
    await post.work()
    return thread, str(post.server.received[-1].mail["Message-ID"])


async def bounced(client: httpx.AsyncClient, make: Factory, post: Post) -> Any:
    """A thread with an answer that left and came back."""
    thread, name = await sent(client, make, post)
    await give(client, post, report(name, thread["contact"]["email"]))
    return thread


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
async def test_a_mail_that_came_back_shows_on_its_message(
    client: httpx.AsyncClient,
    make: Factory,
    post: Post,
    db: Any,
    workspace: Workspace,
    kind: str,
) -> None:
    thread, name = await sent(client, make, post)
    address = thread["contact"]["email"].upper()
    answer = await give(client, post, report(name, address, kind=kind))
    [bounced] = answer.json()["bounced"]
    assert (bounced["recipient"], bounced["thread_id"]) == (
        thread["contact"]["email"],
        thread["id"],
    )
    assert (await messages_of(client, thread["id"]))[-1]["delivery"] == {
        "state": "bounced",
        "reason": "550 5.1.1 No such user here",
    }
    told = await db.fetch(
        "select thread_ids from events where workspace_id = $1 and type = 'mailbox.bounced'",
        workspace.id,
    )
    assert [[str(id) for id in each["thread_ids"]] for each in told] == [[thread["id"]]]
    assert (await give(client, post, report(name, address))).json() == {"bounced": []}


async def test_what_tells_of_nothing_of_ours_changes_nothing(
    client: httpx.AsyncClient, make: Factory, post: Post, db: Any, workspace: Workspace
) -> None:
    thread, name = await sent(client, make, post)
    address = thread["contact"]["email"]
    forged = name.replace(name[1], "b" if name[1] == "a" else "a", 1)
    plain = EmailMessage()
    plain.set_content("Out of office")
    for source in (
        report(name, address, action="delayed"),
        report(name, "other@mail.example"),
        report(forged, address),
        plain.as_bytes(),
        b"\xff\x00",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n" * 100,
    ):
        assert (await give(client, post, source)).json() == {"bounced": []}
    assert (await messages_of(client, thread["id"]))[-1]["delivery"]["state"] == "delivered"
    assert (
        await db.fetchval(
            "select count(*) from bounced_addresses where workspace_id = $1", workspace.id
        )
        == 0
    )


async def test_a_report_is_no_matter_of_another_workspace(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    make: Factory,
    make_other: Factory,
    post: Post,
) -> None:
    thread, name = await sent(client, make, post)
    theirs = await make_other.mailbox()
    body = {"content_base64": base64.b64encode(report(name, thread["contact"]["email"])).decode()}
    answer = await stranger.post(f"/mailboxes/{theirs['id']}/bounces", json=body)
    assert answer.json() == {"bounced": []}
    assert (await messages_of(client, thread["id"]))[-1]["delivery"]["state"] == "delivered"


async def test_nobody_is_notified_there_again_and_a_person_may_try(
    client: httpx.AsyncClient, make: Factory, post: Post
) -> None:
    thread = await bounced(client, make, post)
    address = thread["contact"]["email"]
    for target in (address.upper(), "well@firm.example"):
        await post.notify(target)
    await send(client, thread)
    done = await post.work()
    assert [reason for _, reason in done.failures] == [
        "Mail to this address came back before: 550 5.1.1 No such user here"
    ]
    assert {each.recipients[0] for each in post.server.received[1:]} == {
        address,
        "well@firm.example",
    }
    notice_mail = next(
        e.mail for e in post.server.received if e.recipients[0] == "well@firm.example"
    )
    assert notice_mail["Auto-Submitted"] == "auto-generated"
    assert notice_mail["Subject"] == "You were assigned"
