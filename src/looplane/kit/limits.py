"""Requests a minute, per key and kind, counted in this process."""

import time
from dataclasses import dataclass
from uuid import UUID

from looplane.kit.errors import RateLimited

_WINDOW = 60


@dataclass(frozen=True, slots=True)
class Spent:
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


class Limits:
    """Counts requests in whole minutes; 0 switches a limit off."""

    def __init__(self, reads: int, writes: int) -> None:
        self._limits = {"read": reads, "write": writes}
        self._window = 0
        self._counts: dict[tuple[UUID, str], int] = {}

    def spend(self, key_id: UUID, kind: str) -> Spent | None:
        """Takes one request of `kind` (read or write); None where there is no limit."""
        limit = self._limits[kind]
        if not limit:
            return None
        window = int(time.time()) // _WINDOW
        if window != self._window:
            self._window = window
            self._counts.clear()
        used = self._counts[key_id, kind] = self._counts.get((key_id, kind), 0) + 1
        return Spent(limit, limit - used, (window + 1) * _WINDOW)


def refuse_overspent(spent: Spent) -> None:
    """Raises RateLimited when the minute's requests are used up."""
    if spent.remaining < 0:
        raise RateLimited(max(1, spent.reset - int(time.time())))
