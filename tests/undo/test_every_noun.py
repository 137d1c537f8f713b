"""Every noun's PATCH, field by field, and its delete: taken back, done again, and refused twice."""

from typing import Any

import httpx
import pytest

from looplane.nouns import EVENT_TYPES, INVERSES, RESOURCES
from tests.conftest import Workspace
from tests.contract import OPERATIONS, UNDOABLE, Operation
from tests.factory import Factory
from tests.field_values import another_change, changes_of, furnish_names
from tests.operations import World, path_ids, populate, request, url
from tests.undo.reasons import CANNOT
from tests.undo.steps import UNDO, issues, undo, undone
from tests.witness import everything

WRITES = [each for each in OPERATIONS if each.method in {"POST", "PATCH", "DELETE"}]
# Of threads, comments and needs there are tests of their own.
_OF_THREADS = ("threads-", "comments-", "customerNeeds-", "companies-merge", "companies-unmerge")
_TRIED = [
    each for each in WRITES if str(each) not in CANNOT and not str(each).startswith(_OF_THREADS)
]
PATCHES = [each for each in _TRIED if each.method == "PATCH"]
DELETES = [each for each in _TRIED if each.method == "DELETE"]
CREATES = [
    each
    for each in _TRIED
    if each.method == "POST" and str(each) not in {"writes-undo", "docs-moveArticles"}
]
_TRACES = ("version", "updated_at")
# Fields that are another way to set what another one says.
_TOLD_AS = {"state": "linear_status_id"}


@pytest.fixture
async def world(make: Factory, workspace: Workspace) -> World:
    return await populate(make, workspace.member_id)


async def _look(world: World, path: str) -> Any:
    """What is there: the thing itself, or the list where single ones are not shown."""
    answer = await world.client.get(path)
    if answer.status_code == httpx.codes.METHOD_NOT_ALLOWED:
        answer = await world.client.get(path.rpartition("/")[0])
    if answer.status_code != httpx.codes.OK:
        return answer.status_code
    body = answer.json()
    shown = body.get("data", [body])
    return [{name: each[name] for name in each if name not in _TRACES} for each in shown]


def _path(operation: Operation, world: World) -> str:
    return url(operation, path_ids(operation, world.ids))


@pytest.mark.parametrize("operation", PATCHES, ids=str)
async def test_a_change_is_taken_back_and_done_again(operation: Operation, world: World) -> None:
    await furnish_names(world)
    path, tried = _path(operation, world), 0
    for body, _ in changes_of(operation, world):
        before = await _look(world, path)
        changed = await world.client.patch(path, json=body)
        assert changed.status_code == httpx.codes.OK, (body, changed.text)
        after = await _look(world, path)
        if after == before:
            assert UNDO not in changed.headers, body
            continue
        first = await undone(world.client, changed)
        assert await _look(world, path) == before, body
        assert issues(await undo(world.client, changed)), body
        second = await undone(world.client, first)
        assert await _look(world, path) == after, body
        await undone(world.client, second)
        assert await _look(world, path) == before, body
        tried += 1
    assert tried


@pytest.mark.parametrize("operation", DELETES, ids=str)
async def test_a_deletion_is_taken_back_and_done_again(
    operation: Operation, world: World, db: Any, workspace: Workspace
) -> None:
    path = _path(operation, world)
    before = await _look(world, path)
    deleted = await world.client.delete(path)
    gone = await _look(world, path)
    assert gone != before
    first = await undone(world.client, deleted)
    assert await _look(world, path) == before
    named = issues(await undo(world.client, deleted))
    assert named
    assert all(" at 20" in each and str(workspace.member_id) in each for each in named)
    second = await undone(world.client, first)
    assert await _look(world, path) == gone
    await undone(world.client, second)
    assert await _look(world, path) == before


@pytest.mark.parametrize("operation", CREATES, ids=str)
async def test_what_was_made_goes_again(operation: Operation, world: World) -> None:
    made = await world.client.request(**request(operation, world))
    assert made.status_code == httpx.codes.OK, made.text
    path = operation.path if "{" in operation.path else f"{operation.path}/{made.json()['id']}"
    path = path.format(**path_ids(operation, world.ids)) if "{" in path else path
    here = await _look(world, path)
    first = await undone(world.client, made)
    gone = await _look(world, path)
    assert gone != here
    assert issues(await undo(world.client, made))
    await undone(world.client, first)
    assert await _look(world, path) == here


@pytest.mark.parametrize("operation", PATCHES, ids=str)
async def test_a_newer_change_of_the_same_field_stands_and_one_of_another_is_kept(
    operation: Operation, world: World, db: Any, workspace: Workspace
) -> None:
    await furnish_names(world)
    path, refused = _path(operation, world), 0
    for body, other in changes_of(operation, world):
        name = next(iter(body))
        before = (await world.client.get(path)).json()
        changed = await world.client.patch(path, json=body)
        if UNDO not in changed.headers:
            continue
        if other not in body:
            more = await world.client.patch(path, json=another_change(operation, world, other))
            await undone(world.client, changed)
            value = more.json()[other]
            assert (await world.client.get(path)).json()[other] == value
            changed = await world.client.patch(path, json=body)
        newer = another_change(operation, world, name)
        if newer[name] == body[name]:
            if name not in before:  # another way to name what a field holds
                continue
            newer[name] = before[name]
        answer = await world.client.patch(path, json=newer)
        assert answer.status_code == httpx.codes.OK, answer.text
        rows = await everything(db, workspace.id)
        told = _TOLD_AS.get(name, name)
        assert told in " ".join(issues(await undo(world.client, changed)))
        assert await everything(db, workspace.id) == rows
        refused += 1
    assert refused


@pytest.mark.parametrize("operation", PATCHES, ids=str)
async def test_a_thing_that_was_deleted_since_is_not_changed(
    operation: Operation, world: World, db: Any, workspace: Workspace
) -> None:
    await furnish_names(world)
    path = _path(operation, world)
    body, _ = next(changes_of(operation, world))
    changed = await world.client.patch(path, json=body)
    if (await world.client.delete(path)).status_code != httpx.codes.OK:
        return
    rows = await everything(db, workspace.id)
    (named,) = issues(await undo(world.client, changed))
    assert named.partition(": ")[2].partition(" ")[0].endswith((".deleted", "removed", "revoked"))
    assert await everything(db, workspace.id) == rows


def test_each_noun_says_how_it_is_taken_back_or_why_not() -> None:
    ours = [each for each in RESOURCES if each.noun not in {"thread", "comment"}]
    types = {each for noun in ours for each in noun.event_types}
    restored = {each for each in types if each.endswith(".restored")}
    assert restored <= INVERSES.keys()
    assert set(EVENT_TYPES) >= INVERSES.keys()


@pytest.mark.whole_run
def test_every_write_was_taken_back_or_is_known_not_to_be() -> None:
    assert {str(each) for each in WRITES} - CANNOT.keys() - UNDOABLE == set()
    assert UNDOABLE.isdisjoint(CANNOT)
