"""Finds who calls by their key, and remembers it for a moment."""

import time
from collections.abc import Awaitable, Callable

from looplane.kit.errors import RateLimited, Unauthenticated, UnsupportedKeyVersion
from looplane.kit.keys import digest
from looplane.kit.limits import Window
from looplane.kit.principal import Principal

# A revoked key is refused, and a new one known, after this many seconds at the latest.
_CACHE_SECONDS = 1.0
_CACHE_SIZE = 10_000
# Keys that were known this many seconds ago are looked up again, whoever shares their address.
_TRUSTED_SECONDS = 600.0
# So many unknown keys from one address in a minute are looked up.
UNKNOWN_KEYS_PER_MINUTE = 100

Find = Callable[[bytes], Awaitable[Principal | None]]


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


class Authenticator:
    """Looks keys up, and spares the database keys that it has just been asked for."""

    def __init__(self, find: Find) -> None:
        self._find = find
        # By the digest of a key: until when it counts, and whose it is; None for nobody's.
        self._cache: dict[bytes, tuple[float, Principal | None]] = {}
        self._last_known: dict[bytes, float] = {}
        self._unknown = Window()

    async def authenticate(self, header: str | None, address: str) -> Principal:
        """Who calls, by the Authorization header, from `address`.

        Raises Unauthenticated, UnsupportedKeyVersion, RateLimited.
        """
        hashed, now = digest(bearer(header)), time.monotonic()
        until, principal = self._cache.get(hashed, (0.0, None))
        if until <= now:
            self._refuse_guessing(hashed, address, now)
            principal = await self._look_up(hashed, address)
        if principal is None:
            msg = "This API key is unknown or revoked."
            raise Unauthenticated(msg)
        return principal

    def _refuse_guessing(self, hashed: bytes, address: str, now: float) -> None:
        if self._unknown.count(address) < UNKNOWN_KEYS_PER_MINUTE:
            return
        if self._last_known.get(hashed, 0.0) + _TRUSTED_SECONDS < now:
            raise RateLimited(self._unknown.seconds_left())

    async def _look_up(self, hashed: bytes, address: str) -> Principal | None:
        principal = await self._find(hashed)
        now = time.monotonic()
        if principal is None:
            self._unknown.add(address)
            self._last_known.pop(hashed, None)
        else:
            _bounded(self._last_known)[hashed] = now
        _bounded(self._cache)[hashed] = (now + _CACHE_SECONDS, principal)
        return principal


def _bounded(cache: dict) -> dict:  # type: ignore[type-arg]  # whatever it holds
    if len(cache) >= _CACHE_SIZE:
        cache.clear()
    return cache
