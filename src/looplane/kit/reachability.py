"""Whether the database can be reached, as those who use it all the time find out."""

import time

import asyncpg
import structlog

from looplane.kit.database import is_unreachable
from looplane.kit.errors import Unavailable

_log = structlog.get_logger("looplane.database")
# Seconds without an answer to anybody; a single one that waits may wait for something else.
_SILENCE = 5.0
_SLOW = (TimeoutError, Unavailable, asyncpg.QueryCanceledError)


class Reachability:
    """Says once that the database is away, and once that it is back, however many ask for it."""

    def __init__(self) -> None:
        self._away_since: float | None = None
        self._answered_at = time.monotonic()

    def answered(self, asked_at: float) -> None:
        """It did what was asked of it at this time of the monotonic clock."""
        self._answered_at = time.monotonic()
        # What was asked before may have been answered before.
        if self._away_since is not None and asked_at >= self._away_since:
            seconds = round(self._answered_at - self._away_since, 1)
            self._away_since = None
            _log.warning("the database is back", away_seconds=seconds)

    def failed(self, error: Exception) -> None:
        """It did not, for this reason."""
        if self._away_since is not None or not self._says_away(error):
            return
        self._away_since = time.monotonic()
        _log.warning(
            "the database is away; the work goes on when it is back",
            reason=type(error).__name__,
            message=str(error),
        )

    def _says_away(self, error: Exception) -> bool:
        if isinstance(error, _SLOW):
            return time.monotonic() - self._answered_at > _SILENCE
        return is_unreachable(error)
