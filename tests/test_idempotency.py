"""Idempotency-Key: the same request within a day is written once and answered alike."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit import idempotency
from looplane.kit.writes import LIFETIME
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of

KEY = {"Idempotency-Key": "order-66"}
BODY = {"text": "x", "pain_level": "LOW", "contact_email": "again@mail.example"}
STORED = "select count(*) from idempotent_answers where workspace_id = $1"


async def test_a_replay_is_the_same_to_the_byte_and_writes_nothing(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread, path = await make.thread(), "/threads"
    requests = [
        ("POST", path, BODY),
        ("PATCH", f"{path}/{thread['id']}", {"title": "T", "notify": {"slack": True}}),
    ]
    for number, (method, url, body) in enumerate(requests):
        key = {"Idempotency-Key": f"{number}"}
        first = await client.request(method, url, json=body, headers=key)
        assert "idempotent-replayed" not in first.headers
        await client.patch(f"{path}/{thread['id']}", json={"title": f"since {number}"})
        rows = await everything(db, workspace.id)
        clock.step(LIFETIME / 2 - timedelta(milliseconds=1))
        again = await client.request(method, url, json=body, headers=key)
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["idempotent-replayed"] == "true"
        for name in ("etag", "content-type", "x-looplane-notify"):
            assert again.headers.get(name) == first.headers.get(name), name
        assert await everything(db, workspace.id) == rows


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_twenty_at_the_same_instant_write_once(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, method: str
) -> None:
    thread = await make.thread()
    url = "/threads" if method == "POST" else f"/threads/{thread['id']}"
    body = BODY if method == "POST" else {"title": "once", "tag_ids": [(await make.tag())["id"]]}
    answers = await asyncio.gather(
        *(client.request(method, url, json=body, headers=KEY) for _ in range(20))
    )
    count = Counter(each.status_code for each in answers)
    assert count[200] + count[409] == 20
    written = [each for each in answers if each.status_code == 200]
    assert len({each.content for each in written}) == 1
    assert sum("idempotent-replayed" not in each.headers for each in written) == 1
    for each in answers:
        assert each.status_code == 200 or each.headers["retry-after"] == "1"
    kinds = await kinds_of(db, written[0].json()["id"])
    assert kinds == (
        ["thread.created"]
        if method == "POST"
        else ["thread.created", "thread.updated", "thread.tagged"]
    )
    made = await db.fetchval("select count(*) from threads where workspace_id = $1", workspace.id)
    assert made == (2 if method == "POST" else 1)


async def test_what_is_done_is_answered_to_all_who_ask_at_once(
    client: httpx.AsyncClient, make: Factory
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    first = await client.patch(path, json={"title": "T"}, headers=KEY)
    again = await asyncio.gather(
        *(client.patch(path, json={"title": "T"}, headers=KEY) for _ in range(20))
    )
    assert [(each.status_code, each.content) for each in again] == [(200, first.content)] * 20


async def test_the_key_of_another_request_is_refused(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    first, second = await make.thread(), await make.thread()
    await client.patch(f"/threads/{first['id']}", json={"title": "T"}, headers=KEY)
    rows = await everything(db, workspace.id)
    for answer in (
        await client.patch(f"/threads/{first['id']}", json={"title": "U"}, headers=KEY),
        await client.patch(f"/threads/{second['id']}", json={"title": "T"}, headers=KEY),
        await client.post("/threads", json=BODY, headers=KEY),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert await everything(db, workspace.id) == rows


async def test_each_api_key_has_its_own(
    app: Any, client: httpx.AsyncClient, make: Factory, stranger: httpx.AsyncClient
) -> None:
    thread = await make.thread()
    async with connected(app, await make.key()) as second:
        for caller, title in ((client, "1"), (second, "2")):
            answer = await caller.patch(
                f"/threads/{thread['id']}", json={"title": title}, headers=KEY
            )
            assert answer.json()["title"] == title
    assert (await stranger.post("/threads", json=BODY, headers=KEY)).status_code == 200


async def test_what_failed_is_not_kept(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    bad = await client.patch(path, json={"status": "snoozed"}, headers=KEY)
    assert faults(bad) == ["snoozed_until"]
    stale = {**KEY, "If-Match": '"999"'}
    assert (await client.patch(path, json={"title": "T"}, headers=stale)).status_code == 412
    nowhere = f"/threads/{workspace.id}"
    assert (await client.patch(nowhere, json={}, headers=KEY)).status_code == 404
    assert await db.fetchval(STORED, workspace.id) == 0
    answer = await client.patch(path, json={"title": "T"}, headers=KEY)
    assert answer.json()["title"] == "T"
    assert "idempotent-replayed" not in answer.headers


async def test_an_answer_expires_after_a_day(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    await client.patch(path, json={"title": "first"}, headers=KEY)
    clock.step(LIFETIME - timedelta(milliseconds=1))
    assert (await client.patch(path, json={"title": "other"}, headers=KEY)).status_code == 422
    await idempotency.delete_expired(db, clock() - LIFETIME)
    assert await db.fetchval(STORED, workspace.id) == 1
    clock.step(timedelta(milliseconds=1))
    answer = await client.patch(path, json={"title": "other"}, headers=KEY)
    assert (answer.status_code, answer.json()["title"]) == (200, "other")
    assert "idempotent-replayed" not in answer.headers
    again = await client.patch(path, json={"title": "other"}, headers=KEY)
    assert (again.content, again.headers["idempotent-replayed"]) == (answer.content, "true")
    clock.step(LIFETIME)
    while await idempotency.delete_expired(db, clock() - LIFETIME):
        pass
    assert await db.fetchval(STORED, workspace.id) == 0
    assert len(await events_of(db, thread["id"])) == 3


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\x7f"])
async def test_a_key_that_is_none(client: httpx.AsyncClient, make: Factory, key: str) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    answer = await client.patch(path, json={"title": "T"}, headers={"Idempotency-Key": key})
    assert faults(answer) == ["Idempotency-Key"]
    longest = {"Idempotency-Key": "~" * 255}
    assert (await client.patch(path, json={"title": "T"}, headers=longest)).status_code == 200


async def test_a_no_op_is_answered_again_as_well(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    first = await client.patch(path, json={}, headers=KEY)
    await client.patch(path, json={"title": "T"})
    again = await client.patch(path, json={}, headers=KEY)
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
