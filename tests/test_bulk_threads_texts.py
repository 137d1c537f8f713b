"""Bulk writes of texts: these may be long, so few threads are in memory at once."""

import itertools
from typing import Any

import httpx
import pytest

from looplane.kit import parts
from looplane.threads.update import sql as update
from tests.factory import Factory
from tests.test_bulk_threads import PATH, code, made, statuses


async def test_few_with_all_of_their_texts_are_looked_at_together(
    client: httpx.AsyncClient, make: Factory, queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await made(make, 60)
    with queries() as seen:
        answer = await client.post(PATH, json={"ids": ids, "update": {"text": "<p>New</p>"}})
    assert statuses(answer) == ["updated"] * 60
    assert [each["id"] for each in answer.json()["data"]] == ids
    looks = [index for index, each in enumerate(seen) if "any ($2::uuid[])" in each]
    assert len(looks) == 3
    assert sum("thread_update" in each for each in seen[looks[0] : looks[1]]) == 25
    with monkeypatch.context() as patched:
        patched.setattr(parts, "SECONDS", 0.0)
        late = await client.post(PATH, json={"ids": ids, "update": {"text": "<p>Newer</p>"}})
    assert statuses(late) == ["failed"] * 60
    assert {code(each) for each in late.json()["data"]} == {"unavailable"}


async def test_a_look_that_fails_half_way_is_said_of_those_it_was_for(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await made(make, 30)
    look, looks = update.find_many, itertools.count()

    async def find_many(*args: Any) -> Any:
        if next(looks):
            raise ConnectionResetError
        return await look(*args)

    monkeypatch.setattr(update, "find_many", find_many)
    answer = await client.post(PATH, json={"ids": ids, "update": {"text": "<p>New</p>"}})
    assert statuses(answer) == [*["updated"] * 25, *["failed"] * 5]
    assert {code(each) for each in answer.json()["data"][25:]} == {"unavailable"}
