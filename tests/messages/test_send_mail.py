"""What goes with a mail, and what is refused."""

import base64
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.conftest import Workspace
from tests.factory import Factory
from tests.messages.conftest import Receive, messages_of, send
from tests.witness import everything, faults

DELIVERY = """
select kind, channel, target, subject_id, thread_id, state, event_id from deliveries
where workspace_id = $1"""
ADA = {"email": "ada@mail.example", "name": "Ada", "mailboxHash": ""}


async def test_copies_and_files(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread, content = await make.thread(), b"\x00\xffpicture"
    file = {
        "Name": "a picture.png",
        "ContentType": "image/png; name=a.png",
        "Content": base64.b64encode(content).decode(),
        "ContentLength": 3,
        "ContentID": "picture@1",
    }
    plain = {"Name": "empty.bin", "Content": ""}
    cc, bcc = [{"email": "b@mail.example", "name": "Bo"}], [{"email": "c@mail.example"}]
    answer = await send(
        client,
        thread,
        content='<img src="cid:picture@1">',
        cc=cc,
        bcc=bcc,
        attachments=[file, plain],
    )
    assert answer.is_success, answer.text
    _, message = await messages_of(client, thread["id"])
    assert message["cc"] == [{"email": "b@mail.example", "name": "Bo", "mailboxHash": ""}]
    assert message["bcc"] == [{"email": "c@mail.example", "name": "", "mailboxHash": ""}]
    first, second = message["attachments"]
    assert first == {
        "id": first["id"],
        "Name": "a picture.png",
        "ContentType": "image/png; name=a.png",
        "ContentLength": len(content),
        "ContentID": "picture@1",
    }
    assert (second["ContentType"], second["ContentLength"], second["ContentID"]) == (
        ("application/octet-stream", 0, None)
    )
    rows = await db.fetch(
        "select id, content from message_attachments where message_id = $1", UUID(message["id"])
    )
    assert {row["id"]: row["content"] for row in rows} == {
        UUID(first["id"]): content,
        UUID(second["id"]): b"",
    }
    assert message["html"] == '<img src="cid:picture@1">'


@pytest.mark.parametrize("size", range(8))
async def test_a_file_is_as_long_as_its_content(
    client: httpx.AsyncClient, make: Factory, size: int
) -> None:
    thread, content = await make.thread(), base64.b64encode(b"x" * size).decode()
    await send(client, thread, attachments=[{"Name": "x", "Content": content}])
    _, message = await messages_of(client, thread["id"])
    assert message["attachments"][0]["ContentLength"] == size


FILE = {"Name": "x", "Content": "eA=="}
WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"content": "<script>x</script>"}, ["content"]),
    ({"content": ""}, ["content"]),
    ({"content": None}, ["content"]),
    ({"cc": [{"email": "nobody"}]}, ["cc.0.email"]),
    ({"cc": [{"email": "a@b.example", "name": "x\r\nBcc: c@d.example"}]}, ["cc.0.name"]),
    ({"bcc": [{"email": "a@b.example", "other": 1}]}, ["bcc.0.other"]),
    ({"bcc": [{"email": "a@b.example"}] * 51}, ["bcc"]),
    ({"attachments": [{"Name": "x"}]}, ["attachments.0.Content"]),
    ({"attachments": [{"Content": "eA=="}]}, ["attachments.0.Name"]),
    ({"attachments": [{**FILE, "Content": "e"}]}, ["attachments.0.Content"]),
    ({"attachments": [{**FILE, "Content": "eA=\n="}]}, ["attachments.0.Content"]),
    ({"attachments": [{**FILE, "Content": "eA==eA=="}]}, ["attachments.0.Content"]),
    ({"attachments": [{**FILE, "Name": "../x"}]}, ["attachments.0.Name"]),
    ({"attachments": [{**FILE, "Name": ""}]}, ["attachments.0.Name"]),
    (
        {"attachments": [{**FILE, "ContentType": "text/html\r\nX: y"}]},
        ["attachments.0.ContentType"],
    ),
    (
        {"attachments": [{**FILE, "ContentType": "text/html; x=y\r\nX: y"}]},
        ["attachments.0.ContentType"],
    ),
    ({"attachments": [{**FILE, "ContentID": "<x>"}]}, ["attachments.0.ContentID"]),
    ({"attachments": [{**FILE, "name": "x"}]}, ["attachments.0.name"]),
    ({"attachments": [FILE] * 21}, ["attachments"]),
    ({"author": {"id": "x"}}, ["author"]),
]


@pytest.mark.parametrize(("body", "named"), WRONG)
async def test_what_is_refused(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    thread = await make.thread()
    before = await everything(db, workspace.id)
    assert faults(await send(client, thread, **body)) == named
    assert await everything(db, workspace.id) == before


@pytest.mark.parametrize(
    ("title", "subject", "expected"),
    [
        ("Export", "", "Re: Export"),
        ("RE: Export", "", "RE: Export"),
        (None, "Help", "Re: Help"),
        (None, "", "Re: Your message to Test"),
        ("x" * 512, "", f"Re: {'x' * 508}"),
    ],
)
async def test_the_subject(
    client: httpx.AsyncClient,
    make: Factory,
    receive: Receive,
    title: str | None,
    subject: str,
    expected: str,
) -> None:
    thread = await make.thread(title=title)
    await receive(thread_id=thread["id"], subject=subject)
    await send(client, thread)
    assert (await messages_of(client, thread["id"]))[-1]["subject"] == expected


async def test_a_key_without_a_member_sends_for_nobody(
    app: Any, client: httpx.AsyncClient, make: Factory
) -> None:
    thread, key = await make.thread(), await make.key()
    headers = {"Authorization": f"Bearer {key}"}
    path = f"/threads/{thread['id']}/messages"
    assert (await client.post(path, json={"content": "x"}, headers=headers)).is_success
    _, message = await messages_of(client, thread["id"])
    assert (message["from"], message["user_id"]) == (None, None)
