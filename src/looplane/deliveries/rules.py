"""When what did not go is tried again."""

from datetime import timedelta

# How long to wait after each attempt that failed; after the last one nothing more is tried.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 24 * 60))
