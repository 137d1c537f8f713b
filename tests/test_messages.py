"""What is said of a wrong request is said in words that a person can act on."""

import json
import string
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.contract import OPERATIONS, Operation
from tests.contract_messages import check_messages
from tests.operations import WITH_BODY, World, fields_of, least, request

LONG = "x" * 5000
WRONG: list[Any] = [None, True, 7, -1, 1.5, 1e300, 10**30, "", "wrong", LONG, [], [1], [None], {}]
WRONG += [
    [[]],
    [LONG],
    ["x"] * 300,
    {"unknown": 1},
    {"slack": "yes"},
    {"zendesk": 1},
    [{"type": 1}],
]
WRONG += ["2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T09:30:00 01:00", "http://", "a@", "\0"]
IN_QUERY = ["", "wrong", "-1", "1.5", "9" * 40, LONG, "\0", "2026-01-31T09:30:00+01:00", "%", "é"]
# Of what is not known the value makes no difference.
UNKNOWN = ["unknown", "two words", "é", "k" * 300]
NOT_JSON = [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"a": 1, "a": 2}', b"{'a': 1}", b"{} {}"]
NOT_JSON += [
    b'{"' + b"k" * 5000 + b'": 1, "' + b"k" * 5000 + b'": 1}',
    b"[" * 9000,
    b"\xef\xbb\xbf{}",
]
HEADERS = [
    ("If-Match", "1"),
    ("If-Match", ""),
    ("If-None-Match", "x"),
    ("Idempotency-Key", "a b"),
    ("Idempotency-Key", "x" * 256),
    ("Content-Type", "text/plain"),
    ("Authorization", "Basic x"),
    ("Authorization", "Bearer None"),
]


def every(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


async def say(world: World, **asked: Any) -> list[str]:
    """What is said of a request; every message of every reply is looked at as it comes."""
    answer = await world.client.request(**asked)
    if answer.status_code == httpx.codes.OK:
        return []
    check_messages(answer.json())
    return [each["message"] for each in answer.json().get("issues", [])]


@every(WITH_BODY)
async def test_of_a_field(mine: World, operation: Operation) -> None:
    valid = least(operation, mine.ids)
    asked_of = dict.fromkeys(fields_of(operation), WRONG) | {key: [None] for key in UNKNOWN}
    for name, values in asked_of.items():
        for value in values:
            text = json.dumps({**valid, name: value})
            asked = request(operation, mine, content=text, params={"dry_run": "true"})
            asked["headers"] = {"Content-Type": "application/json"}
            said = await say(mine, **asked)
            about_one = [each for each in said if ", " not in each.partition(":")[0]]
            begins = (name[:100], "and ")  # … so many more faults
            assert all(each.startswith(begins) for each in about_one), said


@every(WITH_BODY)
async def test_of_a_body(mine: World, operation: Operation) -> None:
    for content in NOT_JSON:
        asked = request(operation, mine, content=content, params={"dry_run": "true"})
        asked["headers"] = {"Content-Type": "application/json"}
        assert len(await say(mine, **asked)) == 1


@every(OPERATIONS)
async def test_of_a_query_and_of_headers(mine: World, operation: Operation) -> None:
    valid = request(operation, mine)
    asked_of = dict.fromkeys(operation.query, IN_QUERY) | {key: ["wrong"] for key in UNKNOWN}
    for name, values in asked_of.items():
        for value in values:
            params = {**valid["params"], "dry_run": "x", name: value}
            said = await say(mine, **{**valid, "params": params})
            assert not [each for each in said if "field" in each], said
    for name, value in HEADERS:
        await say(mine, **{**valid, "headers": {name: value}, "params": {"dry_run": "x"}})


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(string.ascii_letters), each),
    max_leaves=8,
)


@pytest.fixture
def world(mine: World) -> World:
    return mine


@every(WITH_BODY)
@settings(
    max_examples=10,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_of_anything(world: World, operation: Operation, data: st.DataObject) -> None:
    names = st.sampled_from([*fields_of(operation), "unknown"])
    body = data.draw(ANY_JSON | st.dictionaries(names, ANY_JSON))
    asked = request(operation, world, content=json.dumps(body), params={"dry_run": "true"})
    asked["headers"] = {"Content-Type": "application/json"}
    await say(world, **asked)
