"""PATCH beside the same work in one prepared call, turn by turn on the same PostgreSQL."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from bench import load
from bench.figures import backend_seconds, cpu_seconds, resident_megabytes, spread
from bench.world import PORT, World, api, bench_id, pgbench

_ROUNDS, _SECONDS, _CONNECTIONS = 7, 6, 16
# A client who makes bodies while it loads is a load itself: they are made before.
_READY = 4000


def patch(world: World) -> Callable[[], bytes]:
    """A PATCH of the title of any thread."""
    return _ready(world, lambda: {"title": f"Title {random.random()}"})


def patch_nine(world: World) -> Callable[[], bytes]:
    """A PATCH of nine fields of any thread, tags among them."""
    return _ready(
        world,
        lambda: {
            "text": f"<p>Words {random.random()}</p>",
            "title": f"Title {random.random()}",
            "pain_level": random.choice(["LOW", "MEDIUM", "HIGH"]),
            "assignee_id": bench_id("d", random.randint(1, 20)),
            "company_id": bench_id("c", random.randint(1, 1000)),
            "tag_ids": [bench_id("e", random.randint(1, 30))],
            "status": random.choice(["open", "done"]),
            "ai_draft_html": f"<p>Draft {random.random()}</p>",
            "ai_draft_sources": [{"type": "article", "title": "T"}],
        },
    )


def _ready(world: World, body: Callable[[], dict[str, object]]) -> Callable[[], bytes]:
    requests = [
        load.request("PATCH", _any_thread(world), world.key, json.dumps(body()).encode())
        for _ in range(_READY)
    ]
    return lambda: random.choice(requests)


def get(world: World) -> Callable[[], bytes]:
    """A GET of any thread."""
    return lambda: load.request("GET", _any_thread(world), world.key)


def page(world: World, query: str) -> Callable[[], bytes]:
    """A GET of one page of threads."""
    ready = load.request("GET", f"/api/v2/threads?{query}", world.key)
    return lambda: ready


def _any_thread(world: World) -> str:
    return f"/api/v2/threads/{bench_id('a', random.randint(1, world.size))}"


@dataclass
class Rounds:
    """What the rounds of one comparison gave."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    tails: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)

    def lines(self, name: str) -> list[str]:
        """Lines of the report."""
        return [
            f"| {name} | {spread(self.ours)} a second |",
            f"| the same work in one prepared call (pgbench) | {spread(self.theirs)} a second |",
            f"| **{name} / pgbench, round by round** | **{spread(self.ratios, 2)}** |",
            f"| p99 / p50 | {spread(self.tails, 1)} |",
            f"| CPU of one in Python | {spread(self.python)} µs |",
            f"| CPU of one in PostgreSQL | {spread(self.postgres)} µs |",
        ]


def compare(  # noqa: PLR0913  # a load, and what it is compared with
    world: World,
    pid: int,
    make: Callable[[], bytes],
    function: str,
    connections: int = _CONNECTIONS,
    rounds: int = _ROUNDS,
) -> Rounds:
    """The same load on the API and on the database alone, turn by turn."""
    load.run(make, PORT, 2)
    found = Rounds()
    for _ in range(rounds):
        before, backends = cpu_seconds(pid), backend_seconds()
        run = load.run(make, PORT, _SECONDS, connections)
        count = len(run.latencies)
        found.python.append(1e6 * (cpu_seconds(pid) - before) / count)
        found.postgres.append(1e6 * grown(backends) / count)
        found.theirs.append(pgbench(world, function, _SECONDS, connections))
        found.ours.append(run.rate)
        found.ratios.append(run.rate / found.theirs[-1])
        found.tails.append(run.percentile(0.99) / run.percentile(0.5))
    return found


def measure(world: World) -> list[str]:
    """Lines of the report."""
    with api(world) as pid:
        rest = resident_megabytes(pid)
        title = compare(world, pid, patch(world), "bench_patch")
        nine = compare(world, pid, patch_nine(world), "bench_patch_nine")
        many = compare(world, pid, patch(world), "bench_patch", connections=64, rounds=3)
        reads = [load.run(get(world), PORT, _SECONDS).rate for _ in range(3)]
        lists = [load.run(page(world, "limit=50"), PORT, _SECONDS).rate for _ in range(3)]
        busy = resident_megabytes(pid)
    with api(world, workers=2):
        load.run(patch(world), PORT, 2)
        both = [load.run(patch(world), PORT, _SECONDS, _CONNECTIONS).rate for _ in range(3)]
    return [
        *title.lines(f"PATCH of a title, {_CONNECTIONS} connections"),
        *nine.lines(f"PATCH of nine fields, {_CONNECTIONS} connections"),
        *many.lines("PATCH of a title, 64 connections"),
        f"| PATCH of a title, two API processes | {spread(both)} a second |",
        f"| GET one thread | {spread(reads)} a second |",
        f"| GET one / PATCH | {median(reads) / median(title.ours):.2f} |",
        f"| a list of 50 threads | {spread(lists)} a second |",
        f"| API process at rest, and after the load | {rest:.0f} MB, {busy:.0f} MB |",
    ]


def grown(before: dict[int, float]) -> float:
    """What the backends have used since; one that ended meanwhile is left out."""
    return sum(now - before.get(pid, 0) for pid, now in backend_seconds().items())
