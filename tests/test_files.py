"""Files come in by form: of some types, under names that are names, each once."""

import asyncio
import hashlib
import io
import tracemalloc
import zipfile
from typing import Any, BinaryIO
from uuid import UUID

import httpx
import pytest

from looplane.files.rules import ENDINGS, clean_name, types_of
from looplane.kit.errors import Unavailable
from looplane.kit.storage import Storage
from tests.conftest import Workspace
from tests.file_contents import CONTENTS, OTHERS, encoded, form, kept, said
from tests.witness import events_of, everything, faults

PNG = CONTENTS["image/png"]


@pytest.mark.parametrize("kind", ENDINGS)
async def test_each_type_is_taken_as_what_it_is(
    client: httpx.AsyncClient, db: Any, kind: str
) -> None:
    content = CONTENTS[kind]
    taken = await client.post("/files", **form(content, f"{kind.upper()}; x=y", "a/b\\Größe"))
    assert taken.status_code == 200, taken.text
    file = taken.json()
    assert file["name"] == f"Größe{ENDINGS[kind][0]}"
    assert (file["content_type"], file["size"]) == (kind, len(content))
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert file["url"].startswith("http://127.0.0.1:8000/files/")
    (event,) = await events_of(db, file["id"])
    assert (event["type"], event["data"]) == ("file.created", file)


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
async def test_what_is_no_such_content_is_not_taken(
    client: httpx.AsyncClient, content: bytes
) -> None:
    before = kept()
    for kind in ENDINGS:
        assert faults(await client.post("/files", **form(content, kind))) == ["file"]
    bare = await client.post("/files/import", json={"content_base64": encoded(content)})
    assert faults(bare) == ["content_base64"]
    assert kept() == before


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/msword", "text/csv"])
async def test_header_and_content_agree(client: httpx.AsyncClient, kind: str) -> None:
    texts = {"text/plain", "text/csv"}
    for other, content in CONTENTS.items():
        taken = await client.post("/files", **form(content, kind))
        is_pdf_as_text = kind in texts and other == "application/pdf"
        agree = kind == other or {kind, other} <= texts or is_pdf_as_text
        assert taken.status_code == (200 if agree else 400), (other, taken.text)


@pytest.mark.parametrize(
    "kind", ["image/svg+xml", "text/html", "application/octet-stream", "", "image/jpg", "x" * 500]
)
async def test_a_type_that_is_not_taken(client: httpx.AsyncClient, kind: str) -> None:
    assert faults(await client.post("/files", **form(b"words", kind))) == ["file"]


async def test_an_empty_file_is_none(client: httpx.AsyncClient) -> None:
    assert said(await client.post("/files", **form(b""))) == "file: is empty"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\x\\evil.html", "evil.html.txt"),
        ("a\r\nSet-Cookie: b\0\x1b.txt", "aSet-Cookie: b.txt"),
        ("cod\u202etxt.exe", "codtxt.exe.txt"),
        ("\ud800", "file.txt"),
        ("...", "file.txt"),
        ("", "file.txt"),
        ("A.TXT", "A.TXT"),
        (".txt", "txt.txt"),
        ("x" * 400, "x" * 251 + ".txt"),
        ("x" * 400 + ".log", "x" * 251 + ".log"),
    ],
)
def test_a_name_is_a_name(name: str, clean: str) -> None:
    assert clean_name(name, "text/plain") == clean


async def test_two_of_the_same_at_once_are_one(client: httpx.AsyncClient) -> None:
    before = kept()
    once = {"Idempotency-Key": "both"}
    answers = await asyncio.gather(
        *(client.post("/files", **form(b"words"), headers=once) for _ in range(4))
    )
    made = {each.json()["id"] for each in answers if each.status_code == 200}
    assert (len(made), len(kept() - before)) == (1, 1)
    assert {each.status_code for each in answers} <= {200, 409}


async def test_who_was_overtaken_leaves_no_bytes(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, began, overtaken = Storage.put, asyncio.Event(), asyncio.Event()

    async def slow(self: Storage, key: str, content: BinaryIO) -> None:
        if not began.is_set():
            began.set()
            await overtaken.wait()
        await put(self, key, content)

    monkeypatch.setattr(Storage, "put", slow)
    before, once = kept(), {"Idempotency-Key": "overtaken"}
    late = asyncio.ensure_future(client.post("/files", **form(b"words"), headers=once))
    await began.wait()
    first = await client.post("/files", **form(b"words"), headers=once)
    overtaken.set()
    again = await late
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert len(kept() - before) == 1


def test_a_package_is_not_unpacked_further_than_it_is_read() -> None:
    kind = next(each for each in ENDINGS if "wordprocessingml" in each)
    said = f'<Types><Override ContentType="{kind}.main+xml"/></Types>'.encode()
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert types_of(package(method, said)) == [kind]
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert types_of(package(method, said)) == []
        content = package(method, said, b"\0" * 40_000_000)
        assert len(content) < 20_000
        # What the libraries take beside Python's own objects is not traced; what they give is.
        tracemalloc.start()
        try:
            types_of(content)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 10_000_000


def package(method: int, *parts: bytes) -> bytes:
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", method) as made,
        made.open("[Content_Types].xml", "w") as entry,
    ):
        for part in parts:
            entry.write(part)
    return content.getvalue()


async def test_bytes_come_before_their_row(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise Unavailable

    rows = await everything(db, workspace.id)
    monkeypatch.setattr(Storage, "put", fails)
    refused = await client.post("/files", **form(b"words"))
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert await everything(db, workspace.id) == rows


async def test_an_upload_takes_few_statements(client: httpx.AsyncClient, queries: Any) -> None:
    with queries() as seen:
        taken = await client.post("/files", **form(b"words"))
    assert len(seen) <= 4, seen
    assert UUID(taken.json()["id"])


async def test_an_upload_is_a_form(client: httpx.AsyncClient) -> None:
    wrong = await client.post("/files", json={"file": "words"})
    assert (wrong.status_code, wrong.json()["code"]) == (415, "unsupported_media_type")
    assert faults(await client.post("/files", files={"other": ("a.txt", b"x", "text/plain")})) == [
        "file",
        "other",
    ]
