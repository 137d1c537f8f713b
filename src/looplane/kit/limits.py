"""Requests a minute, counted in this process."""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from uuid import UUID

from looplane.kit.errors import RateLimited
from looplane.kit.networks import caller_network

_WINDOW = 60  # seconds
# With this many names in one minute all further ones are counted as one.
_MAX_NAMES = 100_000


class Window:
    """Counts by name within a whole minute."""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: dict[Hashable, int] = {}

    def add(self, name: Hashable, more: int = 1) -> int:
        """Counts so many more; how many there are."""
        name = self._counted_as(name)
        count = self._counts[name] = self._counts.get(name, 0) + more
        return count

    def take_back(self, name: Hashable) -> None:
        """Counts one less, where there is one."""
        name = self._counted_as(name)
        if self._counts.get(name):
            self._counts[name] -= 1

    def count(self, name: Hashable) -> int:
        """How many there are."""
        return self._counts.get(self._counted_as(name), 0)

    def ends_at(self) -> int:
        """When the minute ends, in unix seconds."""
        return (int(time.time()) // _WINDOW + 1) * _WINDOW

    def seconds_left(self) -> int:
        """Until the minute ends."""
        return max(1, self.ends_at() - int(time.time()))

    def _counted_as(self, name: Hashable) -> Hashable:
        minute = int(time.time()) // _WINDOW
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        return name if name in self._counts or len(self._counts) < _MAX_NAMES else None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a key has left in the present minute."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The three headers; `X-RateLimit-Reset` is in unix seconds."""
        return [
            (b"x-ratelimit-limit", b"%d" % self.limit),
            (b"x-ratelimit-remaining", b"%d" % max(self.remaining, 0)),
            (b"x-ratelimit-reset", b"%d" % self.reset),
        ]


class VisitLimiter:
    """Counts the requests of those who are nobody yet, by address; 0 switches the limit off."""

    def __init__(self, most: int) -> None:
        self._most, self._window = most, Window()

    def take(self, address: str) -> None:
        """Takes one request. Raises RateLimited when those of this minute are used up."""
        if self._most and self._window.add(caller_network(address)) > self._most:
            raise RateLimited(self._window.seconds_left(), "visit")


class RateLimiter:
    """Counts the requests of each key, reads and writes apart; 0 switches a limit off.

    Uploads are counted once more, for themselves.
    """

    def __init__(self, reads: int, writes: int, uploads: int = 0) -> None:
        self._limits = {"read": reads, "write": writes, "upload": uploads}
        self._window = Window()

    def spend(self, key_id: UUID | None, kind: str) -> RateLimit | None:
        """Takes one request of `kind` (read, write or upload); None where there is no limit."""
        limit = self._limits[kind]
        if not limit:
            return None
        used = self._window.add((key_id, kind))
        return RateLimit(limit, limit - used, self._window.ends_at())

    def spend_more(self, key_id: UUID | None, kind: str, count: int) -> RateLimit | None:
        """Takes `count` more for a request that was counted; None where there is no limit.

        No request costs more than a minute has. Raises RateLimited, and takes nothing, where there
        are not so many left.
        """
        limit = self._limits[kind]
        if not limit:
            return None
        count = min(count, limit - 1)
        if self._window.count((key_id, kind)) + count > limit:
            raise RateLimited(self._window.seconds_left(), kind)
        used = self._window.add((key_id, kind), count)
        return RateLimit(limit, limit - used, self._window.ends_at())

    def refuse_overspent(self, left: RateLimit, kind: str) -> None:
        """Raises RateLimited when the minute's requests of `kind` are used up."""
        if left.remaining < 0:
            raise RateLimited(self._window.seconds_left(), kind)
