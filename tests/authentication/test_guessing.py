"""Keys that nobody has: what guessing comes to, for the guesser and for others."""

import asyncio
from collections import Counter

import pytest

from looplane.kit import limits
from looplane.kit.authentication import UNKNOWN_KEYS_PER_MINUTE, Authenticator
from looplane.kit.errors import RateLimited, Unauthenticated
from looplane.kit.principal import Principal
from tests.authentication.keys import THERE, Keys, Time, authenticate, guess, outcome


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
    monkeypatch.setattr(limits, "_MAX_NAMES", 3)
    window = limits.Window()
    for name in range(6):
        window.add(name)
    assert [window.count(name) for name in range(6)] == [1, 1, 1, 3, 3, 3]
    assert [window.add(0), window.add(5), window.add(77)] == [2, 4, 5]
