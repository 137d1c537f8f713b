"""Changes of 500 threads in one request."""

import json
import random
import time
from collections.abc import Callable, Iterator

import httpx

from bench.figures import backend_seconds, cpu_seconds, spread
from bench.updates import grown
from bench.world import PORT, World, api, bench_id

_THREADS, _ROUNDS = 500, 7


def measure(world: World) -> list[str]:
    """Lines of the report."""
    with (
        api(world) as pid,
        httpx.Client(
            base_url=f"http://127.0.0.1:{PORT}/api/v2",
            headers={"Authorization": f"Bearer {world.key}"},
            timeout=60,
        ) as client,
    ):
        changes: dict[str, Callable[[int], dict[str, object]]] = {
            "status done, and one more tag": lambda n: {
                "status": "done",
                "add_tag_ids": [bench_id("e", 1 + n % 30)],
            },
            "a title": lambda n: {"title": f"Title {n} {random.random()}"},
        }
        lines = []
        for name, change in changes.items():
            before, backends = cpu_seconds(pid), backend_seconds()
            times = [_bulk(client, ids, change(n)) for n, ids in enumerate(_chosen(world))]
            python = 1000 * (cpu_seconds(pid) - before) / _ROUNDS
            postgres = 1000 * grown(backends) / _ROUNDS
            lines += [
                f"| {_THREADS} threads in one request: {name} | {spread(times)} ms |",
                f"| CPU of it in Python, and in PostgreSQL | {python:.0f} ms, {postgres:.0f} ms |",
            ]
    return lines


def _chosen(world: World) -> Iterator[list[str]]:
    """The threads of each round, spread over all."""
    for _ in range(_ROUNDS):
        numbers = random.sample(range(1, world.size + 1), _THREADS)
        yield [bench_id("a", number) for number in numbers]


def _bulk(client: httpx.Client, ids: list[str], change: dict[str, object]) -> float:
    """Milliseconds of one request, of a key that is known."""
    content = json.dumps({"ids": ids, "update": change}).encode()
    headers = {"Content-Type": "application/json"}
    client.get("/me")
    started = time.perf_counter()
    answer = client.post("/threads/bulk", content=content, headers=headers)
    took = 1000 * (time.perf_counter() - started)
    summary = answer.raise_for_status().json()["summary"]
    if summary["failed"]:
        raise RuntimeError(answer.text[:1000])
    return took
