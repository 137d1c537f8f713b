"""Keys: what looking them up costs, how long an answer counts, and what guessing comes to."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from types import SimpleNamespace
from uuid import uuid4

import asyncpg
import pytest

from looplane.kit import authentication, limits
from looplane.kit.authentication import UNKNOWN_KEYS_PER_MINUTE, Authenticator
from looplane.kit.database import ACQUIRE_TIMEOUT, Database, open_database
from looplane.kit.errors import RateLimited, Unauthenticated, Unavailable, UnsupportedKeyVersion
from looplane.kit.keys import digest
from looplane.kit.principal import Principal

HERE, THERE = "198.51.100.7", "203.0.113.9"


class Time:
    """Both of the clocks, which move only when told to."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0  # 40 s into a minute

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


class Keys:
    """The keys there are, and what was asked about them."""

    def __init__(self) -> None:
        self.principals: dict[bytes, Principal] = {}
        self.asked: Counter[bytes] = Counter()
        self.failure: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    def add(self, key: str) -> Principal:
        made = Principal(uuid4(), "program", key_id=uuid4())
        self.principals[digest(key)] = made
        return made

    def revoke(self, key: str) -> None:
        del self.principals[digest(key)]

    async def find(self, hashed: bytes) -> Principal | None:
        self.asked[hashed] += 1
        found = self.principals.get(hashed)
        await self.answers.wait()
        if self.failure is not None:
            raise self.failure
        return found


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    clocks = SimpleNamespace(monotonic=time.monotonic, time=time.time)
    monkeypatch.setattr(authentication, "time", clocks)
    monkeypatch.setattr(limits, "time", clocks)
    return time


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def authenticator(keys: Keys, time: Time) -> Authenticator:
    return Authenticator(keys.find)


async def authenticate(authenticator: Authenticator, key: str, address: str = HERE) -> Principal:
    return await authenticator.authenticate(f"Bearer {key}", address)


async def outcome(authenticator: Authenticator, key: str, address: str = HERE) -> object:
    try:
        return await authenticate(authenticator, key, address)
    except (Unauthenticated, RateLimited) as error:
        return type(error)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic x", "ll_key"])
async def test_without_a_key_nobody_is_asked(
    authenticator: Authenticator, keys: Keys, header: str | None
) -> None:
    with pytest.raises(Unauthenticated, match="Authorization"):
        await authenticator.authenticate(header, HERE)
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


async def guess(authenticator: Authenticator, count: int, address: str = HERE) -> Counter[object]:
    keys = (f"ll_{uuid4()}" for _ in range(count))
    return Counter([await outcome(authenticator, key, address) for key in keys])


async def test_guessing_costs_so_many_questions_a_minute(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    counts = await guess(authenticator, 3 * UNKNOWN_KEYS_PER_MINUTE)
    assert counts == {
        Unauthenticated: UNKNOWN_KEYS_PER_MINUTE,
        RateLimited: 2 * UNKNOWN_KEYS_PER_MINUTE,
    }
    assert keys.asked.total() == UNKNOWN_KEYS_PER_MINUTE
    with pytest.raises(RateLimited) as caught:
        await authenticate(authenticator, "ll_more")
    left = int(caught.value.headers["Retry-After"])
    assert 0 < left <= 60
    time.now += left
    assert await outcome(authenticator, "ll_more") is Unauthenticated


async def test_guessing_at_once_is_no_way_round(authenticator: Authenticator, keys: Keys) -> None:
    keys.answers.clear()
    tasks = [asyncio.create_task(outcome(authenticator, f"ll_{n}")) for n in range(500)]
    await asyncio.sleep(0)
    keys.answers.set()
    counts = Counter(await asyncio.gather(*tasks))
    assert counts[Unauthenticated] == keys.asked.total() == UNKNOWN_KEYS_PER_MINUTE


async def test_guessing_from_one_address_is_nothing_to_others(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    principal, elsewhere = keys.add("ll_a"), keys.add("ll_b")
    await authenticate(authenticator, "ll_a")
    time.now += 1
    await guess(authenticator, 2 * UNKNOWN_KEYS_PER_MINUTE)
    # Known a moment ago, though from the guesser's address; and not yet known, from another.
    assert await outcome(authenticator, "ll_a") is principal
    assert await outcome(authenticator, "ll_b") is RateLimited
    assert await outcome(authenticator, "ll_b", THERE) is elsewhere
    assert await outcome(authenticator, "ll_b") is elsewhere


async def test_a_revoked_key_is_not_trusted_any_more(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    keys.add("ll_a")
    await authenticate(authenticator, "ll_a")
    await guess(authenticator, UNKNOWN_KEYS_PER_MINUTE)
    keys.revoke("ll_a")
    time.now += 1
    assert await outcome(authenticator, "ll_a") is Unauthenticated
    time.now += 10
    assert await outcome(authenticator, "ll_a") is RateLimited


async def test_keys_that_are_known_are_no_guesses(
    authenticator: Authenticator, keys: Keys, time: Time
) -> None:
    names = [f"ll_{number}" for number in range(3 * UNKNOWN_KEYS_PER_MINUTE)]
    for name in names:
        keys.add(name)
    for _ in range(3):
        for name in names:
            assert isinstance(await outcome(authenticator, name), Principal)
        time.now += 1
    counts = await guess(authenticator, UNKNOWN_KEYS_PER_MINUTE)
    assert counts == {Unauthenticated: UNKNOWN_KEYS_PER_MINUTE}


async def test_the_addresses_of_one_network_are_one_guesser(
    authenticator: Authenticator, keys: Keys
) -> None:
    for number in range(2 * UNKNOWN_KEYS_PER_MINUTE):
        await guess(authenticator, 1, f"2001:db8:0:7::{number:x}")
    assert keys.asked.total() == UNKNOWN_KEYS_PER_MINUTE
    assert await guess(authenticator, 1, "2001:db8:0:8::1") == {Unauthenticated: 1}
    assert await guess(authenticator, 1, "::ffff:198.51.100.8") == {Unauthenticated: 1}
    await guess(authenticator, 2 * UNKNOWN_KEYS_PER_MINUTE, "::ffff:198.51.100.8")
    assert await guess(authenticator, 1, "::ffff:198.51.100.9") == {Unauthenticated: 1}
    assert await guess(authenticator, 1, "") == {Unauthenticated: 1}


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


def test_a_window_counts_names_apart_and_forgets_them_with_the_minute(time: Time) -> None:
    window = limits.Window()
    assert [window.add("a"), window.add("a"), window.add("b")] == [1, 2, 1]
    window.take_back("a")
    window.take_back("nobody")
    assert [window.count(name) for name in ("a", "b", "nobody")] == [1, 1, 0]
    time.now += window.seconds_left()
    assert [window.count(name) for name in ("a", "b")] == [0, 0]
    window.take_back("a")
    assert window.count("a") == 0


def test_a_window_with_too_many_names_counts_the_rest_as_one(
    time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_MOST_NAMES", 3)
    window = limits.Window()
    for name in range(6):
        window.add(name)
    assert [window.count(name) for name in range(6)] == [1, 1, 1, 3, 3, 3]
    assert [window.add(0), window.add(5), window.add(77)] == [2, 4, 5]
