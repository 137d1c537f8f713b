"""Somebody writes to a thread while a change of it is taken back: nothing is lost of either."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.interleaving import Send, Stage, SteppedDatabase, set_stage, stepped_database
from tests.test_scores import WRONG
from tests.undo.steps import token


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


def sending(client: httpx.AsyncClient, method: str, path: str, body: Any) -> Send:
    return lambda: client.request(method, path, json=body)


@pytest.mark.parametrize("is_first", [True, False], ids=["undo stands", "rival stands"])
@pytest.mark.parametrize(
    "rival", ["same", "other", "same tag", "other tag", "need", "company", "undo", "deletion"]
)
async def test_a_change_that_is_taken_back_meanwhile(
    stage: Stage, workspace: Workspace, rival: str, *, is_first: bool
) -> None:
    make, seen = stage.world.make, set()
    tags = [(await make.tag(tag_group_id=stage.world.ids["group"]))["id"] for _ in range(2)]
    companies = [(await make.company())["id"] for _ in range(2)]
    projects = [(await make.project())["id"] for _ in range(2)]
    for step in count(1):
        path = await stage.subject("/threads/{id}")
        body = {"title": "A", "tag_ids": tags[:1], "project_id": projects[0]}
        changed = await stage.second.patch(path, json={**body, "company_id": companies[0]})
        calls: dict[str, tuple[str, str, Any]] = {
            "same": ("PATCH", path, {"title": "B"}),
            "other": ("PATCH", path, {"text": "<p>B</p>"}),
            "same tag": ("DELETE", f"{path}/tags/{tags[0]}", None),
            "other tag": ("POST", f"{path}/tags", {"tag_id": tags[1]}),
            "need": ("POST", f"{path}/customer-needs", {"project_ids": projects[1:]}),
            "company": ("PATCH", path, {"company_id": companies[1]}),
            "undo": ("POST", f"/undo/{token(changed)}", None),
            "deletion": ("DELETE", path, None),
        }
        clients = (stage.first, stage.second) if is_first else (stage.second, stage.first)
        pair = [
            sending(clients[0], "POST", f"/undo/{token(changed)}", None),
            sending(clients[1], *calls[rival]),
        ]
        met = await stage.meet(*(pair if is_first else pair[::-1]), step=step)
        if not met.rivals:
            assert step > 1
            break
        undone, other = met.statuses if is_first else met.statuses[::-1]
        seen.add((undone, other))
        both = rival in {"other", "other tag", "need"}
        # A tag that is gone already is not found; what is taken back can be done anew.
        allowed = {(200, 200)} if both else {(200, 200), (409, 200)}
        allowed |= {"same tag": {(200, 404)}, "undo": {(200, 409)}}.get(rival, set())
        assert (undone, other) in allowed, step
        await stage.chain(path.rpartition("/")[2])
        if rival == "deletion":
            continue
        thread = (await stage.second.get(path)).json()
        titles: dict[str, set[str | None]] = {
            "same": {"B"},
            "same tag": {None, "A"},
            "company": {None, "A"},
        }
        assert thread["title"] in titles.get(rival, {None})
        if both:
            assert (thread["company"], thread["contact"]["company_id"]) == (None, None)
        assert await stage.watch.fetch(WRONG, workspace.id) == []
    assert seen
