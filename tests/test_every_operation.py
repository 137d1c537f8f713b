"""What holds for every operation of the contract: who is let in, and what is let through."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from jsonschema import Draft202012Validator
from starlette.types import ASGIApp

from looplane.kit import idempotency
from looplane.kit.auth import SCOPES
from looplane.kit.config import Settings
from looplane.kit.edge import MAX_BODY
from looplane.main import create_app
from tests.conftest import connected, furnish
from tests.contract import OPERATIONS, Operation, operation_of
from tests.factory import Factory
from tests.operations import (
    REFERENCES,
    WITH_BODY,
    World,
    example,
    fields_of,
    is_reference,
    least,
    path_ids,
    populate,
    query_of,
    refer,
    request,
    url,
)
from tests.witness import everything, faults

WRITES = [each for each in OPERATIONS if each.method != "GET"]
REPEATABLE = [each for each in OPERATIONS if each.method in {"POST", "PATCH"}]
WRONG: list[Any] = [None, True, 7, -1, 1.5, "", "wrong", [], [1], [None], {}, {"unknown": 1}]
NO_IDS = ["no-uuid", "\0", "a" * 4096, "{%s}", "%s ", " %s", "urn:uuid:%s", "%%00%s", "../%s"]


def every(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


@pytest.fixture(scope="module")
async def worlds(app: ASGIApp, pool: asyncpg.Pool) -> AsyncIterator[list[World]]:
    """Mine and theirs; nothing that is refused changes either."""
    async with AsyncExitStack() as stack:
        db = await stack.enter_async_context(pool.acquire())
        made = []
        for name in ("Mine", "Theirs"):
            workspace = await furnish(db, name)
            client = await stack.enter_async_context(connected(app, workspace.key))
            factory = Factory(client, db, workspace.id)
            made.append(await populate(workspace, client, factory))
        yield made


@pytest.fixture
async def mine(worlds: list[World], db: Any) -> AsyncIterator[World]:
    """My workspace, in which nothing may have changed at the end, nor in theirs."""
    before = [await everything(db, each.workspace.id) for each in worlds]
    yield worlds[0]
    assert [await everything(db, each.workspace.id) for each in worlds] == before


@pytest.fixture
def theirs(worlds: list[World]) -> World:
    return worlds[1]


def refused(answer: httpx.Response, status: int, code: str) -> httpx.Response:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return answer


# Who is let in


@every(OPERATIONS)
async def test_its_scopes_are_all_it_takes(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, workspace: Any, operation: Operation
) -> None:
    world = await populate(workspace, client, make)
    async with connected(app, await make.key(operation.scopes)) as caller:
        answer = await caller.request(**request(operation, world))
    assert answer.status_code == httpx.codes.OK, answer.text


@every(OPERATIONS)
async def test_each_scope_is_needed(app: ASGIApp, mine: World, operation: Operation) -> None:
    for missing in operation.scopes:
        async with connected(app, await mine.make.key(set(SCOPES) - {missing})) as caller:
            answer = refused(await caller.request(**request(operation, mine)), 403, "scope_required")
        assert missing in answer.json()["message"].replace(".", " ").split()


@every(OPERATIONS)
async def test_nobody_gets_in_without_a_key(
    app: ASGIApp, mine: World, db: Any, operation: Operation
) -> None:
    revoked = await Factory.insert_key(db, mine.workspace.id, SCOPES, None)
    await db.execute(
        "update api_keys set revoked_at = $1 where id = $2", datetime.now(UTC), UUID(revoked["id"])
    )
    headers = ["", "Bearer", "Bearer ", "Basic eDp5", mine.workspace.key]
    headers += [f"Bearer {key}" for key in ("ll_" + "0" * 64, "x" * 5000, "\xff", revoked["key"])]
    async with connected(app, None) as nobody:
        for header in headers:
            # The body is not looked at before the key is.
            spoilt = request(operation, mine, content=b"{", params={"unknown": "x"})
            spoilt["headers"] = {"Authorization": header.encode("latin-1")} if header else {}
            answer = refused(await nobody.request(**spoilt), 401, "unauthenticated")
            assert answer.headers["www-authenticate"] == "Bearer"


@every(OPERATIONS)
async def test_a_key_of_the_first_version(app: ASGIApp, mine: World, operation: Operation) -> None:
    async with connected(app, "pl_v1_0123456789") as caller:
        answer = await caller.request(**request(operation, mine))
    refused(answer, 410, "unsupported_key_version")


@every(OPERATIONS)
async def test_a_minute_has_its_limit(
    pool: asyncpg.Pool, mine: World, operation: Operation
) -> None:
    app = create_app(pool, Settings(reads_per_minute=1, writes_per_minute=1))
    nowhere = request(operation, mine, params={"unknown": "x"})
    async with connected(app, mine.workspace.key) as caller:
        # A minute may end in between, but not twice.
        answers = [await caller.request(**nowhere) for _ in range(3)]
    assert answers[0].status_code == httpx.codes.BAD_REQUEST
    assert int(answers[0].headers["x-ratelimit-remaining"]) == 0
    late = refused(answers[-1], 429, "rate_limited")
    assert 1 <= int(late.headers["retry-after"]) <= 60
    assert late.headers["x-ratelimit-limit"] == "1"
    assert late.headers["x-ratelimit-remaining"] == "0"
    assert int(late.headers["x-ratelimit-reset"]) % 60 == 0


@pytest.mark.parametrize("path", sorted({each.path for each in OPERATIONS}))
async def test_a_method_that_a_path_has_not(mine: World, path: str) -> None:
    here = path.replace("{thread_id}", mine.ids["thread"]).replace("{id}", mine.ids["need"])
    allowed = {m for m in ("GET", "POST", "PATCH", "DELETE") if operation_of(m, here)}
    for method in ("PUT", "OPTIONS", "PROPFIND"):
        answer = refused(await mine.client.request(method, here), 405, "method_not_allowed")
        assert set(answer.headers["allow"].split(", ")) == allowed


# Ids


@every([each for each in OPERATIONS if "{" in each.path])
async def test_what_is_not_in_the_workspace_is_not_found(
    mine: World, theirs: World, operation: Operation
) -> None:
    own, foreign = path_ids(operation, mine.ids), path_ids(operation, theirs.ids)
    for name in own:
        for id in [foreign[name], *[each.replace("%s", own[name]) for each in NO_IDS]]:
            asked = httpx.URL(url(operation, {**own, name: httpx.QueryParams(x=id)._dict and ""}))
            refused(await mine.client.request(**request(operation, mine, url=asked)), 404, "not_found")


