"""Finds who calls by their secret, and remembers it for a moment."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from looplane.kit.clock import Clock, system_clock
from looplane.kit.errors import Forbidden, RateLimited, Unauthenticated, UnsupportedKeyVersion
from looplane.kit.keys import digest
from looplane.kit.limits import Window
from looplane.kit.networks import caller_network, is_within
from looplane.kit.principal import ARCHIVED, Principal

# A revoked secret is refused after this many seconds at the latest.
_CACHE_SECONDS = 1.0
# An unknown key stays unknown, for nobody can have one before it is made. One whose member comes
# back is known again after so many seconds.
_UNKNOWN_SECONDS = 10.0
_CACHE_SIZE = 10_000
# Keys that were known this many seconds ago are looked up again, whoever shares their address.
_TRUSTED_SECONDS = 600.0
# So many unknown keys from one address in a minute are looked up.
UNKNOWN_KEYS_PER_MINUTE = 100

Find = Callable[[bytes], Coroutine[Any, Any, Principal | None]]
# Told of each caller who was let in.
Note = Callable[[Principal], None]
_Value = TypeVar("_Value")


def bearer(header: str | None) -> str:
    """The key in an Authorization header.

    Raises Unauthenticated without one, UnsupportedKeyVersion for a key of API v1.
    """
    scheme, _, key = (header or "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        msg = "Send an API key in the header «Authorization: Bearer ll_…»."
        raise Unauthenticated(msg)
    if key.startswith("pl_v1_"):
        msg = "Keys of API v1 are not accepted here; create a key for API v2."
        raise UnsupportedKeyVersion(msg)
    return key


@dataclass(slots=True, eq=False)
class _LookUp:
    """One question to the database, shared by all who send the key while it counts."""

    task: asyncio.Task[Principal | None]
    until: float


class Authenticator:
    """Looks secrets up, and spares the database those that it has just been asked for.

    They are keys, or what else `noun` says. Whether one has expired, and from where it comes, is
    seen at each request.
    """

    def __init__(
        self,
        find: Find,
        clock: Clock = system_clock,
        note: Note = lambda _: None,
        noun: str = "API key",
    ) -> None:
        self._find, self._clock, self._note, self._noun = find, clock, note, noun
        # Both by the digest of a secret; the second says when it was known.
        self._look_ups: OrderedDict[bytes, _LookUp] = OrderedDict()
        self._known: OrderedDict[bytes, float] = OrderedDict()
        self._unknown = Window()

    async def authenticate(self, secret: str, address: str) -> Principal:
        """Who calls with `secret`, from `address`.

        Raises Unauthenticated, Forbidden, RateLimited, and what `find` raises.
        """
        hashed, now = digest(secret), time.monotonic()
        look_up = self._look_ups.get(hashed)
        if look_up is None or look_up.until <= now:
            look_up = self._ask(hashed, caller_network(address), now)
        # Whoever goes away does not take the answer from the others.
        principal = await asyncio.shield(look_up.task)
        if principal is None:
            msg = f"This {self._noun} is unknown or revoked."
            raise Unauthenticated(msg)
        self._refuse_out_of_bounds(principal, address)
        self._note(principal)
        return principal

    def forget(self, hashed: bytes) -> None:
        """Looks the secret with this digest up again when it comes: it was ended here."""
        self._look_ups.pop(hashed, None)

    def _refuse_out_of_bounds(self, principal: Principal, address: str) -> None:
        if principal.expires_at is not None and principal.expires_at <= self._clock():
            msg = f"This {self._noun} has expired."
            raise Unauthenticated(msg)
        if principal.is_archived:
            raise Forbidden(ARCHIVED)
        if principal.networks and not is_within(address, principal.networks):
            msg = f"This {self._noun} is not for calls from {address or 'an unknown address'}."
            raise Forbidden(msg)

    def _ask(self, hashed: bytes, network: str, now: float) -> _LookUp:
        guess = now - self._known.get(hashed, -math.inf) > _TRUSTED_SECONDS
        if guess:
            if self._unknown.count(network) >= UNKNOWN_KEYS_PER_MINUTE:
                raise RateLimited(self._unknown.seconds_left(), "unknown_key")
            self._unknown.add(network)  # before it is known, or many at once would get through
        task = asyncio.create_task(self._find(hashed))
        # Counted from the question on, since the answer may be as old as that.
        look_up = _LookUp(task, now + _CACHE_SECONDS)
        _remember(self._look_ups, hashed, look_up)
        task.add_done_callback(
            lambda _: self._conclude(hashed, look_up, network if guess else None, now)
        )
        return look_up

    def _conclude(self, hashed: bytes, look_up: _LookUp, guesser: str | None, asked: float) -> None:
        task = look_up.task
        if task.cancelled() or task.exception() is not None:
            look_up.until = 0.0  # the next one asks again
        elif task.result() is None:
            look_up.until = asked + _UNKNOWN_SECONDS
            self._known.pop(hashed, None)
            return
        else:
            _remember(self._known, hashed, asked)
        if guesser is not None:
            self._unknown.take_back(guesser)


def _remember(cache: OrderedDict[bytes, _Value], hashed: bytes, value: _Value) -> None:
    cache[hashed] = value
    cache.move_to_end(hashed)
    if len(cache) > _CACHE_SIZE:
        cache.popitem(last=False)
