"""Large bodies wait on the disk, and few are whole at once: memory is bounded, whoever sends."""

import asyncio
import gc
import mmap
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.bodies import MAX_WHOLE
from looplane.kit.storage import Storage
from tests.conftest import connected
from tests.factory import Factory
from tests.file_contents import encoded, form, kept

MEMORY = Path("/proc/self/statm")
SENDERS = 64
PART = b"x" * 100_000
PARTS = 50  # five megabytes
BEFORE = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'


def resident() -> int:
    gc.collect()
    return int(MEMORY.read_text().split()[1]) * mmap.PAGESIZE


@pytest.mark.skipif(not MEMORY.exists(), reason="nothing says how much memory is in use")
@pytest.mark.parametrize("path", ["/files", "/files/import"])
async def test_many_who_send_slowly_take_no_memory(app: ASGIApp, make: Factory, path: str) -> None:
    sent, stalled, rest = 0, asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        nonlocal sent
        yield BEFORE
        for _ in range(PARTS):
            yield PART
        sent += 1
        if sent == SENDERS:
            stalled.set()
        await rest.wait()
        yield b"\r\n--edge--\r\n"

    kind = "application/json" if path.endswith("import") else "multipart/form-data; boundary=edge"
    async with connected(app, await make.key()) as caller:
        before = resident()
        senders = [
            asyncio.ensure_future(caller.post(path, content=slow(), headers={"Content-Type": kind}))
            for _ in range(SENDERS)
        ]
        await asyncio.wait_for(stalled.wait(), 120)
        grown = resident() - before
        rest.set()
        answers = await asyncio.gather(*senders)
    assert {each.status_code for each in answers} == {400}
    assert grown < SENDERS * PARTS * len(PART) / 3


async def test_few_are_whole_at_once(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = most = 0
    full, passed, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
    put = Storage.put

    async def held(storage: Storage, key: str, content: Any) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == MAX_WHOLE:
            full.set()
        if inside > MAX_WHOLE:
            passed.set()
        await go_on.wait()
        await put(storage, key, content)
        inside -= 1

    monkeypatch.setattr(Storage, "put", held)
    large = {"content_base64": encoded(b"x" * 1_000_000)}
    small = {"content_base64": encoded(b"x")}
    waiting = [
        asyncio.ensure_future(client.post("/files/import", json=large))
        for _ in range(3 * MAX_WHOLE)
    ]
    await asyncio.wait_for(full.wait(), 20)
    # What is small passes those that wait.
    passing = asyncio.ensure_future(client.post("/files/import", json=small))
    await asyncio.wait_for(passed.wait(), 20)
    go_on.set()
    answers = await asyncio.gather(*waiting, passing)
    assert {each.status_code for each in answers} == {200}
    assert most == MAX_WHOLE + 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"url": [' + b"[]," * 400_000 + b"[]]}",
        b"{" + b",".join(b'"%d": 0' % number for number in range(120_000)) + b"}",
    ],
)
async def test_a_large_body_of_small_things_is_not_read(
    client: httpx.AsyncClient, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object, **__: object) -> None:
        pytest.fail("it was read")

    monkeypatch.setattr("looplane.kit.request.jiter.from_json", read)
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/files/import", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_failed")


async def test_a_caller_who_leaves_leaves_nothing(client: httpx.AsyncClient) -> None:
    before = kept()
    gone = asyncio.Event()

    async def part() -> AsyncIterator[bytes]:
        yield BEFORE
        for _ in range(20):
            yield PART
        gone.set()
        await asyncio.sleep(600)

    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    sending = asyncio.ensure_future(client.post("/files", content=part(), headers=kind))
    await asyncio.wait_for(gone.wait(), 20)
    sending.cancel()
    await asyncio.wait([sending])
    assert kept() == before
    assert (await client.post("/files", **form(b"words"))).status_code == 200
