"""GET /threads/{id}?as_of=…: a thread as it was, whatever became of it and of what it shows."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.witness import faults

EXPANDED = {"expand": "messages,comments"}


async def test_a_thread_as_it_was(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    thread = await make.thread()
    path, then = f"/threads/{thread['id']}", clock()
    clock.step(timedelta(minutes=1))
    changed = await client.patch(path, json={"title": "New", "status": "done"})
    answer = await client.get(path, params={"as_of": iso(then)})
    assert answer.json() == thread
    clock.step(timedelta(minutes=1))
    answer = await client.get(path, params={"as_of": iso(clock())})
    assert answer.json() == changed.json()


async def test_etag(client: httpx.AsyncClient, make: Factory, clock: SteppedClock) -> None:
    thread = await make.thread()
    path, query = f"/threads/{thread['id']}", {"as_of": iso(clock())}
    etag = (await client.get(path, params=query)).headers["ETag"]
    assert "-" not in etag
    await client.patch(path, json={"title": "New"})
    known = {"If-None-Match": etag}
    assert (await client.get(path, params=query, headers=known)).status_code == 304


async def test_when_it_was_not_there(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    before = clock()
    clock.step(timedelta(seconds=1))
    sent = iso(before - timedelta(days=30))
    thread = await make.thread(created_at=sent, updated_at=sent)
    path, made = f"/threads/{thread['id']}", clock()
    clock.step(timedelta(seconds=1))
    await client.delete(path)
    moments = {before: 404, made: 200, clock() - timedelta(milliseconds=1): 200, clock(): 404}
    for moment, status in moments.items():
        assert (await client.get(path, params={"as_of": iso(moment)})).status_code == status
    later = clock() + timedelta(milliseconds=1)
    assert faults(await client.get(path, params={"as_of": iso(later)})) == ["as_of"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59-23:59"])
@pytest.mark.parametrize("expand", ["", "messages,comments"])
async def test_long_before_anything(
    client: httpx.AsyncClient, make: Factory, db: Any, moment: str, expand: str
) -> None:
    thread = await make.thread()
    params = {"as_of": moment} | ({"expand": expand} if expand else {})
    assert (await client.get(f"/threads/{thread['id']}", params=params)).status_code == 404
    # Also where the thread itself is as old.
    await db.execute(
        "update threads set created_at = '-infinity' where id::text = $1", thread["id"]
    )
    assert (await client.get(f"/threads/{thread['id']}", params=params)).status_code == 404


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "\0"])
async def test_what_is_no_moment(client: httpx.AsyncClient, make: Factory, moment: str) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    assert faults(await client.get(path, params={"as_of": moment})) == ["as_of"]


async def test_of_another_workspace(
    make_other: Factory, client: httpx.AsyncClient, clock: SteppedClock
) -> None:
    path = f"/threads/{(await make_other.thread())['id']}"
    assert (await client.get(path, params={"as_of": iso(clock())})).status_code == 404


async def test_what_was_said(client: httpx.AsyncClient, make: Factory, clock: SteppedClock) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    comments = [await make.comment(thread["id"]) for _ in range(2)]
    seen: list[tuple[str, Any]] = []

    async def look() -> None:
        clock.step(timedelta(seconds=1))
        seen.append((iso(clock()), (await client.get(path, params=EXPANDED)).json()))
        clock.step(timedelta(seconds=1))

    await look()
    await make.message(thread["id"])
    await look()
    first, second = (f"{path}/comments/{each['id']}" for each in comments)
    await client.patch(first, json={"content": "<p>Otherwise</p>"})
    await look()
    await client.delete(second)
    await look()
    await client.patch(path, json={"text": "<p>Other words</p>"})
    await look()
    for moment, then in seen:
        now = await client.get(path, params={"as_of": moment, **EXPANDED})
        assert now.json() == then
