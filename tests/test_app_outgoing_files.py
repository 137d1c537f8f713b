"""Files are uploaded one by one, and a message that is not sent yet names them."""

import asyncio
import base64
import os
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from looplane.kit.callers import CSRF_HEADER
from looplane.messages import sql as messages
from looplane.outgoing_files.rules import MAX_KEPT, clean_name, clean_type, in_words
from looplane.outgoing_files.schemas import MAX_SIZE
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.file_contents import CONTENTS, form
from tests.held import hold, send_what_is_due, unsent_in
from tests.outgoing import PATH, count, naming, put, upload
from tests.sessions import APP, signed_in
from tests.witness import faults

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
async def quiet(db: Any) -> None:
    """Nothing that other tests left is due, or to be swept."""
    await db.execute("delete from held_messages where state = 'held'")
    await db.execute("delete from outgoing_files")


@pytest.fixture
async def member(app: Any, db: Any, workspace: Workspace) -> Any:
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        yield client


async def test_what_is_sent_is_what_was_uploaded(
    member: httpx.AsyncClient, db: Any, make: Factory, clock: SteppedClock
) -> None:
    content, picture = os.urandom(3 * MIB), CONTENTS["image/png"]
    large, small = (
        await upload(member, content, "application/x-a"),
        await upload(member, picture, "image/png"),
    )
    assert (large["size"], large["content_type"]) == (3 * MIB, "application/x-a")
    id = (await make.thread())["id"]
    assert (await put(member, id, naming(large), naming(small, ContentID="p1"))).status_code == 200
    kept = (await unsent_in(member, id))["attachments"]
    assert [each["ContentLength"] for each in kept] == [3 * MIB, len(picture)]
    words = {"Name": "w.txt", "ContentType": "text/plain", "Content": "d29yZHM="}
    attachments = [naming(large), words, naming(small, ContentID="p1")]
    await hold(member, id, '<p>Look: <img src="cid:p1"></p>', attachments=attachments)
    assert (await send_what_is_due(db, clock)).sent == 1
    (message,) = (await member.get(f"/threads/{id}/messages?direction=outbound")).json()["data"]
    said = message["attachments"]
    assert [each["Name"] for each in said] == ["a.txt", "w.txt", "a.txt"]
    assert [each["ContentLength"] for each in said] == [3 * MIB, 5, len(picture)]
    assert [each["ContentID"] for each in said] == [None, None, "p1"]
    for file, expected in zip(said, (content, b"words", picture), strict=True):
        found = await member.get(f"{APP}/attachments/{message['id']}/{file['id']}")
        assert found.content == expected


async def test_undo_brings_the_files_back(
    member: httpx.AsyncClient, db: Any, make: Factory, clock: SteppedClock
) -> None:
    file, later = await upload(member), await upload(member, b"later")
    id = (await make.thread())["id"]
    held = await hold(member, id, attachments=[naming(file)])
    await put(member, id, naming(later))
    back = (await member.delete(f"{APP}/held/{held['id']}")).json()["reply"]
    assert {each["file_id"] for each in back["attachments"]} == {file["id"], later["id"]}
    # Whatever comes back can be sent as it came.
    again = [{**each, "ContentLength": str(each["ContentLength"])} for each in back["attachments"]]
    await hold(member, id, attachments=again)
    assert (await send_what_is_due(db, clock)).sent == 1
    assert (
        await db.fetchval(
            "select count(*) from message_attachments a join messages m"
            " on m.workspace_id = a.workspace_id and m.id = a.message_id where m.thread_id = $1",
            UUID(id),
        )
        == 2
    )


async def test_an_older_text_with_its_bytes_is_sent_as_ever(
    member: httpx.AsyncClient, db: Any, make: Factory, clock: SteppedClock
) -> None:
    id = (await make.thread())["id"]
    whole = {"Name": "a.txt", "ContentType": "text/plain", "Content": "QQ==", "ContentLength": ""}
    await put(member, id, whole)
    assert (await unsent_in(member, id))["attachments"] == [whole]
    file = await upload(member)
    await put(member, id, whole, naming(file))
    attachments = (await unsent_in(member, id))["attachments"]
    await hold(member, id, attachments=attachments)
    assert (await send_what_is_due(db, clock)).sent == 1


async def test_how_many_and_how_large(
    member: httpx.AsyncClient, db: Any, make: Factory, workspace: Workspace
) -> None:
    id = (await make.thread())["id"]
    half = await upload(member)
    # The bytes do not matter, only what is known of them.
    await db.execute("update outgoing_files set size = $1", MAX_SIZE // 2)
    sent = {"thread_id": id, "content": "a"}
    whole = {"Name": "a", "Content": base64.b64encode(b"x").decode()}
    fits = {**sent, "attachments": [naming(half)] * 2}
    assert (await member.post(f"{APP}/held?dry_run=true", json=fits)).status_code == 200
    above = await member.post(
        f"{APP}/held", json={**sent, "attachments": [naming(half), naming(half), whole]}
    )
    assert "attachments: have 25.1 MB together, at most 25 MB go" in above.text
    many = await member.post(f"{APP}/held", json={**sent, "attachments": [naming(half)] * 21})
    assert (many.status_code, faults(many)) == (400, ["attachments"])
    assert (await member.get(f"{APP}/held")).json()["data"] == []
    await db.execute("update outgoing_files set size = $1", MAX_KEPT - 4)
    full = await member.post(PATH, **form(b"words"))
    assert "more than 1000 MB" in full.text
    assert (await member.post(PATH, **form(b"word"))).status_code == 200


async def test_what_is_no_file_to_take(member: httpx.AsyncClient, db: Any) -> None:
    empty = await member.post(PATH, **form(b""))
    assert faults(empty) == ["file"]
    assert faults(await member.post(PATH, files={"other": b"x"})) == ["file", "other"]
    plain = await member.post(PATH, content=b"x", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415
    large = await member.post(PATH, **form(b"x" * (MAX_SIZE + 1)))
    assert (large.status_code, "has 25.1 MB" in large.text) == (413, True)
    larger = await member.post(PATH, **form(b"x" * (MAX_SIZE + 200_000)))
    assert larger.status_code == 413
    rehearsed = await member.post(f"{PATH}?dry_run=true", **form(b"x"))
    assert (rehearsed.status_code, await count(db)) == (200, 0)


async def test_the_largest_is_taken_in_few_copies(
    member: httpx.AsyncClient, db: Any, clock: SteppedClock, make: Factory
) -> None:
    content = os.urandom(MAX_SIZE)
    request = member.build_request("POST", PATH, **form(content))
    await request.aread()
    tracemalloc.start()
    try:
        answer = await member.send(request)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (answer.status_code, answer.json()["size"]) == (200, MAX_SIZE)
    assert most < 4.5 * MAX_SIZE, f"{most / MAX_SIZE:.1f} copies"
    id = (await make.thread())["id"]
    await hold(member, id, attachments=[naming(answer.json())])
    tracemalloc.start()
    try:
        assert (await send_what_is_due(db, clock)).sent == 1
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MAX_SIZE / 5, "its bytes never leave the database"
    is_same = "select a.content = $2 from message_attachments a join messages m on m.id = a.message_id where m.thread_id = $1"
    assert await db.fetchval(is_same, UUID(id), content)


async def test_a_file_is_its_owners(
    app: Any,
    db: Any,
    member: httpx.AsyncClient,
    workspace: Workspace,
    other: Workspace,
    make: Factory,
    make_other: Factory,
) -> None:
    file, id = await upload(member), (await make.thread())["id"]
    colleague = await make.member()
    for workspace_id, member_id in ((workspace.id, colleague), (other.id, other.member_id)):
        thread = await (make if workspace_id == workspace.id else make_other).thread()
        async with signed_in(app, db, workspace_id, member_id) as somebody:
            for method in ("GET", "DELETE"):
                answer = await somebody.request(method, f"{PATH}/{file['id']}")
                assert answer.status_code == 404
            named = {"attachments": [naming(file)]}
            sent = {"thread_id": thread["id"], "content": "a", **named}
            for answer in (
                await somebody.post(f"{APP}/held", json=sent),
                await put(somebody, thread["id"], naming(file)),
            ):
                assert faults(answer) == ["attachments.0.file_id"]
            assert (await somebody.get(f"{APP}/unsent")).json()["data"] == []
    missing = [naming(file, file_id=each) for each in (str(uuid4()), file["id"].upper(), "x")]
    both = {**naming(file), "Content": "QQ=="}
    neither = {"Name": "a"}
    for answer in (
        await put(member, id, *missing, both, neither),
        await member.post(
            f"{APP}/held",
            json={"thread_id": id, "content": "a", "attachments": [*missing, both, neither]},
        ),
    ):
        wrong = [f"attachments.{i}.file_id" for i in range(3)]
        assert faults(answer) == [*wrong, "attachments.3", "attachments.4"]
    public = {"content": "a", "attachments": [naming(file)]}
    refused = await member.post(f"/threads/{id}/messages", json=public)
    assert refused.status_code == 400, "the API's own messages bring their bytes"


async def test_who_may(
    app: Any,
    db: Any,
    workspace: Workspace,
    make: Factory,
    client: httpx.AsyncClient,
    member: httpx.AsyncClient,
) -> None:
    file, viewer = await upload(member), await make.member(role="VIEWER")
    of_key = [
        await client.post(PATH, **form(b"x")),
        await client.get(f"{PATH}/{file['id']}"),
        await client.delete(f"{PATH}/{file['id']}"),
    ]
    assert [each.json()["code"] for each in of_key] == ["scope_required"] * 3
    async with signed_in(app, db, workspace.id, viewer) as reader:
        assert (await reader.post(PATH, **form(b"x"))).status_code == 403
        assert (await reader.get(f"{PATH}/{file['id']}")).status_code == 404
    del member.headers[CSRF_HEADER]
    assert (await member.post(PATH, **form(b"x"))).json()["code"] == "csrf_token_required"
    assert (await member.delete(f"{PATH}/{file['id']}")).json()["code"] == "csrf_token_required"
    assert (await member.get(f"{PATH}/{file['id']}")).status_code == 200
    assert await count(db) == 1


async def test_a_picture_is_shown_and_nothing_else(member: httpx.AsyncClient) -> None:
    picture = await upload(member, CONTENTS["image/png"], "image/png")
    shown = await member.get(f"{PATH}/{picture['id']}")
    assert shown.content == CONTENTS["image/png"]
    assert shown.headers["content-type"] == "image/png"
    page = await upload(member, b"<script>alert(1)</script>", "image/png")
    saved = await member.get(f"{PATH}/{page['id']}")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in saved.headers["content-security-policy"]


async def test_an_upload_that_breaks_off_leaves_nothing(member: httpx.AsyncClient, db: Any) -> None:
    gone = asyncio.Event()

    async def part() -> AsyncIterator[bytes]:
        yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        yield b"x" * MIB
        gone.set()
        await asyncio.sleep(600)

    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    sending = asyncio.ensure_future(member.post(PATH, content=part(), headers=kind))
    await asyncio.wait_for(gone.wait(), 20)
    sending.cancel()
    await asyncio.wait([sending])
    assert await count(db) == 0


async def test_a_text_without_files_asks_for_none(
    member: httpx.AsyncClient, queries: Any, make: Factory
) -> None:
    id = (await make.thread())["id"]
    await put(member, id)
    counts = []
    for attachments in ([], [naming(await upload(member))] * 20):
        with queries() as seen:
            await put(member, id, *attachments)
        counts.append(len(seen))
    assert counts[1] - counts[0] <= 2, "one look for all files, and the text is written"


def test_names_and_types_become_what_a_mail_takes() -> None:
    assert clean_name("a/b\\c\r\n\0d.txt") == "cd.txt"
    assert clean_name("\ud800/") == "file"
    assert len(clean_name("x" * 1000)) == 255
    assert clean_type("text/plain; charset=utf-8") == "text/plain; charset=utf-8"
    assert [clean_type(each) for each in ("", "x", "a/b\r\n", "a/ü")] == [
        "application/octet-stream"
    ] * 4
    assert [in_words(each) for each in (1, 25_000_000, 25_000_001)] == [
        "0.1 MB",
        "25 MB",
        "25.1 MB",
    ]
    assert messages.File("a", "b/c", 3).described["ContentLength"] == 3
