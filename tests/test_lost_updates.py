"""Two who write to one thing and have read the same version: what either wrote is there.

For each PATCH of the contract, field by field, and for whatever else takes If-Match; the second
writer comes in between every two statements of the first.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.types import ASGIApp

from tests.conftest import SteppedClock, connected, furnish
from tests.contract import OPERATIONS, Operation, check_events
from tests.factory import Factory
from tests.field_values import another_change, changes_of
from tests.interleaving import Meeting, Send, Stage, SteppedDatabase, set_stage, stepped_database
from tests.operations import fields_of
from tests.witness import events_of

PATCHES = [each for each in OPERATIONS if each.method == "PATCH"]
# Of a single field two writers cannot change different ones, nor change it again and again.
WITH_FIELDS = [each for each in PATCHES if len(fields_of(each)) > 1]
VERSION_1 = {"If-Match": '"1"'}
# A writer may come in between this often, and does not: the second try holds the row.
TRIES = 5


@pytest.fixture(scope="module")
async def stepped(dsn: str, database: object) -> AsyncIterator[SteppedDatabase]:
    async with stepped_database(dsn) as opened:
        yield opened


@pytest.fixture(scope="module")
async def stages(
    stepped: SteppedDatabase, app: ASGIApp, pool: asyncpg.Pool, session_clock: SteppedClock
) -> AsyncIterator[Callable[[str], Awaitable[Stage]]]:
    """A stage of each name, made when it is asked for first."""
    made: dict[str, Stage] = {}
    async with pool.acquire() as db, AsyncExitStack() as held:

        async def find(name: str) -> Stage:
            if name not in made:
                workspace = await furnish(db, name)
                held.push_async_callback(check_events, db, workspace.id)
                client = await held.enter_async_context(connected(app, workspace.key))
                make = Factory(client, db, workspace.id)
                stage = set_stage(stepped, session_clock, make, workspace)
                made[name] = await held.enter_async_context(stage)
            return made[name]

        yield find


@pytest.fixture
async def stage(
    stages: Callable[[str], Awaitable[Stage]], clock: SteppedClock, request: pytest.FixtureRequest
) -> Stage:
    """One for all tests of an operation: each makes the things that it changes."""
    return await stages(str(request.node.callspec.params.get("operation")))


def every(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


def patch(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], headers: dict[str, str]
) -> Send:
    return lambda: client.patch(path, json=body, headers=headers)


def delete(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> Send:
    return lambda: client.delete(path, headers=headers)


async def meetings(
    stage: Stage, operation: Operation, *, same: bool, headers: dict[str, str]
) -> AsyncIterator[tuple[Meeting, str, dict[str, Any], dict[str, Any]]]:
    """Two writers, for each field of the first and each place between two of its statements.

    The second writes the `same`, or another field. Also the path of the thing, and both bodies.
    """
    for index, _ in enumerate(changes_of(operation, stage.world)):
        for step in count(1):
            # Another value each time: what was given to one thing may be taken for the next.
            body, field = [*changes_of(operation, stage.world)][index]
            path = await stage.subject(operation.path)
            other = body if same else another_change(operation, stage.world, field)
            first = patch(stage.first, path, body, headers)
            met = await stage.meet(first, patch(stage.second, path, other, headers), step=step)
            if not met.rivals:
                assert step > 1
                break
            yield met, path, body, other


async def assert_chain(stage: Stage, path: str, last: int) -> None:
    """Each version has the events of one write, and each write begins where the last one ended."""
    id = path.rpartition("/")[2]
    await stage.chain(id)
    assert max(each["version"] for each in await events_of(stage.watch, id)) == last


async def assert_kept(stage: Stage, path: str, *sent: dict[str, Any]) -> None:
    """What was sent is there: sending it again changes nothing."""
    before = await stage.version(path)
    for body in sent:
        answer = await stage.second.patch(path, json=body)
        assert (answer.status_code, await stage.version(path)) == (200, before), body


@every(WITH_FIELDS)
async def test_two_fields_of_two_writers(stage: Stage, operation: Operation) -> None:
    async for met, path, *bodies in meetings(stage, operation, same=False, headers={}):
        assert met.statuses == (200, 200), bodies
        await assert_chain(stage, path, 3)
        await assert_kept(stage, path, *bodies)


@every(PATCHES)
async def test_two_writers_of_the_same_change_it_once(stage: Stage, operation: Operation) -> None:
    async for met, path, *bodies in meetings(stage, operation, same=True, headers={}):
        assert met.statuses == (200, 200), bodies
        await assert_chain(stage, path, 2)


@every(WITH_FIELDS)
async def test_one_of_two_with_the_same_if_match_writes(stage: Stage, operation: Operation) -> None:
    async for met, path, body, other in meetings(stage, operation, same=False, headers=VERSION_1):
        assert met.statuses in {(200, 412), (412, 200)}, (body, other)
        await assert_chain(stage, path, 2)
        await assert_kept(stage, path, body if met.answer.is_success else other)


@pytest.mark.parametrize("is_keyed", [False, True], ids=["plain", "keyed"])
@every(WITH_FIELDS)
async def test_writers_before_every_statement(
    stage: Stage, operation: Operation, *, is_keyed: bool
) -> None:
    for tries in range(1, TRIES):
        body, field = next(changes_of(operation, stage.world))
        path = await stage.subject(operation.path)
        others = [another_change(operation, stage.world, field) for _ in range(tries)]
        headers = {"Idempotency-Key": f"{tries}"} if is_keyed else {}
        first = patch(stage.first, path, body, headers)
        met = await stage.meet(first, *(patch(stage.second, path, each, {}) for each in others))
        assert {*met.statuses} == {200}
        await assert_chain(stage, path, len(met.statuses) + 1)
        await assert_kept(stage, path, body, others[len(met.rivals) - 1])


@pytest.mark.parametrize("headers", [{}, VERSION_1], ids=["any", "If-Match"])
@pytest.mark.parametrize("is_first", [True, False], ids=["changed", "deleted"])
@every(PATCHES)
async def test_a_change_and_a_deletion(
    stage: Stage, operation: Operation, headers: dict[str, str], *, is_first: bool
) -> None:
    """The one that comes later finds nothing, or another version."""
    for step in count(1):
        body, _ = next(changes_of(operation, stage.world))
        path = await stage.subject(operation.path)
        clients = (stage.first, stage.second) if is_first else (stage.second, stage.first)
        pair = [patch(clients[0], path, body, headers), delete(clients[1], path, headers)]
        met = await stage.meet(*(pair if is_first else pair[::-1]), step=step)
        if not met.rivals:
            assert step > 1
            break
        patched, deleted = met.statuses if is_first else met.statuses[::-1]
        both = (200, 412) if headers else (200, 200)
        assert (patched, deleted) in {both, (404, 200)}, step
        assert (await stage.second.get(path)).is_success == (deleted != 200)
        await assert_chain(stage, path, 1 + [patched, deleted].count(200))


@pytest.mark.parametrize("headers", [{}, {"If-Match": '"2"'}], ids=["any", "If-Match"])
@pytest.mark.parametrize("rival", ["title", "need", "removal", "deletion"])
@pytest.mark.parametrize("first", ["need", "removal"])
async def test_needs_of_a_thread(
    stage: Stage, first: str, rival: str, headers: dict[str, str]
) -> None:
    """The version that counts is the thread's."""
    make = stage.world.make
    for step in count(1):
        path = await stage.subject("/threads/{id}")
        asked = [{"project_ids": [(await make.project())["id"]]} for _ in range(2)]
        made = await stage.second.post(f"{path}/customer-needs", json=asked[0])
        calls: dict[str, tuple[str, str, Any]] = {
            "title": ("PATCH", path, {"title": "other"}),
            "need": ("POST", f"{path}/customer-needs", asked[1]),
            "removal": ("DELETE", f"{path}/customer-needs/{made.json()['data'][0]['id']}", None),
            "deletion": ("DELETE", path, None),
        }

        def write(client: httpx.AsyncClient, kind: str, calls: dict[str, Any] = calls) -> Send:
            method, there, body = calls[kind]
            return lambda: client.request(method, there, json=body, headers=headers)

        met = await stage.meet(write(stage.first, first), write(stage.second, rival), step=step)
        if not met.rivals:
            assert step > 1
            break
        gone = {"removal", "deletion"} & {first, rival}
        assert met.statuses in ({(200, 412), (412, 200)} if headers else {(200, 200)}) | (
            {(404, 200), (200, 404)} if gone else set()
        )
        # The later one of the same needs finds it linked already.
        writes = 1 if first == rival == "need" else met.statuses.count(200)
        await assert_chain(stage, path, 2 + writes)
