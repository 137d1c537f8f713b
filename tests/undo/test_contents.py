"""What was in a folder or a group that was deleted comes back with it, in a few statements."""

from typing import Any

import httpx
import pytest

from tests.conftest import Workspace
from tests.factory import Factory
from tests.undo.steps import issues, undo, undone
from tests.witness import everything

# By noun: the path of containers and of contents, and the field that says in which one they are.
KINDS = {
    "snippet": ("/snippets/folders", "/snippets", "folder_id"),
    "article": ("/docs/groups", "/docs/articles", "group_id"),
}


async def _filled(make: Factory, kind: str, count: int) -> tuple[str, list[str]]:
    """The path of a container with so many things in it, and theirs."""
    containers, contents, field = KINDS[kind]
    container = await (make.snippet_folder() if kind == "snippet" else make.doc_group())
    thing = make.snippet if kind == "snippet" else make.doc_article
    ids = [(await thing(**{field: container["id"]}))["id"] for _ in range(count)]
    return f"{containers}/{container['id']}", [f"{contents}/{id}" for id in ids]


async def _places(client: httpx.AsyncClient, kind: str, paths: list[str]) -> set[str | None]:
    return {(await client.get(path)).json()[KINDS[kind][2]] for path in paths}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_statements_do_not_grow(
    client: httpx.AsyncClient, make: Factory, queries: Any, kind: str
) -> None:
    costs = []
    for count in (2, 8):
        path, contents = await _filled(make, kind, count)
        deleted = await client.delete(path)
        with queries() as seen:
            back = await undone(client, deleted)
        costs.append(len([each for each in seen if "from keys" not in each]))
        assert len(back.json()["data"]) == count + 1
        assert await _places(client, kind, contents) == {path.rpartition("/")[2]}
        await undone(client, back)
        assert await _places(client, kind, contents) == {None}
    assert costs[0] == costs[1]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_went_elsewhere_since_is_named(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, kind: str
) -> None:
    path, contents = await _filled(make, kind, 3)
    other, _ = await _filled(make, kind, 0)
    deleted = await client.delete(path)
    await client.patch(contents[0], json={"title": "Of no matter"})
    move = {KINDS[kind][2]: other.rpartition("/")[2]}
    moved = await client.patch(contents[1], json=move)
    assert moved.is_success
    rows = await everything(db, workspace.id)
    (named,) = issues(await undo(client, deleted))
    assert f"updated of {KINDS[kind][2]} at" in named
    assert await everything(db, workspace.id) == rows
    await undone(client, moved)
    gone = await client.delete(contents[2])
    (named,) = issues(await undo(client, deleted))
    assert ".deleted at" in named
    await undone(client, gone)
    await undone(client, deleted)
    assert await _places(client, kind, contents) == {path.rpartition("/")[2]}
