"""The figures of requests."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

# In place of a status: the caller was gone before there was an answer.
CALLER_GONE = 499
# In seconds. Most answers take less than five milliseconds; none takes more than thirty seconds.
BUCKETS = (
    *(0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)

_REQUESTS = Counter(
    "looplane_requests_total", "Requests answered.", ["method", "operation", "status"]
)
# By operation alone, which says the method: each label more would be sixteen series more of each.
_SECONDS = Histogram(
    "looplane_request_seconds",
    "Time to answer a request; of a stream, until it began.",
    ["operation"],
    buckets=BUCKETS,
)
_LIMITED = Counter(
    "looplane_rate_limited_total", "Requests refused with 429, by the limit.", ["limit"]
)
STREAMS = Gauge(
    "looplane_stream_followers",
    "Callers who follow a stream of events now.",
    multiprocess_mode="livesum",
)


@cache
def _counter(method: str, operation: str, status: int) -> Counter:
    return _REQUESTS.labels(method, operation, str(status))


@cache
def _histogram(operation: str) -> Histogram:
    return _SECONDS.labels(operation)


def count(method: str, operation: str, status: int) -> None:
    """Counts an answer; `operation` is `other` where it is none of ours."""
    # Anyone can make up methods; a figure for each would fill the memory.
    _counter(_bounded(method, operation), operation, status).inc()


def measure(operation: str, seconds: float) -> None:
    """Notes how long an answer took."""
    _histogram(operation).observe(seconds)


def count_limited(limit: str) -> None:
    """Counts a request that a limit refused."""
    _LIMITED.labels(limit).inc()


def _bounded(method: str, operation: str) -> str:
    return method if operation != "other" or method == "GET" else "other"
