"""PATCH beside the same work in one prepared call, turn by turn on the same PostgreSQL."""

import random
from collections.abc import Callable
from statistics import median

from bench import load
from bench.figures import backend_seconds, cpu_seconds, resident_megabytes, spread
from bench.world import PORT, World, api, pgbench, thread_id

_ROUNDS, _SECONDS, _CONNECTIONS = 7, 6, 16


def patch(world: World) -> Callable[[], bytes]:
    """A PATCH of the title of any thread."""

    def make() -> bytes:
        target = f"/api/v2/threads/{thread_id(random.randint(1, world.threads))}"
        return load.request("PATCH", target, world.key, b'{"title":"Title %f"}' % random.random())

    return make


def get(world: World) -> Callable[[], bytes]:
    """A GET of any thread."""

    def make() -> bytes:
        target = f"/api/v2/threads/{thread_id(random.randint(1, world.threads))}"
        return load.request("GET", target, world.key)

    return make


def page(world: World, query: str) -> Callable[[], bytes]:
    """A GET of one page of threads."""
    ready = load.request("GET", f"/api/v2/threads?{query}", world.key)
    return lambda: ready


def measure(world: World) -> list[str]:
    """Lines of the report."""
    with api(world) as pid:
        rest = resident_megabytes(pid)
        load.run(patch(world), PORT, 2)
        ours, theirs, ratios, tails, python, postgres = [], [], [], [], [], []
        for _ in range(_ROUNDS):
            before, backends = cpu_seconds(pid), backend_seconds()
            run = load.run(patch(world), PORT, _SECONDS, _CONNECTIONS)
            count = len(run.latencies)
            python.append(1e6 * (cpu_seconds(pid) - before) / count)
            postgres.append(1e6 * _grown(backends) / count)
            theirs.append(pgbench(world, _SECONDS, _CONNECTIONS))
            ours.append(run.rate)
            ratios.append(run.rate / theirs[-1])
            tails.append(run.percentile(0.99) / run.percentile(0.5))
        reads = [load.run(get(world), PORT, _SECONDS).rate for _ in range(3)]
        lists = [load.run(page(world, "limit=50"), PORT, _SECONDS).rate for _ in range(3)]
        busy = resident_megabytes(pid)
    return [
        f"| PATCH, {_CONNECTIONS} connections, one API process | {spread(ours)} a second |",
        f"| the same work in one prepared call (pgbench) | {spread(theirs)} a second |",
        f"| **PATCH / pgbench, round by round** | **{spread(ratios, 2)}** |",
        f"| PATCH p99 / p50 | {spread(tails, 1)} |",
        f"| CPU of one PATCH in Python | {spread(python)} µs |",
        f"| CPU of one PATCH in PostgreSQL | {spread(postgres)} µs |",
        f"| GET one thread | {spread(reads)} a second |",
        f"| GET one / PATCH | {median(reads) / median(ours):.2f} |",
        f"| a list of 50 threads | {spread(lists)} a second |",
        f"| API process at rest, and after the load | {rest:.0f} MB, {busy:.0f} MB |",
    ]


def _grown(before: dict[int, float]) -> float:
    """What the backends have used since; one that ended meanwhile is left out."""
    return sum(now - before.get(pid, 0) for pid, now in backend_seconds().items())
