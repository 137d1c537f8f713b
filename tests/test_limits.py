"""Requests a minute, to the very request, reads and writes apart; fields of a body."""

from typing import Any

import pytest

from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.main import create_app
from tests.conftest import connected
from tests.factory import Factory
from tests.operations import World
from tests.witness import faults


async def test_as_many_as_are_allowed_and_no_more(
    database: Database, mine: World, make: Factory, one_minute: None
) -> None:
    app = create_app(database, Settings(reads_per_minute=3, writes_per_minute=2))
    here = f"/threads/{mine.ids['thread']}"
    async with (
        connected(app, await make.key()) as caller,
        connected(app, await make.key()) as other,
    ):
        reads = [await caller.get("/me") for _ in range(5)]
        assert [each.status_code for each in reads] == [200, 200, 200, 429, 429]
        left = [each.headers["x-ratelimit-remaining"] for each in reads]
        assert left == ["2", "1", "0", "0", "0"]
        # Bodies that are refused count all the same.
        writes = [await caller.patch(here, json={"unknown": 1}) for _ in range(4)]
        assert [each.status_code for each in writes] == [400, 400, 429, 429]
        assert (await other.get("/me")).headers["x-ratelimit-remaining"] == "2"
    await app.aclose()


async def test_a_body_of_very_many_fields_is_looked_at_no_further(mine: World) -> None:
    body = {f"field_{number}": None for number in range(201)}
    answer = await mine.client.patch(f"/threads/{mine.ids['thread']}", json=body)
    assert answer.json()["issues"] == [{"message": "The body has 201 fields, at most 200"}]
    del body["field_0"]
    answer = await mine.client.patch(f"/threads/{mine.ids['thread']}", json=body)
    assert len(faults(answer)) > 1


@pytest.mark.parametrize(
    "of",
    [
        lambda fields: {"notify": fields},
        lambda fields: {"ai_draft_html": "x", "ai_draft_sources": [fields]},
        lambda fields: {"tag_ids": [[[fields]]]},
    ],
    ids=["an object", "a list", "deep"],
)
async def test_very_many_fields_inside_are_looked_at_no_further(mine: World, of: Any) -> None:
    path = f"/threads/{mine.ids['thread']}"
    body = of({f"field_{number}": None for number in range(1000)})
    count = 1000 + len(body)
    answer = await mine.client.patch(path, json=body)
    assert answer.json()["issues"] == [
        {"message": f"The body has {count:,} fields in all its parts, at most 1,000"}
    ]


async def test_a_text_that_is_too_long_or_empty_is_counted_in_characters(mine: World) -> None:
    path = f"/threads/{mine.ids['thread']}"
    answer = await mine.client.patch(path, json={"title": "x" * 513, "text": ""})
    assert sorted(each["message"] for each in answer.json()["issues"]) == [
        "text: must not be empty",
        "title: has 513 characters, at most 512",
    ]
