"""Two processes that decide on one draft: what the first one does is done once."""

from collections.abc import AsyncIterator
from itertools import count

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.interleaving import Send, Stage, SteppedDatabase, set_stage, stepped_database


@pytest.fixture(scope="module")
async def stepped(dsn: str, database: object) -> AsyncIterator[SteppedDatabase]:
    async with stepped_database(dsn) as opened:
        yield opened


@pytest.fixture
async def stage(
    stepped: SteppedDatabase, clock: SteppedClock, make: Factory, workspace: Workspace
) -> AsyncIterator[Stage]:
    async with set_stage(stepped, clock, make, workspace) as stage:
        yield stage


@pytest.mark.parametrize("rival", ["accept", "decline"])
async def test_a_draft_that_another_decides_on_meanwhile(stage: Stage, rival: str) -> None:
    for step in count(1):
        draft = await stage.world.make.doc_draft(kind="create", title="T", content="C")

        def decide(client: httpx.AsyncClient, verb: str, id: str = draft["id"]) -> Send:
            return lambda: client.post(f"/docs/drafts/{id}/{verb}")

        pair = decide(stage.first, "accept"), decide(stage.second, rival)
        met = await stage.meet(*pair, step=step)
        if not met.rivals:
            assert step > 1
            break
        if rival == "accept":
            assert met.statuses == (200, 200)
            assert met.answer.json() == met.rivals[0].json()
        else:
            assert sorted(met.statuses) == [200, 409]
        assert len(await stage.chain(draft["id"])) == 2
