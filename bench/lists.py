"""Lists of threads by each filter and in each order: the time of each, and the rows it reads."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from bench.world import WORKSPACE, World, bench_id
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import SESSION_SETTINGS
from looplane.kit.json import to_json
from looplane.kit.principal import Principal
from looplane.threads.listing.pages.sql import list_threads
from looplane.threads.listing.schemas import ThreadQuery

SORTS = ("created_at", "last_activity", "oldest_waiting", "pain", "revenue")
# By what a team asks for. Of two filters that each mean many threads, few of which meet both, the
# list is read until the page is full: they are not among these.
FILTERS: dict[str, dict[str, str]] = {
    "all": {},
    "open": {"status": "open"},
    "open or snoozed": {"status": "open,snoozed"},
    "mine": {"tab": "my"},
    "of one": {"assignee_id": bench_id("d", 1), "status": "open"},
    "of two": {"assignee_id": f"{bench_id('d', 1)},{bench_id('d', 2)}"},
    "of one who has none": {"assignee_id": bench_id("d", 15)},
    "unassigned": {"unassigned": "true", "status": "open"},
    "of a contact": {"contact_id": bench_id("b", 7)},
    "of a company": {"company_id": bench_id("c", 7)},
    "a tag": {"tag_id": bench_id("e", 3)},
    "any of ten tags": {"tag_id": ",".join(bench_id("e", n) for n in range(1, 11))},
    "without a tag": {"tag_none": bench_id("e", 3)},
    "high pain": {"pain_level": "HIGH"},
    "a rare origin": {"origin": "portal"},
    "of a project": {"project_id": bench_id("7", 3)},
    "by an id": {"external_id": "nothing"},
    "waits for a day": {"waiting_longer_than": "86400"},
    "waits for too long": {"waiting_longer_than": "3000000000"},
    "a little revenue": {"company_revenue_min": "5000", "company_revenue_max": "6000"},
    "any revenue": {"company_revenue_min": "1000"},
    "too much revenue": {"company_revenue_min": "99999999"},
}


@dataclass(frozen=True)
class Page:
    """How a page was found: milliseconds, and the rows of tables and indexes that were read."""

    name: str
    time: float
    rows: int


class _Watched:
    """A connection that keeps what it is asked."""

    def __init__(self, con: asyncpg.Connection) -> None:
        self._con = con
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the connection has
        def ask(statement: str, *args: Any) -> Any:  # noqa: ANN401
            self.asked.append((statement, args))
            return getattr(self._con, name)(statement, *args)

        return ask


def measure(world: World) -> list[Page]:
    """A page of fifty by each of FILTERS in each of SORTS, and the page after it."""
    return asyncio.run(_measure(world.dsn))


async def _measure(dsn: str) -> list[Page]:
    member = UUID(bench_id("d", 1))
    context = Context(Principal(WORKSPACE, "program", member_id=member), system_clock, "bench")
    con = await asyncpg.connect(dsn, server_settings=SESSION_SETTINGS)
    try:
        await con.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=to_json, decoder=orjson.loads
        )
        return [
            page for name, query in _queries() for page in await _pages(con, context, name, query)
        ]
    finally:
        await con.close()


def _queries() -> Iterator[tuple[str, ThreadQuery]]:
    for name, sent in FILTERS.items():
        for sort in SORTS:
            yield f"{name}, by {sort}", ThreadQuery.model_validate_strings({**sent, "sort": sort})


async def _pages(
    con: asyncpg.Connection, context: Context, name: str, query: ThreadQuery
) -> list[Page]:
    first, cursor = await _page(con, context, name, query)
    if cursor is None:
        return [first]
    next_query = query.model_copy(update={"cursor": cursor})
    return [first, (await _page(con, context, f"{name}, next page", next_query))[0]]


async def _page(
    con: asyncpg.Connection, context: Context, name: str, query: ThreadQuery
) -> tuple[Page, str | None]:
    watched = _Watched(con)
    await list_threads(watched, context, query)  # type: ignore[arg-type]  # has what it needs
    began = time.perf_counter()
    answer = await list_threads(con, context, query)
    took = 1000 * (time.perf_counter() - began)
    rows = 0.0
    for statement, args in watched.asked:
        plan = await con.fetchval(f"explain (analyze, format json) {statement}", *args)
        rows += _rows_read(json.loads(plan)[0]["Plan"])
    return Page(name, took, round(rows)), json.loads(answer.body)["page"]["cursor"]


def _rows_read(node: dict[str, Any]) -> float:
    """What scans found, those included that a filter threw away."""
    found = sum(_rows_read(part) for part in node.get("Plans", ()))
    if "Relation Name" not in node and "Index Name" not in node:
        return found
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    each: float = sum(node.get(name, 0) for name in names)
    return found + each * float(node["Actual Loops"])
