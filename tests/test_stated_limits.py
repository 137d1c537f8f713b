"""Every limit that is enforced stands in the contract, and what stands there is enforced."""

import re
from typing import Any

import httpx
import pytest

from tests.contract import OPERATIONS, Operation
from tests.operations import WITH_BODY, World, least, request
from tests.stated_limits import MUCH, Case, cases_of

BODIES = [
    (operation, name, schema)
    for operation in WITH_BODY
    for name, schema in (operation.body or {})["properties"].items()
]
QUERIES = [
    (operation, name, schema)
    for operation in OPERATIONS
    for name, schema in operation.query.items()
]


def name_of(part: object) -> str:
    return "" if isinstance(part, dict) else str(part)


def of_limits(answer: httpx.Response, name: str) -> list[str]:
    """What an answer has to say of the limits of a field."""
    assert answer.status_code in {200, 400, 404, 422}, answer.text[:300]
    if answer.status_code == httpx.codes.OK:
        return []
    issues = [each["message"] for each in answer.json().get("issues", [])]
    limits = r".*(at most|at least|must not be empty|must be an? (address|e-mail))"
    return [each for each in issues if re.match(rf"{re.escape(name)}[.:]{limits}", each)]


def judge(case: Case, said: list[str]) -> None:
    if case.broken is None:
        assert said == []
    else:
        assert len(said) == 1
        assert f"{case.broken:,}" in said[0] or "must not be empty" in said[0]


@pytest.mark.parametrize(("operation", "name", "schema"), BODIES, ids=name_of)
async def test_a_field_has_the_limits_that_are_stated_and_no_other(
    mine: World, operation: Operation, name: str, schema: dict[str, Any]
) -> None:
    for case in cases_of(name, schema):
        body = {**least(operation, mine.ids), name: case.value}
        asked = request(operation, mine, json=body, params={"dry_run": "true"})
        judge(case, of_limits(await mine.client.request(**asked), name))


@pytest.mark.parametrize(("operation", "name", "schema"), QUERIES, ids=name_of)
async def test_a_query_parameter_has_the_limits_that_are_stated_and_no_other(
    mine: World, operation: Operation, name: str, schema: dict[str, Any]
) -> None:
    valid = request(operation, mine)
    for case in cases_of(name, schema):
        value = ",".join(case.value) if isinstance(case.value, list) else case.value
        asked = {**valid, "params": {**valid["params"], name: value}}
        judge(case, of_limits(await mine.client.request(**asked), name))


def test_limits_are_found() -> None:
    cases = [case for _, name, schema in BODIES + QUERIES for case in cases_of(name, schema)]
    assert sum(case.broken is not None for case in cases) > 150
    assert [case for case in cases if case.value == "x" * MUCH]
