"""Histories of threads among ten million events."""

import asyncio
import json
from collections.abc import Iterator
from itertools import cycle
from statistics import median
from typing import Any

from bench.requests import timed
from bench.world import HERE, World, api, bench_id
from looplane.event_partitions import rebase_positions
from looplane.kit.database import connected

_EVENTS = 10_000_000
_TRIES = 40
# The first thread has one in ten of all events, the others some hundred each.
_EXPLAINED = """
explain (analyze, buffers, format json)
select e.id from events e
where e.workspace_id = '00000000-0000-7000-8000-000000000001' and e.aggregate_id = '{}'
order by e.position desc, e.id desc limit 51"""


def measure(world: World) -> list[str]:
    """Lines of the report."""
    few = _times(world)
    asyncio.run(_fill(world))
    many = _times(world)
    rows, blocks = asyncio.run(_reading(world))
    return [
        f"| {name}: before, and with {_EVENTS:,} events | {few[name]:.2f} ms, {each:.2f} ms |"
        for name, each in many.items()
    ] + [f"| rows and blocks of the index that a page of the longest reads | {rows}, {blocks} |"]


def _times(world: World) -> dict[str, float]:
    with api(world):
        others = cycle(bench_id("a", number) for number in range(2, 1000))
        return {
            "history of a thread, first page": _median(world, others),
            "history of a thread with a tenth of all events": _median(
                world, cycle([bench_id("a", 1)])
            ),
        }


def _median(world: World, ids: Iterator[str]) -> float:
    return median(timed(world, lambda: f"/threads/{next(ids)}/events", _TRIES))


async def _fill(world: World) -> None:
    text = (HERE / "history.sql").read_text()
    async with connected(world.dsn) as con:
        await con.execute("set statement_timeout = 0")
        filled = text.replace(":events", str(_EVENTS)).replace(":size", str(world.size))
        await con.execute(filled, timeout=3600)
        # Positions go on from the last one that was made up.
        await rebase_positions(con)
        await con.execute("vacuum analyze events", timeout=3600)


async def _reading(world: World) -> tuple[int, int]:
    """How many rows the plan of a page takes from its index, and how many blocks it looks at."""
    async with connected(world.dsn) as con:
        told = json.loads(await con.fetchval(_EXPLAINED.format(bench_id("a", 1))))
    plan = told[0]["Plan"]
    rows = sum(int(each["Actual Rows"]) for each in _scans(plan))
    return rows, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Index Name" in node:
        yield node
    for each in node.get("Plans", ()):
        yield from _scans(each)
