"""Whoever has the link reads the file, as what it is and nothing else."""

import asyncio
import gc
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp, Message

from tests.factory import Factory
from tests.file_contents import CONTENTS, encoded

WORDS = b"0123456789"
OPEN = Path("/proc/self/fd")


@pytest.fixture
async def reader(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://looplane.test") as reader:
        yield reader


@pytest.fixture
async def path(make: Factory) -> str:
    return path_of(await make.file(WORDS))


def path_of(file: dict[str, Any]) -> str:
    return httpx.URL(file["url"]).raw_path.decode()


def assert_refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/json"


async def test_a_file_is_read_as_it_came(reader: httpx.AsyncClient, make: Factory) -> None:
    for kind, content in CONTENTS.items():
        file = await make.file(content, name="Größe x", content_type=kind)
        got = await reader.get(path_of(file))
        assert (got.status_code, got.content) == (200, content)
        assert got.headers["content-type"].partition(";")[0] == kind
        shown = "inline" if kind.startswith("image/") else "attachment"
        assert got.headers["content-disposition"].startswith(f'{shown}; filename="Gr__e x.')
        assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe%20x." in got.headers["content-disposition"]
        assert got.headers["etag"] == f'"{file["sha256"]}"'


async def test_what_a_browser_is_told(reader: httpx.AsyncClient, make: Factory) -> None:
    polyglot = b"GIF89a\1\0\1\0\x80\0\0/*<html><script>alert(1)</script>*/=1;"
    file = await make.file(polyglot, name="x.html", content_type="image/gif")
    assert file["name"] == "x.html.gif"
    got = await reader.get(path_of(file))
    assert got.headers["content-type"] == "image/gif"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    assert got.headers["cache-control"] == "private, max-age=3600, immutable"
    assert got.headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in got.headers


async def test_a_name_breaks_out_of_no_header(reader: httpx.AsyncClient, make: Factory) -> None:
    name = 'a"; x=y\r\nSet-Cookie: b=c\\.txt'
    sent = {"content_base64": encoded(WORDS), "file_name": name}
    file = (await make.client.post("/files/import", json=sent)).json()
    got = await reader.get(path_of(file))
    assert "set-cookie" not in got.headers
    assert re.fullmatch(
        r"attachment; filename=\"[^\"]*\"; filename\*=UTF-8''[\w%.-]+",
        got.headers["content-disposition"],
    )


async def test_a_link_cannot_be_guessed(
    reader: httpx.AsyncClient, make: Factory, db: Any, path: str
) -> None:
    _, _, secret, name = path.split("/")
    assert re.fullmatch("[0-9a-f]{64}", secret)
    wrong = [f"{secret[:-1]}{'0' if secret[-1] != '0' else '1'}", secret.upper(), secret[:-1], "x"]
    for each in [*wrong, "%00", "\u00e9", "..", (await make.file())["id"]]:
        assert_refused(await reader.get(f"/files/{each}/{name}"), 404, "not_found")
    for other in ("/files/", f"/files/{secret}", f"/files/{secret}/", f"/files/{secret}/x.html"):
        assert_refused(await reader.get(other), 404, "not_found")
    assert_refused(await reader.get(f"{path}/more"), 404, "not_found")
    assert_refused(await reader.post(path), 405, "method_not_allowed")
    kept = await db.fetchrow(
        "select secret_hash, storage_key from files where url like '%' || $1", path
    )
    assert secret not in f"{kept['secret_hash'].hex()} {kept['storage_key']}"


async def test_a_deleted_file_is_gone(reader: httpx.AsyncClient, db: Any, path: str) -> None:
    assert (await reader.get(path)).status_code == 200
    await db.execute("update files set deleted_at = now() where url like '%' || $1", path)
    assert_refused(await reader.get(path), 404, "not_found")


async def test_bytes_that_are_gone_are_not_found(
    reader: httpx.AsyncClient, db: Any, path: str
) -> None:
    await db.execute("update files set storage_key = 'none' where url like '%' || $1", path)
    assert_refused(await reader.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-3", "0123"),
        ("bytes=4-", "456789"),
        ("bytes=-3", "789"),
        ("bytes=-99", "0123456789"),
        ("bytes=9-99", "9"),
        ("bytes=0-9", "0123456789"),
    ],
)
async def test_a_part_is_read(reader: httpx.AsyncClient, path: str, asked: str, part: str) -> None:
    for accepted in ("identity", "gzip, br"):
        got = await reader.get(path, headers={"Range": asked, "Accept-Encoding": accepted})
        start = WORDS.decode().index(part)
        assert (got.status_code, got.text) == (206, part)
        assert got.headers["content-range"] == f"bytes {start}-{start + len(part) - 1}/10"
        assert got.headers["content-length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=5-4", "bytes=-0"])
async def test_a_part_that_is_not_there(reader: httpx.AsyncClient, path: str, asked: str) -> None:
    got = await reader.get(path, headers={"Range": asked})
    assert_refused(got, 416, "range_not_satisfiable")
    assert got.headers["content-range"] == "bytes */10"


@pytest.mark.parametrize(
    "asked",
    ["bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes", "bytes=a-b", "bytes=" + "9" * 30 + "-", "x"],
)
async def test_a_range_that_is_none(reader: httpx.AsyncClient, path: str, asked: str) -> None:
    assert_refused(await reader.get(path, headers={"Range": asked}), 400, "validation_failed")


async def test_a_part_is_of_the_file_that_the_caller_has(
    reader: httpx.AsyncClient, path: str
) -> None:
    etag = (await reader.get(path)).headers["etag"]
    asked = {"Range": "bytes=0-3", "If-Range": etag}
    assert (await reader.get(path, headers=asked)).status_code == 206
    asked["If-Range"] = '"other"'
    assert (await reader.get(path, headers=asked)).content == WORDS


async def test_head_and_what_is_known(reader: httpx.AsyncClient, make: Factory) -> None:
    path = path_of(await make.file(b"x" * 5000))
    got = await reader.get(path, headers={"Accept-Encoding": "identity"})
    head = await reader.head(path, headers={"Accept-Encoding": "identity"})
    ours = {"x-request-id"}
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "5000")
    assert {k: v for k, v in head.headers.items() if k not in ours} == {
        k: v for k, v in got.headers.items() if k not in ours
    }
    packed = await reader.get(path, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["etag"], packed.content) == (f"W/{got.headers['etag']}", got.content)
    for known in (got.headers["etag"], packed.headers["etag"], "*"):
        again = await reader.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == got.headers["etag"]
    other = await reader.get(path, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200
    assert_refused(await reader.get(path, headers={"If-None-Match": "x"}), 400, "validation_failed")


@pytest.mark.parametrize(
    "place", ["/api/docs", "/api/v2/openapi.json", "/api/docs/page/index.html"]
)
async def test_other_files_are_answered_whole(reader: httpx.AsyncClient, place: str) -> None:
    whole = await reader.get(place)
    assert whole.status_code == 200
    for asked in ("bytes=0-3", "bytes=x", "bytes=99999999-"):
        got = await reader.get(place, headers={"Range": asked})
        assert (got.status_code, got.content) == (200, whole.content)


@pytest.mark.skipif(not OPEN.exists(), reason="nothing says which files are open")
@pytest.mark.parametrize("takes", [True, False])
async def test_who_leaves_leaves_no_file_open(
    app: ASGIApp, make: Factory, db: Any, *, takes: bool
) -> None:
    file = await make.file(b"x" * 10_000_000)
    key = await db.fetchval("select storage_key from files where id = $1", UUID(file["id"]))
    began = asyncio.Event()

    async def send(message: Message) -> None:
        if message.get("body"):
            began.set()
            if not takes:
                await asyncio.Event().wait()

    async def receive() -> Message:
        await began.wait()
        assert is_open(key)
        return {"type": "http.disconnect"}

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path_of(file), "headers": []}
    scope |= {"query_string": b"", "asgi": {"version": "3.0", "spec_version": "2.3"}}
    gc.disable()  # which would come one day, and perhaps too late
    try:
        await app(scope, receive, send)
        assert began.is_set()
        for _ in range(1000):  # a read that is under way comes to its end
            if is_open(key):
                await asyncio.sleep(0.01)
        assert not is_open(key)
    finally:
        gc.enable()


def is_open(key: str) -> bool:
    for each in OPEN.iterdir():
        with suppress(FileNotFoundError):  # closed by another thread since it was listed
            if str(each.readlink()).endswith(key):
                return True
    return False
