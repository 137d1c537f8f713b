"""What was read of the database, as figures for Prometheus. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, Metric

from looplane.kit.database import Row


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in the database; the rows as the statements name their columns."""

    connections: Row
    size: int  # bytes
    untold: Row
    set_aside: int
    snooze: float  # seconds that the first one is late; negative where it is early
    channels: Iterable[str]
    queues: Iterable[Row]
    queued: Iterable[Row]
    unrouted: Iterable[Row]
    dead: Iterable[Row]


def gauge(name: str, text: str, value: float) -> Metric:
    """A figure without labels."""
    return GaugeMetricFamily(f"looplane_{name}", text, value=value)


def figures_of(waiting: Waiting) -> Iterator[Metric]:
    """All of it, with a zero where there is nothing."""
    used, size = waiting.connections, waiting.size
    yield gauge("database_connections", "Connections to the server, of all.", used["used"])
    yield gauge("database_max_connections", "Connections that the server takes.", used["most"])
    yield gauge("database_size_bytes", "What the database takes on disk.", size)
    untold = waiting.untold
    yield gauge(
        "events_behind",
        "Events not fanned out yet; of one workspace no more than a thousand are counted.",
        untold["events"],
    )
    late = "Time that the oldest event not fanned out has waited."
    yield gauge("events_behind_seconds", late, max(0, untold["seconds"]))
    aside = (
        "Events that could not be fanned out, until `looplane retry-events`, up to ten thousand."
    )
    yield gauge("events_set_aside", aside, waiting.set_aside)
    late = "Time since the first thread that still sleeps should have been woken."
    yield gauge("snooze_overdue_seconds", late, max(0, waiting.snooze))
    yield from _of_deliveries(waiting)


def _of_deliveries(waiting: Waiting) -> Iterator[Metric]:
    deliveries = GaugeMetricFamily(
        "looplane_deliveries",
        "Deliveries by state, each counted up to ten thousand; the dead ones are of one day.",
        labels=["channel", "state"],
    )
    queues = GaugeMetricFamily(
        "looplane_delivery_targets",
        "Targets of deliveries that fail, or are paused.",
        labels=["channel", "state"],
    )
    overdue = GaugeMetricFamily(
        "looplane_delivery_overdue_seconds",
        "Time for which something has been due to a target that does not fail.",
        labels=["channel"],
    )
    counted = {
        "queued": _by_channel(waiting.queued),
        "unrouted": _by_channel(waiting.unrouted),
        "dead": _by_channel(waiting.dead),
    }
    of_queues = {row["channel"]: row for row in waiting.queues}
    for channel in waiting.channels:
        for state, counts in counted.items():
            deliveries.add_metric([channel, state], counts.get(channel, 0))
        found = of_queues.get(channel)
        for state in ("failing", "paused"):
            queues.add_metric([channel, state], found[state] if found else 0)
        overdue.add_metric([channel], max(0, found["seconds"]) if found else 0)
    yield from (deliveries, queues, overdue)


def _by_channel(rows: Iterable[Row]) -> Mapping[str, int]:
    return {row["channel"]: row["count"] for row in rows}
