"""Every noun's PATCH, field by field, and its delete: taken back, done again, and refused twice."""

from typing import Any

import httpx
import pytest

from looplane.nouns import EVENT_TYPES, INVERSES, RESOURCES
from tests.contract import OPERATIONS, UNDOABLE, Operation
from tests.field_values import another_change, changes_of, furnish_names
from tests.operations import World, path_ids, request, url
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


async def _look(ours: World, path: str) -> Any:
    """What is there: the thing itself, or the list where single ones are not shown."""
    answer = await ours.client.get(path)
    if answer.status_code == httpx.codes.METHOD_NOT_ALLOWED:
        answer = await ours.client.get(path.rpartition("/")[0])
    if answer.status_code != httpx.codes.OK:
        return answer.status_code
    body = answer.json()
    shown = body.get("data", [body])
    return [{name: each[name] for name in each if name not in _TRACES} for each in shown]


def _path(operation: Operation, ours: World) -> str:
    return url(operation, path_ids(operation, ours.ids))


@pytest.mark.parametrize("operation", PATCHES, ids=str)
async def test_a_change_is_taken_back_and_done_again(operation: Operation, ours: World) -> None:
    await furnish_names(ours)
    path, tried = _path(operation, ours), 0
    for body, _ in changes_of(operation, ours):
        before = await _look(ours, path)
        changed = await ours.client.patch(path, json=body)
        assert changed.status_code == httpx.codes.OK, (body, changed.text)
        after = await _look(ours, path)
        if after == before:
            assert UNDO not in changed.headers, body
            continue
        first = await undone(ours.client, changed)
        assert await _look(ours, path) == before, body
        assert issues(await undo(ours.client, changed)), body
        second = await undone(ours.client, first)
        assert await _look(ours, path) == after, body
        await undone(ours.client, second)
        assert await _look(ours, path) == before, body
        tried += 1
    assert tried


@pytest.mark.parametrize("operation", DELETES, ids=str)
async def test_a_deletion_is_taken_back_and_done_again(operation: Operation, ours: World) -> None:
    path = _path(operation, ours)
    before = await _look(ours, path)
    deleted = await ours.client.delete(path)
    gone = await _look(ours, path)
    assert gone != before
    first = await undone(ours.client, deleted)
    assert await _look(ours, path) == before
    named = issues(await undo(ours.client, deleted))
    assert named
    assert all(" at 20" in each and ours.ids["member"] in each for each in named)
    second = await undone(ours.client, first)
    assert await _look(ours, path) == gone
    await undone(ours.client, second)
    assert await _look(ours, path) == before


@pytest.mark.parametrize("operation", CREATES, ids=str)
async def test_what_was_made_goes_again(operation: Operation, ours: World) -> None:
    made = await ours.client.request(**request(operation, ours))
    assert made.status_code == httpx.codes.OK, made.text
    path = operation.path if "{" in operation.path else f"{operation.path}/{made.json()['id']}"
    path = path.format(**path_ids(operation, ours.ids)) if "{" in path else path
    here = await _look(ours, path)
    first = await undone(ours.client, made)
    gone = await _look(ours, path)
    assert gone != here
    assert issues(await undo(ours.client, made))
    await undone(ours.client, first)
    assert await _look(ours, path) == here


@pytest.mark.parametrize("operation", PATCHES, ids=str)
async def test_a_newer_change_of_the_same_field_stands_and_one_of_another_is_kept(
    operation: Operation, ours: World
) -> None:
    await furnish_names(ours)
    path, refused = _path(operation, ours), 0
    for body, other in changes_of(operation, ours):
        name = next(iter(body))
        before = (await ours.client.get(path)).json()
        changed = await ours.client.patch(path, json=body)
        if UNDO not in changed.headers:
            continue
        if other not in body:
            more = await ours.client.patch(path, json=another_change(operation, ours, other))
            await undone(ours.client, changed)
            value = more.json()[other]
            assert (await ours.client.get(path)).json()[other] == value
            changed = await ours.client.patch(path, json=body)
        newer = another_change(operation, ours, name)
        if newer[name] == body[name]:
            if name not in before:  # another way to name what a field holds
                continue
            newer[name] = before[name]
        answer = await ours.client.patch(path, json=newer)
        assert answer.status_code == httpx.codes.OK, answer.text
        rows = await everything(ours.make.db, ours.make.workspace_id)
        told = _TOLD_AS.get(name, name)
        assert told in " ".join(issues(await undo(ours.client, changed)))
        assert await everything(ours.make.db, ours.make.workspace_id) == rows
        refused += 1
    assert refused


@pytest.mark.parametrize("operation", PATCHES, ids=str)
async def test_a_thing_that_was_deleted_since_is_not_changed(
    operation: Operation, ours: World
) -> None:
    await furnish_names(ours)
    path = _path(operation, ours)
    body, _ = next(changes_of(operation, ours))
    changed = await ours.client.patch(path, json=body)
    if (await ours.client.delete(path)).status_code != httpx.codes.OK:
        return
    rows = await everything(ours.make.db, ours.make.workspace_id)
    (named,) = issues(await undo(ours.client, changed))
    assert named.partition(": ")[2].partition(" ")[0].endswith((".deleted", "removed", "revoked"))
    assert await everything(ours.make.db, ours.make.workspace_id) == rows


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
