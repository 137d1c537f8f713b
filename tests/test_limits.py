"""Requests a minute, to the very request, reads and writes apart; fields of a body."""

from types import SimpleNamespace

import pytest

from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.main import create_app
from tests.conftest import connected
from tests.factory import Factory
from tests.operations import World
from tests.witness import faults


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("looplane.kit.limits.time", SimpleNamespace(time=lambda: 6000.0))


async def test_as_many_as_are_allowed_and_no_more(
    database: Database, mine: World, make: Factory
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
