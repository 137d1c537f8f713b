"""How many may stay at once, in all and with one key each."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from looplane.kit.errors import RateLimited, Unavailable
from looplane.kit.http_metrics import STREAMS

# Seconds until it is worth another try.
_RETRY = 5


class Places:
    """Places of this process for callers who stay; 0 is no limit."""

    def __init__(self, most: int, most_per_key: int) -> None:
        self._most, self._most_per_key = most, most_per_key
        self._taken: Counter[UUID | None] = Counter()
        self.taken = 0

    @contextmanager
    def take(self, key_id: UUID | None) -> Iterator[None]:
        """Takes a place while it lasts.

        Raises RateLimited where the key has as many as it may, Unavailable where all are taken.
        """
        if self._most_per_key and self._taken[key_id] >= self._most_per_key:
            raise RateLimited(_RETRY, "followers")
        if self._most and self.taken >= self._most:
            msg = "As many follow events here as can at once; try again."
            raise Unavailable(msg)
        self.taken += 1
        STREAMS.inc()
        self._taken[key_id] += 1
        try:
            yield
        finally:
            self.taken -= 1
            STREAMS.dec()
            self._taken[key_id] -= 1
            if not self._taken[key_id]:
                del self._taken[key_id]
