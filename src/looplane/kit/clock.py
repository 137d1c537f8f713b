"""The one clock: every time that is stored comes from here, never from the database.

So a test can step it, and one write carries one moment.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

_MILLISECOND = timedelta(milliseconds=1)


def system_clock() -> datetime:
    """The present moment, UTC, in whole milliseconds, as the API shows it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def later_than(moment: datetime, clock: Clock) -> datetime:
    """The present moment, or a millisecond after `moment` where the clock is behind it."""
    return max(clock(), moment + _MILLISECOND)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
