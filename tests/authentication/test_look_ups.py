"""Keys: what looking them up costs, and how long an answer counts."""

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest

from looplane.kit import authentication
from looplane.kit.authentication import UNKNOWN_KEYS_PER_MINUTE, Authenticator, bearer
from looplane.kit.database import ACQUIRE_TIMEOUT, Database, open_database
from looplane.kit.errors import Unauthenticated, Unavailable, UnsupportedKeyVersion
from looplane.kit.principal import Principal
from tests.authentication.keys import HERE, Keys, Time, authenticate, guess, outcome


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic x", "ll_key"])
async def test_without_a_key_nobody_is_asked(
    authenticator: Authenticator, keys: Keys, header: str | None
) -> None:
    with pytest.raises(Unauthenticated, match="Authorization"):
        await authenticator.authenticate(bearer(header), HERE)
    assert not keys.asked


async def test_a_key_of_v1_is_named_as_such(authenticator: Authenticator, keys: Keys) -> None:
    with pytest.raises(UnsupportedKeyVersion):
        await authenticate(authenticator, "pl_v1_x")
    assert not keys.asked


async def test_a_known_key_is_asked_for_once_a_second(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    principal = keys.add("ll_a")
    for _ in range(10):
        assert await authenticate(authenticator, "ll_a") is principal
    assert keys.asked.total() == 1
    time.now += 1
    for _ in range(10):
        assert await authenticate(authenticator, "ll_a") is principal
    assert keys.asked.total() == 2


async def test_a_revoked_key_is_refused_within_a_second(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    keys.add("ll_a")
    await authenticate(authenticator, "ll_a")
    keys.revoke("ll_a")
    time.now += 1
    assert await outcome(authenticator, "ll_a") is Unauthenticated


async def test_the_second_begins_with_the_question(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    """What a busy database answers late is old already."""
    keys.add("ll_a")
    keys.answers.clear()
    waiting = asyncio.create_task(authenticate(authenticator, "ll_a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert keys.asked.total() == 1
    keys.revoke("ll_a")
    time.now += 1
    late = asyncio.create_task(outcome(authenticator, "ll_a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    keys.answers.set()
    await waiting
    assert await late is Unauthenticated
    assert await outcome(authenticator, "ll_a") is Unauthenticated


async def test_an_old_answer_does_not_lengthen_a_new_one(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    """Unknown at first, and known when it is asked for again: the first answer comes last."""
    keys.answers.clear()
    first = asyncio.create_task(outcome(authenticator, "ll_a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    keys.add("ll_a")
    time.now += 1
    second = asyncio.create_task(outcome(authenticator, "ll_a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    keys.answers.set()
    assert await first is Unauthenticated
    assert isinstance(await second, Principal)
    keys.revoke("ll_a")
    time.now += 1
    assert await outcome(authenticator, "ll_a") is Unauthenticated


@pytest.mark.parametrize("known", [True, False])
async def test_many_who_ask_at_once_are_one_question(
    authenticator: Authenticator, keys: Keys, known: bool
) -> None:
    if known:
        keys.add("ll_a")
    outcomes = await asyncio.gather(*(outcome(authenticator, "ll_a") for _ in range(200)))
    assert len(set(outcomes)) == 1
    assert keys.asked.total() == 1


async def test_who_goes_away_does_not_take_the_answer_along(
    authenticator: Authenticator, keys: Keys
) -> None:
    principal = keys.add("ll_a")
    keys.answers.clear()
    first = asyncio.create_task(authenticate(authenticator, "ll_a"))
    second = asyncio.create_task(authenticate(authenticator, "ll_a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    keys.answers.set()
    assert await second is principal
    assert keys.asked.total() == 1


async def test_an_unknown_key_is_remembered(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    for _ in range(1000):
        assert await outcome(authenticator, "ll_gone") is Unauthenticated
    assert keys.asked.total() == 1
    time.now += 10
    keys.add("ll_gone")
    assert isinstance(await outcome(authenticator, "ll_gone"), Principal)


async def test_what_is_remembered_is_bounded(
    authenticator: Authenticator, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authentication, "_CACHE_SIZE", 50)
    principal = keys.add("ll_a")
    for number in range(1000):
        keys.add(f"ll_{number}")
        await authenticate(authenticator, f"ll_{number}")
        await guess(authenticator, 1, f"10.0.{number // 250}.{number % 250}")
    caches = [value for value in vars(authenticator).values() if isinstance(value, dict)]
    assert len(caches) == 2
    assert all(len(each) <= 50 for each in caches)
    assert await outcome(authenticator, "ll_a") is principal


async def test_that_the_database_is_away_says_nothing_about_a_key(
    authenticator: Authenticator, keys: Keys
) -> None:
    principal = keys.add("ll_a")
    keys.failure = asyncpg.CannotConnectNowError("the database system is starting up")
    for _ in range(2 * UNKNOWN_KEYS_PER_MINUTE):
        with pytest.raises(asyncpg.CannotConnectNowError, match="starting up"):
            await authenticate(authenticator, "ll_a")
    keys.failure = None
    assert await outcome(authenticator, "ll_a") is principal
    counts = await guess(authenticator, UNKNOWN_KEYS_PER_MINUTE)
    assert counts == {Unauthenticated: UNKNOWN_KEYS_PER_MINUTE}


async def find_in(database: Database, hashed: bytes) -> Principal | None:
    """As the real look-up does; no key is in the table."""
    async with database.reading() as con:
        assert await con.fetchval("select $1::bytea where false", hashed) is None
    return None


async def test_writes_that_wait_do_not_keep_a_key_from_being_unknown(dsn: str) -> None:
    database = await open_database(dsn, 4)
    authenticator = Authenticator(lambda hashed: find_in(database, hashed))

    async def write() -> None:
        async with database.writing() as con:
            await con.fetchval("select 1")

    async with AsyncExitStack() as taken:
        for _ in range(3):
            await taken.enter_async_context(database.writing())
        waiting = asyncio.create_task(write())
        assert await outcome(authenticator, "ll_x") is Unauthenticated
        assert not waiting.done()
    await waiting
    await database.pool.close()


async def test_without_any_connection_it_is_unavailable_and_not_unauthenticated(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("looplane.kit.database.ACQUIRE_TIMEOUT", ACQUIRE_TIMEOUT / 20)
    database = await open_database(dsn, 2)
    authenticator = Authenticator(lambda hashed: find_in(database, hashed))
    async with database.reading(), database.reading():
        with pytest.raises(Unavailable) as caught:
            await authenticate(authenticator, "ll_x")
        assert "Retry-After" in caught.value.headers
    assert await outcome(authenticator, "ll_x") is Unauthenticated
    await database.pool.close()
