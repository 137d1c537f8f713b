"""A write in several transactions: each is taken back by itself."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx

from tests.conftest import Workspace
from tests.factory import Factory
from tests.undo.steps import UNDO, token, undo, undone
from tests.witness import everything


async def _as_one(db: Any, answers: Sequence[httpx.Response]) -> str:
    """Makes one write of several, as a bulk write is."""
    first, *others = map(token, answers)
    ids = [UUID(each) for each in others]
    await db.execute("update events set write_id = $1 where write_id = any ($2)", UUID(first), ids)
    return first


async def _renamed(make: Factory, count: int) -> tuple[list[str], list[httpx.Response]]:
    paths = [f"/tags/{(await make.tag(name='Old'))['id']}" for _ in range(count)]
    return paths, [await make.client.patch(path, json={"name": "New"}) for path in paths]


async def _names(client: httpx.AsyncClient, paths: list[str]) -> list[str]:
    return [(await client.get(path)).json()["name"] for path in paths]


async def test_each_is_answered_by_itself(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    paths, answers = await _renamed(make, 3)
    write = await _as_one(db, answers)
    await client.patch(paths[1], json={"name": "Newer"})
    answer = await undo(client, write)
    assert answer.status_code == httpx.codes.OK
    said = [(each["id"], each["status"]) for each in answer.json()["data"]]
    ids = [path.rpartition("/")[2] for path in paths]
    assert said == list(zip(ids, ["undone", "refused", "undone"], strict=True))
    error = answer.json()["data"][1]["error"]
    assert (error["code"], len(error["issues"])) == ("conflict", 1)
    assert await _names(client, paths) == ["Old", "Newer", "Old"]
    again = await undone(client, answer)
    assert len(again.json()["data"]) == 2
    assert await _names(client, paths) == ["New", "Newer", "New"]


async def test_twice_is_refused_of_each(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    _, answers = await _renamed(make, 2)
    write = await _as_one(db, answers)
    await undone(client, write)
    again = await undo(client, write)
    assert {each["status"] for each in again.json()["data"]} == {"refused"}
    assert UNDO not in again.headers


async def test_dry_run_and_idempotency(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    paths, answers = await _renamed(make, 2)
    write = await _as_one(db, answers)
    rows = await everything(db, workspace.id)
    dry = await undo(client, write, params={"dry_run": "true"})
    assert dry.headers["x-looplane-would"] == "tag.updated"
    assert await everything(db, workspace.id) == rows
    key = {"Idempotency-Key": "once"}
    first, second = [await undo(client, write, headers=key) for _ in range(2)]
    assert (first.content, first.headers[UNDO]) == (second.content, second.headers[UNDO])
    assert await _names(client, paths) == ["Old", "Old"]


async def test_what_it_touched_twice_is_taken_back_from_its_end(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    path = f"/tags/{(await make.tag(name='Old'))['id']}"
    answers = [await client.patch(path, json={"name": name}) for name in ("One", "Two", "Three")]
    await undone(client, await _as_one(db, answers))
    assert await _names(client, [path]) == ["Old"]
