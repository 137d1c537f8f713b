"""One request after the other to the API, and how long each took."""

import time
import urllib.request
from collections.abc import Callable

from bench.world import PORT, World

_WARM_UP = 5


def fetch(world: World, target: str) -> bytes:
    """The body of a GET."""
    request = urllib.request.Request(  # our own server
        f"http://127.0.0.1:{PORT}/api/v2{target}",
        headers={"Authorization": f"Bearer {world.key}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return bytes(answer.read())


def timed(world: World, make: Callable[[], str], tries: int) -> list[float]:
    """Milliseconds of each of `tries` requests for what `make` says, after a few others."""
    for _ in range(_WARM_UP):
        fetch(world, make())
    times = []
    for _ in range(tries):
        target = make()
        started = time.perf_counter()
        fetch(world, target)
        times.append(1000 * (time.perf_counter() - started))
    return times


def compared(small: dict[str, float], large: dict[str, float]) -> list[str]:
    """Lines of a table: milliseconds here and there, and their ratio."""
    return [
        f"| {name} | {few:.2f} ms | {large[name]:.2f} ms | {large[name] / few:.2f} |"
        for name, few in small.items()
    ]
