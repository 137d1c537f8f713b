"""Writes in parts: their order, their outcomes, what they cost."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from looplane.kit.database import Database
from looplane.kit.errors import Conflict, RateLimited
from looplane.kit.limits import RateLimiter
from looplane.kit.parts import Parts
from looplane.kit.responses import Answer
from tests.processes import come_about


def noting(
    order: list[int], number: int, seconds: float = 0.0
) -> Callable[[Any], Awaitable[Answer]]:
    async def part(con: Any) -> Answer:
        await con.fetchval("select 1")
        await asyncio.sleep(seconds)
        order.append(number)
        return Answer(f"{number}")

    return part


async def test_one_after_the_other_in_their_order(database: Database) -> None:
    order: list[int] = []
    ids = [uuid4() for _ in range(6)]
    found = {id: noting(order, n, 0.02 - n / 500) for n, id in enumerate(ids)}
    outcomes = await Parts(database, "test").write_all(found, abreast=1)
    assert order == [*range(6)]
    assert [outcomes[id].body for id in ids] == [str(n) for n in range(6)]
    assert await Parts(database, "test").write_all({}) == {}


async def test_each_has_its_own_outcome(database: Database) -> None:
    order: list[int] = []

    async def refuse(_: Any) -> Answer:
        msg = "no"
        raise Conflict(msg)

    async def fail(con: Any) -> Answer:
        await con.fetchval("select 1 / 0")
        raise AssertionError

    ids = [uuid4() for _ in range(4)]
    every = [noting(order, 0), refuse, fail, noting(order, 3)]
    outcomes = await Parts(database, "test").write_all(dict(zip(ids, every, strict=True)))
    codes = [getattr(outcomes[id], "code", "done") for id in ids]
    assert codes == ["done", "conflict", "internal_error", "done"]
    assert sorted(order) == [0, 3]


async def test_what_is_given_up_reaches_no_part_by_itself(database: Database) -> None:
    """A request that is cancelled ends its parts, and begins no other."""
    begun: list[int] = []
    ended: list[int] = []

    async def part(number: int, _: Any) -> Answer:
        begun.append(number)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(number)
        raise AssertionError

    every = {uuid4(): partial(part, number) for number in range(9)}
    task = asyncio.create_task(Parts(database, "test").write_all(every))
    await come_about(lambda: len(begun) > 1)
    assert ended == []
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(ended) == sorted(begun)
    assert len(begun) < len(every)


@pytest.mark.parametrize(
    ("count", "requests"),
    [(0, []), (1, []), (50, []), (51, [1]), (100, [1]), (101, [2]), (500, [9])],
)
async def test_each_fifty_are_a_request(
    database: Database, count: int, requests: list[int]
) -> None:
    spent: list[int] = []
    Parts(database, "test", spend=spent.append).charge(count)
    assert spent == requests


def test_all_that_is_asked_for_is_taken_or_nothing(one_minute: None) -> None:
    limiter, key = RateLimiter(0, 10), UUID(int=1)
    limiter.spend(key, "write")
    for more, left in ((4, 5), (0, 5), (5, 0)):
        found = limiter.spend_more(key, "write", more)
        assert found is not None
        assert found.remaining == left
        if left:
            with pytest.raises(RateLimited):
                limiter.spend_more(key, "write", left + 1)
    assert limiter.spend_more(key, "read", 100) is None, "there is no limit"
