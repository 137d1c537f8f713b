"""Two processes that decide on one draft: what the first one does is done once."""

from collections.abc import AsyncIterator, Awaitable
from itertools import count

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.interleaving import Send, Stage, SteppedDatabase, set_stage, stepped_database

DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


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


async def test_a_draft_that_names_a_group_which_is_being_deleted_does_not_block_it(
    stage: Stage,
) -> None:
    deadlocks = await stage.watch.fetchval(DEADLOCKS)
    for step in count():
        group = (await stage.world.make.doc_group())["id"]
        article = await stage.world.make.doc_article(group_id=group)
        body = {"kind": "edit", "article_id": article["id"], "group_id": group}

        def delete(path: str = f"/docs/groups/{group}") -> Awaitable[httpx.Response]:
            return stage.first.delete(path)

        def draft(body: dict[str, str] = body) -> Awaitable[httpx.Response]:
            return stage.second.post("/docs/drafts", json=body)

        met = await stage.meet(delete, draft, step=step)
        if not met.rivals:
            assert step > 3
            break
        assert met.answer.status_code == httpx.codes.OK
        assert met.rivals[0].status_code in {200, 400}
    assert await stage.watch.fetchval(DEADLOCKS) == deadlocks
