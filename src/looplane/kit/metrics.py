"""The figures of a process for Prometheus, or those of several processes as one.

The client library decides when a figure is made whether it is kept in this process or in files
that several share.
"""

import os
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    disable_created_metrics,
    generate_latest,
    values,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
# When each series began: a third more of them, and a name that the linter of Prometheus refuses.
disable_created_metrics()  # type: ignore[no-untyped-call]


def share(folder: str) -> None:
    """From now on figures that are made in this process are kept in `folder`, with those of others.

    A figure with labels is made when it is first used with these; one without, when it is declared.
    """
    os.environ[SHARED_FOLDER] = folder
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]


def forget_process(pid: int, folder: str) -> None:
    """Takes what a process that ended had in use out of the figures; what it counted stays."""
    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


def exposition(more: Iterable[Metric] = ()) -> bytes:
    """All figures in the text format of Prometheus, and `more` that were looked up for this."""
    return generate_latest(_All(_kept(), more))


class _All(Collector):
    def __init__(self, kept: Collector, more: Iterable[Metric]) -> None:
        self._kept, self._more = kept, more

    def collect(self) -> Iterator[Metric]:
        yield from self._kept.collect()
        yield _build()
        yield from self._more


def _kept() -> Collector:
    if SHARED_FOLDER not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _build() -> Metric:
    family = GaugeMetricFamily(
        "looplane_build_info", "The version that answers; always 1.", labels=["version"]
    )
    family.add_metric([_version()], 1)
    return family


@cache
def _version() -> str:
    return version("looplane")
