"""What another workspace has is as if it were not there, wherever and however it is named.

Named one by one, in paths, bodies and queries, in `test_every_operation.py`; here several at once,
and beside what never was: the two answers are the same to the last letter.
"""

import itertools
from typing import Any

import httpx
import pytest

from looplane.kit.ids import new_id
from tests.contract import OPERATIONS, Operation
from tests.operations import (
    WITH_BODY,
    World,
    fields_of,
    is_reference,
    kind_of,
    least,
    path_ids,
    query_of,
    refer,
    request,
    url,
)
from tests.witness import faults

READS = [each for each in OPERATIONS if each.method == "GET"]
PAGED = [each for each in OPERATIONS if "cursor" in each.parameters]
# What a thread says is its first message, and has its id.
_ALSO = {("thread", "expected_last_message_id")}
NAMING = [each for each in WITH_BODY if any(map(is_reference, fields_of(each)))]


def every(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


def never(ids: dict[str, str]) -> dict[str, str]:
    """For each of `ids` one of nothing at all."""
    return {
        kind: f"{new_id().hex}@mail.example" if "@" in id else str(new_id())
        for kind, id in ids.items()
    }


def told(answer: httpx.Response, ids: dict[str, str]) -> tuple[Any, ...]:
    """All that an answer says, but for what the caller named and what no two answers share."""
    text = answer.text
    for kind, id in ids.items():
        text = text.replace(id, f"<{kind}>")
    unlike = {"x-request-id", "date", "content-length"}
    headers = {name: value for name, value in answer.headers.items() if name not in unlike}
    if answer.is_success:
        del headers["etag"]  # a digest of what was named as well
    return answer.status_code, text, headers


async def same_answer(mine: World, theirs: World, ways: Any) -> httpx.Response:
    """The answer to `ways(ids)` with their ids, which is that to ids of nothing."""
    nothing = never(theirs.ids)
    foreign = await mine.client.request(**ways(theirs.ids))
    absent = await mine.client.request(**ways(nothing))
    assert told(foreign, theirs.ids) == told(absent, nothing)
    return foreign


# Paths


@every([each for each in OPERATIONS if "{" in each.path])
async def test_a_path_with_any_foreign_part(
    mine: World, theirs: World, operation: Operation
) -> None:
    own = path_ids(operation, mine.ids)
    for size in range(1, len(own) + 1):
        for names in itertools.combinations(own, size):

            def asked(ids: dict[str, str], names: tuple[str, ...] = names) -> dict[str, Any]:
                foreign = {name: path_ids(operation, ids)[name] for name in names}
                return request(operation, mine, url=url(operation, {**own, **foreign}))

            answer = await same_answer(mine, theirs, asked)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@every([each for each in OPERATIONS if "{" in each.path])
@pytest.mark.parametrize("headers", [{"If-Match": '"1"'}, {"If-None-Match": "*"}], ids=str)
@pytest.mark.parametrize("dry_run", ["true", "false"])
async def test_a_foreign_thing_has_no_version(
    mine: World, theirs: World, operation: Operation, headers: dict[str, str], dry_run: str
) -> None:
    allowed = {name.lower() for name in operation.parameters}
    sent = {name: value for name, value in headers.items() if name.lower() in allowed}
    params = {"dry_run": dry_run} if operation.method != "GET" else {}

    def asked(ids: dict[str, str]) -> dict[str, Any]:
        there = url(operation, path_ids(operation, ids))
        return request(operation, mine, url=there, headers=sent, params=params)

    answer = await same_answer(mine, theirs, asked)
    assert answer.status_code == 404
    assert "etag" not in answer.headers


async def test_a_need_of_another_thread_is_not_there(mine: World) -> None:
    thread = await mine.client.get("/threads")
    others = [each["id"] for each in thread.json()["data"] if each["id"] != mine.ids["thread"]]
    for id in [*others, mine.ids["contact"], mine.ids["need"]]:
        path = f"/threads/{id}/customer-needs/{mine.ids['need']}"
        answer = await mine.client.delete(path)
        assert answer.status_code == 404


# Bodies


def references(operation: Operation) -> list[str]:
    return [name for name in fields_of(operation) if is_reference(name)]


@every(NAMING)
async def test_all_references_of_a_body_at_once(
    mine: World, theirs: World, operation: Operation
) -> None:
    names = references(operation)

    def asked(ids: dict[str, str]) -> dict[str, Any]:
        body = {
            **least(operation, mine.ids),
            **{name: refer(name, ids, operation) for name in names},
        }
        return request(operation, mine, json=body)

    answer = await same_answer(mine, theirs, asked)
    assert {each.partition(".")[0] for each in faults(answer)} == {*names}


@every(NAMING)
async def test_one_foreign_reference_among_our_own(
    mine: World, theirs: World, operation: Operation
) -> None:
    own = {name: refer(name, mine.ids, operation) for name in references(operation)}
    for name in own:

        def asked(ids: dict[str, str], name: str = name) -> dict[str, Any]:
            body = {**least(operation, mine.ids), **own, name: refer(name, ids, operation)}
            return request(operation, mine, json=body)

        answer = await same_answer(mine, theirs, asked)
        assert {each.partition(".")[0] for each in faults(answer)} == {name}


@every(NAMING)
async def test_foreign_ids_in_a_list_are_named_by_their_places(
    mine: World, theirs: World, operation: Operation
) -> None:
    for name in references(operation):
        if not name.endswith("_ids"):
            continue
        kind = kind_of(name, operation)

        def asked(ids: dict[str, str], name: str = name, kind: str = kind) -> dict[str, Any]:
            listed = [mine.ids[kind], ids[kind], mine.ids[kind], ids[kind]]
            body = {**least(operation, mine.ids), name: listed}
            return request(operation, mine, json=body)

        answer = await same_answer(mine, theirs, asked)
        assert faults(answer) == [f"{name}.1", f"{name}.3"]


@every(NAMING)
async def test_things_of_one_kind_are_none_of_another(mine: World, operation: Operation) -> None:
    """An id of ours, of the wrong kind."""
    kinds = {kind: id for kind, id in mine.ids.items() if kind != "address"}
    for name in references(operation):
        for kind, id in kinds.items():
            named = kind_of(name, operation)
            nouns = {kind.rpartition(" ")[2], named.rpartition(" ")[2]}
            bare = kind.removeprefix("empty ").removeprefix("second ")
            if bare == named or nouns in ({"company"}, {"delivery"}) or (kind, name) in _ALSO:
                continue
            value = [id] if name.endswith("_ids") else id
            spoilt = {**least(operation, mine.ids), name: value}
            answer = await mine.client.request(**request(operation, mine, json=spoilt))
            assert {each.partition(".")[0] for each in faults(answer)} == {name}


# Queries


@every(READS)
async def test_all_filters_of_a_query_at_once(
    mine: World, theirs: World, operation: Operation
) -> None:
    filters = [name for name in query_of(operation) if is_reference(name)]
    for size in {1, 2, len(filters)} - {0}:
        for names in itertools.combinations(filters, size):

            def asked(ids: dict[str, str], names: tuple[str, ...] = names) -> dict[str, Any]:
                params = {name: refer(name, ids, operation) for name in names}
                return request(operation, mine, params=params)

            answer = await same_answer(mine, theirs, asked)
            if {"tag_none"} < {*names} and answer.is_client_error:
                continue  # a tag that is wanted and unwanted at once
            # Everything has none of a tag that is not there.
            if "cursor" in query_of(operation) and names != ("tag_none",):
                assert answer.json()["data"] == []


@every(PAGED)
async def test_a_cursor_of_theirs_shows_ours(
    mine: World, theirs: World, operation: Operation
) -> None:
    """A cursor is a place in an order; whose list it came from makes no difference."""
    page = {"limit": "1"}
    for world in (theirs, mine):
        first = await world.client.request(**request(operation, world, params=page))
        cursor = first.json()["page"]["cursor"]
        if cursor is None:
            continue
        answer = await mine.client.request(**request(operation, mine, params={"cursor": cursor}))
        assert answer.is_success
        assert not [id for id in theirs.ids.values() if id in answer.text]
