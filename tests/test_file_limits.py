"""How large a file may be, and how many come in a minute and a day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
from starlette.types import ASGIApp

from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.request import MAX_FILE
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.file_contents import form, kept
from tests.unlimited import UNLIMITED


async def test_a_file_may_have_ten_megabytes(
    client: httpx.AsyncClient, workspace: Workspace
) -> None:
    largest = b"x" * MAX_FILE
    taken = await client.post("/files", **form(largest))
    assert (taken.status_code, taken.json()["size"]) == (200, MAX_FILE)
    before = kept()
    for size in (MAX_FILE + 1, 11_000_001):
        over = await client.post("/files", **form(b"x" * size))
        assert (over.status_code, over.json()["code"]) == (413, "payload_too_large")
    assert kept() == before


async def test_nobody_without_a_key_for_it_gets_a_large_body_read(
    app: ASGIApp, make: Factory
) -> None:
    read = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b"x" * 100_000

    for key, status in ((None, 401), (await make.key(["threads:write"]), 403)):
        async with connected(app, key) as caller:
            for path in ("/files", "/files/import"):
                refused = await caller.post(path, content=parts())
                assert (refused.status_code, read) == (status, 0)
    async with connected(app, await make.key()) as caller:
        other = await caller.post("/tags", content=parts())
        assert other.status_code == 413
    assert read <= 11


async def test_a_minute_has_its_uploads(
    database: Database, clock: SteppedClock, make: Factory
) -> None:
    app = create_app(database, Settings(uploads_per_minute=2, data_dir=UNLIMITED.data_dir), clock)
    async with connected(app, await make.key()) as caller:
        # A minute may end in between, but not twice.
        answers = [await caller.post("/files", **form(b"words")) for _ in range(5)]
        assert {each.status_code for each in answers} == {200, 429}
        late = next(each for each in answers if each.status_code == 429)
        assert late.headers["x-ratelimit-limit"] == "2"
        assert (await caller.post("/tags", json={})).status_code == 400
    await app.aclose()


async def test_what_was_taken_is_answered_again_on_a_full_day(
    database: Database, clock: SteppedClock, make: Factory
) -> None:
    settings = Settings(uploads_per_minute=0, uploads_per_day=1, data_dir=UNLIMITED.data_dir)
    app, once = create_app(database, settings, clock), {"Idempotency-Key": "last-of-the-day"}
    async with connected(app, await make.key()) as caller:
        first = await caller.post("/files", **form(b"words"), headers=once)
        again = await caller.post("/files", **form(b"words"), headers=once)
        assert (again.status_code, again.content) == (200, first.content)
        assert (await caller.post("/files", **form(b"words"))).status_code == 429
    await app.aclose()


async def test_a_day_has_its_uploads_in_all_processes_together(
    database: Database, clock: SteppedClock, make: Factory, make_other: Factory
) -> None:
    clock.now = clock.now.replace(hour=23, minute=0, second=0)
    settings = Settings(uploads_per_minute=0, uploads_per_day=5, data_dir=UNLIMITED.data_dir)
    apps = [create_app(database, settings, clock) for _ in range(2)]
    before, key = kept(), await make.key()
    async with connected(apps[0], key) as one, connected(apps[1], key) as two:
        answers = await asyncio.gather(
            *(each.post("/files", **form(b"words")) for each in (one, two) * 6)
        )
        assert sorted(each.status_code for each in answers) == [200] * 5 + [429] * 7
        assert len(kept() - before) == 5
        late = await one.post("/files/import", json={"url": "http://127.0.0.1:1/"})
        assert (late.status_code, late.headers["retry-after"]) == (429, "3600")
        dry = await one.post("/files?dry_run=true", **form(b"words"))
        assert dry.status_code == 429
        clock.step(timedelta(hours=1))
        assert (await two.post("/files", **form(b"words"))).status_code == 200
    async with connected(apps[0], await make_other.key()) as other:
        assert (await other.post("/files", **form(b"words"))).status_code == 200
    for app in apps:
        await app.aclose()
