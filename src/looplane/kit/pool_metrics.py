"""The figures of a pool of connections to the database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from prometheus_client import Counter, Gauge, Summary


def _gauge(name: str, text: str) -> Gauge:
    return Gauge(f"looplane_pool_{name}", text, ["pool"], multiprocess_mode="livesum")


_MOST = _gauge("max_connections", "Connections that the pool may open.")
_OPEN = _gauge("connections", "Connections that are open.")
_IN_USE = _gauge("connections_in_use", "Connections that are in use.")
_WAITING = _gauge("waiting", "Those who wait for their turn and a connection now.")
_WAIT = Summary("looplane_pool_wait_seconds", "Time waited for a connection.", ["pool"])
_TIMEOUTS = Counter("looplane_pool_timeouts_total", "Waits given up, and answered 503.", ["pool"])


class PoolFigures:
    """What one pool of this process is doing, under a `name`.

    Nothing is made before it is used: it must be known by then whether figures are shared.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Somebody waits for a connection."""
        began = time.perf_counter()
        self._waiting.inc()
        try:
            yield
        except TimeoutError:
            _TIMEOUTS.labels(self._name).inc()
            raise
        finally:
            self._waiting.dec()
            self._wait.observe(time.perf_counter() - began)

    def take(self, opened: int, most: int) -> None:
        """One is in use, of so many that are open and that may be."""
        self._in_use.inc()
        self._open.set(opened)
        self._most.set(most)

    def give_back(self, opened: int) -> None:
        """One is not in use any more."""
        self._in_use.dec()
        self._open.set(opened)

    @cached_property
    def _most(self) -> Gauge:
        return _MOST.labels(self._name)

    @cached_property
    def _open(self) -> Gauge:
        return _OPEN.labels(self._name)

    @cached_property
    def _in_use(self) -> Gauge:
        return _IN_USE.labels(self._name)

    @cached_property
    def _waiting(self) -> Gauge:
        return _WAITING.labels(self._name)

    @cached_property
    def _wait(self) -> Summary:
        return _WAIT.labels(self._name)
