"""If-Match, If-None-Match and Idempotency-Key: taken where they help, refused where they would not."""

from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from tests.conftest import connected
from tests.contract import OPERATIONS, Operation
from tests.factory import Factory
from tests.operations import World, request
from tests.witness import faults

VALUES = {"If-Match": "*", "If-None-Match": '"1-0a1b"', "Idempotency-Key": "mine"}


def every(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


async def ask(world: World, operation: Operation, headers: dict[str, str]) -> httpx.Response:
    asked = request(operation, world, headers=headers)
    if operation.method != "GET":
        asked["params"] = {**asked["params"], "dry_run": "true"}
    return await world.client.request(**asked)


@every(OPERATIONS)
async def test_what_an_operation_does_not_take_it_refuses(
    mine: World, operation: Operation
) -> None:
    refused = VALUES.keys() - operation.parameters.keys()
    for name, value in VALUES.items():
        answer = await ask(mine, operation, {name: value})
        if name in refused:
            assert faults(answer) == [name]
            assert "has no effect on this operation" in answer.json()["issues"][0]["message"]
        else:
            assert answer.status_code == httpx.codes.OK, (name, answer.text)
    all_at_once = await ask(mine, operation, VALUES)
    assert set(faults(all_at_once)) == refused


@every(OPERATIONS)
async def test_what_is_wrong_in_a_header_is_said_beside_what_is_wrong_elsewhere(
    mine: World, operation: Operation
) -> None:
    wrong = {"If-Match": "1", "Idempotency-Key": "two words", "If-None-Match": "1"}
    asked = request(operation, mine, headers=wrong)
    asked["params"] = {**asked["params"], "unknown": "1"}
    named = set(faults(await mine.client.request(**asked)))
    assert named >= {"If-Match", "Idempotency-Key", "If-None-Match", "unknown"}


async def test_a_header_the_form_and_the_sense_are_judged_at_once(mine: World) -> None:
    answer = await mine.client.patch(
        f"/threads/{mine.ids['thread']}",
        json={"status": "snoozed", "pain_level": "X", "assignee_id": "nope"},
        headers={"If-Match": "1"},
    )
    assert set(faults(answer)) == {"If-Match", "pain_level", "snoozed_until", "assignee_id"}


@every([each for each in OPERATIONS if "dry_run" not in each.parameters])
async def test_a_read_is_no_dry_run(mine: World, operation: Operation) -> None:
    asked = request(operation, mine)
    asked["params"] = {**asked["params"], "dry_run": "true"}
    assert faults(await mine.client.request(**asked)) == ["dry_run"]


@every([each for each in OPERATIONS if "If-None-Match" in each.parameters])
async def test_what_the_caller_has_is_not_sent_again(mine: World, operation: Operation) -> None:
    first = await ask(mine, operation, {})
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"].removeprefix("W/")}', "*"):
        again = await ask(mine, operation, {"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"].removeprefix("W/") == first.headers["etag"].removeprefix("W/")
    other = await ask(mine, operation, {"If-None-Match": '"1-0a1b"'})
    assert (other.status_code, other.content) == (200, first.content)


@every([each for each in OPERATIONS if each.method == "GET"])
async def test_head_is_answered_as_get(mine: World, operation: Operation) -> None:
    asked: dict[str, Any] = request(operation, mine)
    answer = await mine.client.request(**asked)
    head = await mine.client.request(**{**asked, "method": "HEAD"})
    assert (head.status_code, head.content) == (200, b"")
    apart = {"x-request-id", "content-length", "content-encoding", "transfer-encoding"}
    of_both = [
        {name: value for name, value in each.headers.items() if name not in apart}
        for each in (answer, head)
    ]
    assert of_both[0] == of_both[1]
    taken = await mine.client.request(**{**asked, "method": "HEAD", "headers": {"If-Match": "*"}})
    assert (taken.status_code, taken.content) == (400, b"")


@every([each for each in OPERATIONS if each.method != "GET"])
async def test_a_viewer_does_not_write(
    app: ASGIApp, mine: World, make: Factory, operation: Operation
) -> None:
    viewer = await make.member(role="VIEWER")
    async with connected(app, await make.key(member_id=viewer)) as caller:
        answer = await caller.request(**request(operation, mine))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
