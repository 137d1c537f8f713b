"""The figures of requests, for Prometheus; of all API processes together where there are several.

The client library decides by its environment variable, when it is imported, whether figures are
kept in this process or in files that several share.
"""

import os
from functools import cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# In place of a status: the caller was gone before there was an answer.
CALLER_GONE = 499
CONTENT_TYPE = CONTENT_TYPE_LATEST

_REQUESTS = Counter(
    "looplane_requests_total", "Requests answered.", ["method", "operation", "status"]
)
_SECONDS = Histogram(
    "looplane_request_seconds", "Time to answer a request.", ["method", "operation"]
)


@cache
def _counter(method: str, operation: str, status: int) -> Counter:
    return _REQUESTS.labels(method, operation, str(status))


@cache
def _histogram(method: str, operation: str) -> Histogram:
    return _SECONDS.labels(method, operation)


def count(method: str, operation: str, status: int) -> None:
    """Counts an answer; `operation` is `other` where it is none of ours."""
    # Anyone can make up methods; a figure for each would fill the memory.
    _counter(_bounded(method, operation), operation, status).inc()


def measure(method: str, operation: str, seconds: float) -> None:
    """Notes how long an answer took."""
    _histogram(_bounded(method, operation), operation).observe(seconds)


def _bounded(method: str, operation: str) -> str:
    return method if operation != "other" or method == "GET" else "other"


def exposition() -> bytes:
    """All figures in the text format of Prometheus."""
    if SHARED_FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
