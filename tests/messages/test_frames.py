"""A message as a page in a frame, and the files that came with it."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from looplane.messages.frames.rules import Place, fold_quote, frame
from looplane.messages.inbound.commands import ReceivedFile
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.messages.conftest import Receive
from tests.sessions import APP, signed_in

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PLACE = Place("files", "https://support.firm.example")


def path_of(thread_id: object, message_id: object) -> str:
    return f"{APP}/messages/{thread_id}/{message_id}/frame"


def policy_of(answer: httpx.Response) -> dict[str, str]:
    policy = answer.headers["content-security-policy"]
    return {
        each.strip().partition(" ")[0]: each.strip().partition(" ")[2] for each in policy.split(";")
    }


@pytest.mark.parametrize("role", ["ADMIN", "USER", "VIEWER"])
async def test_a_message_is_a_page_that_runs_nothing(
    app: Any, db: Any, workspace: Workspace, receive: Receive, role: str
) -> None:
    await db.execute("update members set role = $2 where id = $1", workspace.member_id, role)
    receipt = await receive(html="<p style='color: #333'>Hello</p><script>x()</script>")
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        page = await client.get(path_of(receipt.thread_id, receipt.message_id))
    assert page.status_code == 200
    assert '<p style="color: #333">Hello</p>' in page.text
    assert "script" not in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"].startswith("private")
    # What one member has read is not kept for whoever signs in on that browser next.
    assert page.headers.get_list("vary") == ["Cookie, Accept-Encoding"]
    policy = policy_of(page)
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == "'self'"
    allowed = policy["sandbox"].split()
    # A page that could run something and has our origin would be out of the frame at once.
    assert set(allowed) == {
        "allow-same-origin",
        "allow-popups",
        "allow-popups-to-escape-sandbox",
    }
    assert "script-src" not in policy


async def test_pictures_elsewhere_are_loaded_only_when_asked(
    app: Any, db: Any, workspace: Workspace, receive: Receive
) -> None:
    pictures = '<img src="https://track.example/1.png?a=1&b=2"><img src="http://old.example/2.gif">'
    receipt = await receive(html=f"<p>Hi</p>{pictures}")
    path = path_of(receipt.thread_id, receipt.message_id)
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        off = await client.get(path)
        on = await client.get(path, params={"images": "remote"})
        wrong = await client.get(path, params={"images": "all"})
    assert "example" not in off.text
    assert 'data-remote-images="2"' in off.text
    assert 'data-remote-images="2"' in on.text
    assert 'src="https://track.example/1.png?a=1&amp;b=2"' in on.text
    assert 'src="https://old.example/2.gif"' in on.text
    assert policy_of(on)["img-src"] == "'self' data: https:"
    assert wrong.json()["code"] == "validation_failed"


async def test_pictures_that_came_with_it_are_shown(
    app: Any, db: Any, workspace: Workspace, receive: Receive
) -> None:
    files = [
        ReceivedFile("a.png", "image/png", PNG, "a@mail"),
        ReceivedFile("page.png", "image/png", b"<html><script>x()</script>", "page"),
    ]
    html = '<img src="cid:a@mail"><img src="cid:page"><img src="cid:other">'
    receipt = await receive(html=html, files=files)
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        page = await client.get(path_of(receipt.thread_id, receipt.message_id))
        shown = re.findall(r'<img src="([^"]+)"', page.text)
        assert len(shown) == 2
        picture, other = [await client.get(page.url.join(each)) for each in shown]
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    assert picture.headers["content-disposition"].startswith("inline")
    # What says that it is a picture and is none may not be shown as whatever it is.
    assert other.headers["content-type"] == "application/octet-stream"
    assert other.headers["content-disposition"].startswith("attachment")
    for each in (picture, other):
        assert "sandbox" in policy_of(each)
        assert each.headers["x-content-type-options"] == "nosniff"


async def test_a_file_keeps_its_name(
    app: Any, db: Any, workspace: Workspace, receive: Receive, client: httpx.AsyncClient
) -> None:
    name = 'Rechnung "März"; x=1.html'
    receipt = await receive(files=[ReceivedFile(name, "text/html", b"<script>x()</script>")])
    listed = await client.get(f"/threads/{receipt.thread_id}/messages")
    id = listed.json()["data"][0]["attachments"][0]["id"]
    async with signed_in(app, db, workspace.id, workspace.member_id) as session:
        file = await session.get(f"{APP}/attachments/{receipt.message_id}/{id}")
    assert file.headers["content-disposition"] == (
        'attachment; filename="Rechnung _M_rz__ x_1.html";'
        " filename*=UTF-8''Rechnung%20%22M%C3%A4rz%22%3B%20x%3D1.html"
    )
    assert file.content == b"<script>x()</script>"
    assert file.headers["content-type"] == "application/octet-stream"


async def test_what_a_thread_itself_says_is_its_first_message(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    thread = await make.thread(text="<p>From a form</p>")
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        page = await client.get(path_of(thread["id"], thread["id"]))
    assert "<p>From a form</p>" in page.text


async def test_nobody_else_sees_it(
    app: Any,
    db: Any,
    workspace: Workspace,
    other: Workspace,
    client: httpx.AsyncClient,
    receive: Receive,
) -> None:
    receipt = await receive(files=[ReceivedFile("a.png", "image/png", PNG, "a")])
    another = await receive()
    thread, message = receipt.thread_id, receipt.message_id
    listed = await client.get(f"/threads/{thread}/messages")
    id = listed.json()["data"][0]["attachments"][0]["id"]
    paths = [path_of(thread, message), f"{APP}/attachments/{message}/{id}"]
    for path in paths:
        assert (await client.get(path)).status_code == 403, "a key has no screen"
    async with connected(app, None) as nobody:
        for path in paths:
            assert (await nobody.get(path)).status_code == 401
    async with signed_in(app, db, other.id, other.member_id) as session:
        for path in paths:
            assert (await session.get(path)).status_code == 404
    async with signed_in(app, db, workspace.id, workspace.member_id) as session:
        for path in paths:
            assert (await session.get(path)).status_code == 200
        for path in (
            path_of(another.thread_id, message),
            path_of(thread, uuid4()),
            path_of(thread, "x"),
            f"{APP}/attachments/{another.message_id}/{id}",
            f"{APP}/attachments/{message}/{uuid4()}",
        ):
            assert (await session.get(path)).status_code == 404, path
        await client.delete(f"/threads/{thread}")
        for path in paths:
            assert (await session.get(path)).status_code == 404, "its thread is deleted"


@pytest.mark.parametrize(
    ("html", "folded"),
    [
        ("<p>a</p><blockquote>b</blockquote>", "<p>a</p><F><blockquote>b</blockquote></F>"),
        (
            "a<blockquote>b<blockquote>c</blockquote></blockquote><p> </p>",
            "a<F><blockquote>b<blockquote>c</blockquote></blockquote></F><p> </p>",
        ),
        (
            "<blockquote>q</blockquote>a<div>x<blockquote>b</blockquote></div>",
            "<blockquote>q</blockquote>a<div>x<F><blockquote>b</blockquote></F></div>",
        ),
        ("<blockquote>q</blockquote><p>answered below</p>", None),
        ("<blockquote>all of it</blockquote>", None),
        ("<p>a</p>", None),
    ],
)
def test_what_is_quoted_at_the_end_is_folded(html: str, folded: str | None) -> None:
    marks = {"<F>": "<details><summary>Quoted text</summary>", "</F>": "</details>"}
    wanted = folded or html
    for mark, tags in marks.items():
        wanted = wanted.replace(mark, tags)
    assert fold_quote(html) == wanted


def test_files_of_our_own_are_no_pictures_elsewhere() -> None:
    html = '<img src="https://support.firm.example/files/1/a.png">'
    page = frame(html, [], PLACE, loads_remote=False).page
    assert html in page
    assert 'data-remote-images="0"' in page
    near = '<img src="https://support.firm.example.evil.example/a.png">'
    assert "evil" not in frame(near, [], PLACE, loads_remote=False).page
