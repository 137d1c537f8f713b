"""The figures of what happens by itself."""

import time
from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

# In seconds: an attempt ends by itself within a minute or so.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

_LAST = Gauge(
    "looplane_worker_last_round_timestamp_seconds",
    "When a round of this work last went well, in seconds since 1970.",
    ["round"],
    multiprocess_mode="max",
)
_PAUSE = Gauge(
    "looplane_worker_round_pause_seconds",
    "Time between two rounds of this work, at the most.",
    ["round"],
    multiprocess_mode="max",
)
_FAILURES = Counter(
    "looplane_worker_round_failures_total", "Rounds of this work that failed.", ["round"]
)
_ATTEMPTS = Counter(
    "looplane_delivery_attempts_total", "Attempts to deliver.", ["channel", "outcome"]
)
_SECONDS = Histogram(
    "looplane_delivery_attempt_seconds",
    "Time that an attempt to deliver took.",
    ["channel"],
    buckets=_BUCKETS,
)
_DIED = Counter(
    "looplane_deliveries_died_total", "Deliveries that will not be tried again.", ["channel"]
)


def note_round(name: str, pause: float) -> None:
    """A round of the work called so went well; the next is in `pause` seconds at the latest."""
    _LAST.labels(name).set(time.time())
    _PAUSE.labels(name).set(pause)


def count_failure(name: str) -> None:
    """Counts a round of the work called so that failed."""
    _FAILURES.labels(name).inc()


def count_attempt(channel: str, outcome: str, seconds: float) -> None:
    """Counts an attempt that is over."""
    _ATTEMPTS.labels(channel, outcome).inc()
    _SECONDS.labels(channel).observe(seconds)


def begin_channels(channels: Iterable[str]) -> None:
    """Begins to count what dies at zero, so that the first one that does is seen as an increase."""
    for channel in channels:
        _DIED.labels(channel)


def count_died(channel: str) -> None:
    """Counts a delivery that will not be tried again."""
    _DIED.labels(channel).inc()
