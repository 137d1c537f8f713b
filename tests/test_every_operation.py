"""What holds for every operation of the contract: who is let in, and what is let through."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit import idempotency
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.keys import SCOPES
from looplane.main import create_app
from tests.conftest import SteppedClock, connected
from tests.contract import OPERATIONS, Operation, fits
from tests.factory import Factory
from tests.operations import (
    WITH_BODY,
    World,
    fields_of,
    is_reference,
    least,
    path_ids,
    query_of,
    refer,
    request,
    url,
)
from tests.witness import faults, kept_of

WRITES = [each for each in OPERATIONS if each.method != "GET"]
REPEATABLE = [each for each in OPERATIONS if each.method in {"POST", "PATCH"}]
WRONG: list[Any] = [None, True, 7, -1, 1.5, "", "wrong", [], [1], [None], {}, {"unknown": 1}]
NO_IDS = ["no-uuid", "\0", "a" * 4096, "{id}", "id ", "urn:uuid:id", "id\0", "../id", "\ud800"]


def every(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


def assert_refused(answer: httpx.Response, status: int, code: str) -> httpx.Response:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer


# Who is let in


@every(OPERATIONS)
async def test_its_scopes_are_all_it_takes(
    brief_app: ASGIApp, ours: World, operation: Operation
) -> None:
    for scopes in [[each] for each in operation.any_scopes] or [operation.scopes]:
        key = await ours.make.key(scopes)
        if str(operation) == "writes-undo":  # of a tag, by a key of the member who wrote it
            key = await ours.make.key({"tags:write"}, ours.ids["member"])
        async with connected(brief_app, key) as caller:
            answer = await caller.request(**request(operation, ours))
        assert answer.status_code == httpx.codes.OK, answer.text


@every(OPERATIONS)
async def test_each_scope_is_needed(
    app: ASGIApp, mine: World, make: Factory, operation: Operation
) -> None:
    for missing in operation.scopes:
        async with connected(app, await make.key(set(SCOPES) - {missing})) as caller:
            answer = await caller.request(**request(operation, mine))
        assert_refused(answer, 403, "scope_required")
        assert missing in answer.json()["message"].replace(".", " ").split()


@every(WRITES)
async def test_a_viewer_writes_by_no_key(
    app: ASGIApp, mine: World, make: Factory, operation: Operation
) -> None:
    viewer = await make.member(role="VIEWER")
    async with connected(app, await make.key(member_id=viewer)) as caller:
        assert_refused(await caller.request(**request(operation, mine)), 403, "forbidden")
        assert (await caller.get("/me")).status_code == httpx.codes.OK


@every(OPERATIONS)
async def test_nobody_gets_in_without_a_key(
    app: ASGIApp, mine: World, make: Factory, db: Any, operation: Operation
) -> None:
    revoked = await Factory.insert_key(db, make.workspace_id, SCOPES, None)
    await db.execute(
        "update api_keys set revoked_at = $1 where id = $2", datetime.now(UTC), UUID(revoked["id"])
    )
    headers = ["", "Bearer", "Bearer ", "Basic eDp5", await make.key()]
    headers += [f"Bearer {key}" for key in ("ll_" + "0" * 64, "x" * 5000, "\xff", revoked["key"])]
    # From an address of its own: not many keys are guessed from one.
    address = f"10.{OPERATIONS.index(operation)}.0.1"
    async with connected(app, None, address) as nobody:
        for header in headers:
            # The body is not looked at before the key is.
            spoilt = request(operation, mine, content=b"{", params={"unknown": "x"})
            spoilt["headers"] = {"Authorization": header.encode("latin-1")} if header else {}
            answer = assert_refused(await nobody.request(**spoilt), 401, "unauthenticated")
            assert answer.headers["www-authenticate"] == "Bearer"


@every(OPERATIONS)
async def test_a_key_of_the_first_version(app: ASGIApp, mine: World, operation: Operation) -> None:
    async with connected(app, "pl_v1_0123456789") as caller:
        answer = await caller.request(**request(operation, mine))
    assert_refused(answer, 410, "unsupported_key_version")


@pytest.fixture(scope="module")
async def limited_app(database: Database, session_clock: SteppedClock) -> AsyncIterator[ASGIApp]:
    app = create_app(database, Settings(reads_per_minute=1, writes_per_minute=1), session_clock)
    yield app
    await app.aclose()


@every(OPERATIONS)
async def test_a_minute_has_its_limit(
    limited_app: ASGIApp, clock: SteppedClock, mine: World, make: Factory, operation: Operation
) -> None:
    nowhere = request(operation, mine, params={"unknown": "x"})
    async with connected(limited_app, await make.key()) as caller:
        # A minute may end in between, but not twice.
        answers = [await caller.request(**nowhere) for _ in range(3)]
    assert answers[0].status_code == httpx.codes.BAD_REQUEST
    assert int(answers[0].headers["x-ratelimit-remaining"]) == 0
    late = assert_refused(answers[-1], 429, "rate_limited")
    assert 1 <= int(late.headers["retry-after"]) <= 60
    assert late.headers["x-ratelimit-limit"] == "1"
    assert late.headers["x-ratelimit-remaining"] == "0"
    assert int(late.headers["x-ratelimit-reset"]) % 60 == 0


@pytest.mark.parametrize("path", sorted({each.path for each in OPERATIONS}))
async def test_a_method_that_a_path_has_not(mine: World, path: str) -> None:
    here = path.replace("{thread_id}", mine.ids["thread"]).replace("{id}", mine.ids["need"])
    allowed = {each.method for each in OPERATIONS if each.path == path} | {"OPTIONS"}
    allowed |= {"HEAD"} if "GET" in allowed else set()
    for method in {"PUT", "PROPFIND", "HEAD"} - allowed:
        answer = await mine.client.request(method, here)
        if method != "HEAD":
            assert_refused(answer, 405, "method_not_allowed")
        assert answer.status_code == httpx.codes.METHOD_NOT_ALLOWED
        assert set(answer.headers["allow"].split(", ")) == allowed
    asked = await mine.client.options(here)
    assert (asked.status_code, asked.content) == (204, b"")
    assert set(asked.headers["allow"].split(", ")) == allowed


# Ids


@every([each for each in OPERATIONS if "{" in each.path])
async def test_what_is_not_in_the_workspace_is_not_found(
    mine: World, theirs: World, operation: Operation
) -> None:
    own, foreign = path_ids(operation, mine.ids), path_ids(operation, theirs.ids)
    for name, id in own.items():
        spoilt = [foreign[name], id.upper(), *[each.replace("id", id) for each in NO_IDS]]
        for text in spoilt:
            there = url(operation, {**own, name: quote(text, safe="", errors="surrogatepass")})
            answer = await mine.client.request(**request(operation, mine, url=there))
            assert_refused(answer, 404, "not_found")


@every(WITH_BODY)
async def test_what_a_body_names_is_in_the_workspace(
    mine: World, theirs: World, operation: Operation
) -> None:
    valid = least(operation, mine.ids)
    for name in filter(is_reference, fields_of(operation)):
        for named in (theirs.ids, dict.fromkeys(theirs.ids, "no-uuid")):
            spoilt = request(operation, mine, json={**valid, name: refer(name, named, operation)})
            answer = await mine.client.request(**spoilt)
            assert {each.partition(".")[0] for each in faults(answer)} == {name}


@every([each for each in OPERATIONS if each.method == "GET"])
async def test_what_a_query_names_of_another_workspace_shows_nothing(
    mine: World, theirs: World, operation: Operation
) -> None:
    names = filter(is_reference, query_of(operation))
    named = {name: refer(name, theirs.ids, operation) for name in names}
    if "email" in query_of(operation):
        named["email"] = theirs.ids["address"]
    for name, value in named.items():
        answer = await mine.client.request(**request(operation, mine, params={name: value}))
        # Everything has none of a tag that is not there.
        if "cursor" in query_of(operation) and name != "tag_none":
            assert answer.json()["data"] == []
        assert not [id for id in theirs.ids.values() if id in answer.text]


# Queries and bodies


@every(OPERATIONS)
async def test_a_query_is_closed(mine: World, operation: Operation) -> None:
    valid = request(operation, mine)
    wrong: list[tuple[Any, str]] = [({**valid["params"], "unknown": "1"}, "unknown")]
    for name, schema in query_of(operation).items():
        wrong.append(([(name, "1"), (name, "1")], name))
        # Of a list of values one stands for itself.
        if not fits(schema.get("items", schema), "none such"):
            wrong.append(({**valid["params"], name: "none such"}, name))
    wrong += [({}, name) for name in valid["params"]]
    for params, name in wrong:
        answer = await mine.client.request(**{**valid, "params": params})
        assert name in faults(answer)


@every(WITH_BODY)
async def test_a_field_of_another_type_is_named(mine: World, operation: Operation) -> None:
    valid, all_wrong = least(operation, mine.ids), {}
    for name, schema in fields_of(operation).items():
        for value in [each for each in WRONG if not fits(schema, each)]:
            all_wrong[name] = value
            spoilt = request(operation, mine, json={**valid, name: value})
            named = faults(await mine.client.request(**spoilt))
            assert {each.partition(".")[0] for each in named} == {name}, value
    answer = await mine.client.request(**request(operation, mine, json={**all_wrong, "unknown": 1}))
    assert {each.partition(".")[0] for each in faults(answer)} == {*all_wrong, "unknown"}


@every(WITH_BODY)
async def test_what_is_required_is_missed(mine: World, operation: Operation) -> None:
    valid = least(operation, mine.ids)
    for name in (operation.body or {}).get("required", []):
        short = {each: value for each, value in valid.items() if each != name}
        assert faults(await mine.client.request(**request(operation, mine, json=short))) == [name]


@every(WITH_BODY)
async def test_a_body_is_json(mine: World, operation: Operation) -> None:
    kinds = ["text/plain", "application/xml", "multipart/form-data", "application/json5", "json"]
    kinds += ["", "application/json; charset=latin-1", "application/json; charset=utf-16", "\xff"]
    for kind in kinds:
        spoilt = request(operation, mine, content=b"{}")
        spoilt["headers"] = {"Content-Type": kind.encode("latin-1")} if kind else {}
        assert_refused(await mine.client.request(**spoilt), 415, "unsupported_media_type")
    no_body = request(operation, mine, content=b"")
    assert_refused(await mine.client.request(**no_body), 415, "unsupported_media_type")


@every(WITH_BODY)
async def test_a_body_has_its_limit(mine: World, operation: Operation) -> None:
    async def endless() -> Any:
        for _ in range(operation.most_bytes // 100_000 + 1):
            yield b" " * 100_000

    for content in (b" " * (operation.most_bytes + 1), endless()):
        large = request(operation, mine, content=content)
        large["headers"] = {"Content-Type": "application/json"}
        assert_refused(await mine.client.request(**large), 413, "payload_too_large")


# Versions and repetitions


@every([each for each in OPERATIONS if "precondition_failed" in each.codes])
async def test_another_version_is_left_alone(mine: World, operation: Operation) -> None:
    for condition in ('"0"', '"99999999999999999999"', '"0-7f", W/"0"', '"-1"', '"nothing"', '"*"'):
        old = request(operation, mine, headers={"If-Match": condition})
        assert_refused(await mine.client.request(**old), 412, "precondition_failed")
    for unquoted in ("1", "nothing", "", '"1', '"1" "2"', '"1",'):
        wrong = request(operation, mine, headers={"If-Match": unquoted})
        assert faults(await mine.client.request(**wrong)) == ["If-Match"], unquoted


@every(REPEATABLE)
async def test_an_idempotency_key_is_for_one_request(
    mine: World, ours: World, db: Any, operation: Operation
) -> None:
    once = request(operation, ours, headers={"Idempotency-Key": "once"})
    key_id = UUID((await mine.client.get("/me")).json()["api_key_id"])
    async with db.transaction():
        assert await idempotency.claim(db, mine.make.workspace_id, key_id, "once")
        running = assert_refused(await mine.client.request(**once), 409, "conflict")
        assert running.headers["retry-after"] == "1"
    first = await ours.client.request(**once)
    assert first.status_code == httpx.codes.OK, first.text
    again = await ours.client.request(**once)
    assert (again.content, again.headers["idempotent-replayed"]) == (kept_of(first), "true")
    once["params"] = {"dry_run": "false"}
    assert_refused(await ours.client.request(**once), 422, "unprocessable")


@every([each for each in OPERATIONS if "cursor" in each.parameters])
async def test_a_cursor_is_one_of_its_own_list(mine: World, operation: Operation) -> None:
    for cursor in ("x", "", "bm8", "W10", "WzEsMiwzXQ", "é"):
        asked = request(operation, mine, params={"cursor": cursor})
        assert_refused(await mine.client.request(**asked), 422, "unprocessable")
