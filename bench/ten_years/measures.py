"""What is measured of a database of ten years."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from bench import load
from bench.figures import resident_megabytes
from bench.updates import get, page, patch
from bench.world import PORT, World, api, bench_id
from looplane.delivery.retention.commands import DeliverySweep
from looplane.event_partitions import drop_partitions
from looplane.kit.database import Connection, connected

_SECONDS, _CONNECTIONS = 8, 4
# Deliveries that go while it is measured how fast they do.
_MOST_SWEPT = 100_000
_LEAST_SHOWN = 0.002  # of the whole
# A table with all its parts.
_TABLES = """
select coalesce(parent.relname, c.relname) as name,
  sum(pg_table_size(c.oid))::bigint as rows, sum(pg_indexes_size(c.oid))::bigint as indexes,
  sum(greatest(c.reltuples, 0))::bigint as count
from pg_class c
left join pg_inherits i on i.inhrelid = c.oid left join pg_class parent on parent.oid = i.inhparent
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
group by 1 order by sum(pg_total_relation_size(c.oid)) desc"""
_INDEXES = """
select coalesce(parent.relname, c.relname) as name, sum(pg_relation_size(c.oid))::bigint as size
from pg_class c
left join pg_inherits i on i.inhrelid = c.oid left join pg_class parent on parent.oid = i.inhparent
where c.relkind = 'i' and c.relnamespace = 'public'::regnamespace
group by 1 order by 2 desc limit 12"""


class Times:
    """How long each step took, in its order."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Takes the time of what is done within."""
        self._say(f"{name}…")
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started

    def lines(self) -> list[str]:
        """Lines of the report."""
        return [f"| {name} | {in_words(each)} |" for name, each in self.seconds.items()]


def in_words(seconds: float) -> str:
    """A time as one reads it."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 120:  # noqa: PLR2004  # two minutes
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min"


def megabytes(size: int) -> str:
    """Bytes as MB of 1,000,000 bytes."""
    return f"{size / 1e6:,.0f} MB"


async def disk(world: World) -> list[str]:
    """Lines on tables with their parts, and on the largest indexes."""
    async with connected(world.dsn) as con:
        whole = await con.fetchval("select pg_database_size(current_database())")
        tables = await con.fetch(_TABLES)
        indexes = await con.fetch(_INDEXES)
    shown = [each for each in tables if each["rows"] + each["indexes"] > whole * _LEAST_SHOWN]
    return [
        "| table | rows | of them, with what is set apart | indexes |",
        "|---|---|---|---|",
        *(
            f"| `{each['name']}` | {each['count']:,} | {megabytes(each['rows'])} |"
            f" {megabytes(each['indexes'])} |"
            for each in shown
        ),
        f"| **all of the database** | | **{megabytes(whole)}** | |",
        "",
        "| the largest indexes | |",
        "|---|---|",
        *(f"| `{each['name']}` | {megabytes(each['size'])} |" for each in indexes),
    ]


def answers(world: World, folder: Path) -> list[str]:
    """Lines on how long requests take, and on memory at rest and after them."""
    ids = cycle(bench_id("a", 1 + number * 37 % world.size) for number in range(2000))
    events = "/api/v2/threads/{}/events"
    asked: Mapping[str, Callable[[], bytes]] = {
        "PATCH of a title": patch(world),
        "GET one thread": get(world),
        "a list of 50 open threads": page(world, "status=open&limit=50"),
        "the first page of the feed of events": lambda: _get(world, "/api/v2/events?limit=50"),
        "history of a thread, first page": lambda: _get(world, events.format(next(ids))),
    }
    with api(world) as pid:
        rest = resident_megabytes(pid), server_megabytes(folder)
        lines = [_answered(name, make) for name, make in asked.items()]
        busy = resident_megabytes(pid), server_megabytes(folder)
    return [
        *("| | p50 | p99 | a second |", "|---|---|---|---|", *lines, ""),
        *("| memory | at rest | after the requests |", "|---|---|---|"),
        f"| the API process | {rest[0]:.0f} MB | {busy[0]:.0f} MB |",
        f"| PostgreSQL, all of its processes | {rest[1]:.0f} MB | {busy[1]:.0f} MB |",
    ]


def _get(world: World, target: str) -> bytes:
    return load.request("GET", target, world.key)


def _answered(name: str, make: Callable[[], bytes]) -> str:
    load.run(make, PORT, 1, _CONNECTIONS)
    run = load.run(make, PORT, _SECONDS, _CONNECTIONS)
    p50, p99 = run.percentile(0.5), run.percentile(0.99)
    return f"| {name} | {p50:.1f} ms | {p99:.1f} ms | {run.rate:,.0f} |"


def server_megabytes(folder: Path) -> float:
    """Memory of the server in `folder`, in MB of 1,000,000 bytes: what is shared counts once."""
    first = int((folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return sum(_own_kilobytes(pid) for pid in (str(first), *children)) * 1024 / 1e6


def _own_kilobytes(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it ended meanwhile
    return next(int(each.split()[1]) for each in lines if each.startswith("Pss:"))


async def vacuum(world: World) -> None:
    """Of the whole database, with what the planner knows of it."""
    async with connected(world.dsn) as con:
        await con.execute("set statement_timeout = 0")
        await con.execute("vacuum analyze", timeout=7200)


async def drop_a_month(world: World) -> int:
    """Drops the oldest month of events; how many it had."""
    async with connected(world.dsn) as con:
        oldest = await con.fetchval("select min(created_at) from events")
        ends = (oldest.replace(day=1) + timedelta(days=32)).replace(day=1)
        held = await con.fetchval("select count(*) from events where id < first_id($1)", ends)
        assert await drop_partitions(con, ends) == 1, "one month was to go"
    return int(held)


async def sweep(world: World, days: int) -> tuple[int, float]:
    """Lets deliveries go, up to so many; how many went, and in how many seconds."""
    sweeping = DeliverySweep(lambda: datetime.now(UTC), days)
    async with connected(world.dsn) as con:
        before = await _count(con)
        started = time.perf_counter()
        for _ in range(_MOST_SWEPT // 1000):
            if not await sweeping.run(con):
                break
        took = time.perf_counter() - started
        return before - await _count(con), took


async def _count(con: Connection) -> int:
    return int(await con.fetchval("select count(*) from deliveries"))
