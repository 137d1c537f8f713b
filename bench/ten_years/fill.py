"""Ten years of one workspace, as the release before this one had them."""

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.ten_years.rebuilt import bare
from bench.world import HERE, MAKE_ID, WORKSPACE, make_key
from looplane.kit.database import Connection, connected
from looplane.kit.migrate import migrate
from looplane.kit.migrations import Migrations
from looplane.tables import MIGRATIONS
from looplane.threads.children.sql import NEW_MESSAGE
from looplane.threads.sql import THREAD

_WHOLE = (1_000_000, 5_000_000, 50_000_000, 5_000_000)
_LEAST = 2000
MONTHS = 120
# Files of the release before this one have names below.
_RELEASE = "2026-11-28"
# Different texts that rows take turns with, about as long as a mail: of one that repeats itself, as
# in seed.sql, compression would leave nothing.
_TEXTS, _WORDS = 997, 95
_REPEATED = "'<p>' || repeat('What a customer says about the product. ', 12) || '</p>'"
_VARIED = f"(select b.html from bench_texts b where b.number = 1 + n % {_TEXTS})"
_AT_ONCE = 2  # connections that fill
_HOURS = 3600.0 * 4


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each there are."""

    threads: int
    messages: int
    events: int
    deliveries: int

    @classmethod
    def of(cls, scale: float) -> "Size":
        """A share of ten years."""
        return cls(*(max(_LEAST, int(each * scale)) for each in _WHOLE))


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows of a table: from which number to which, and from when to when."""

    table: str
    begins: datetime
    ends: datetime
    first: int
    last: int

    def statement(self, size: Size) -> str:
        span = self.ends - self.begins
        values = {
            ":workspace": str(WORKSPACE),
            ":threads": str(size.threads),
            ":begins": self.begins.isoformat(),
            ":step": str(span // timedelta(microseconds=1) // (self.last - self.first + 1)),
            ":first": str(self.first),
            ":last": str(self.last),
        }
        text = _read(f"{self.table}.sql")
        for name, value in values.items():
            text = text.replace(name, value)
        return text


async def fill(dsn: str, size: Size) -> str:
    """Empties the database and fills it; the key of a member."""
    async with connected(dsn) as con:
        await con.execute("set statement_timeout = 0")
        await con.execute("drop schema public cascade; create schema public")
        former = {name: each for name, each in MIGRATIONS.files.items() if name < _RELEASE}
        await migrate(con, Migrations(former))
        await con.execute(MAKE_ID)
        await _make_texts(con)
        await con.execute(_threads(size), timeout=_HOURS)
        key = await make_key(con)
        async with bare(con, "messages"):
            await _fill_in_parts(dsn, size, _parts("messages", size.messages))
        await con.execute(_documents(), timeout=_HOURS)
        await _make_months(con)
        async with bare(con, "events", "deliveries"):
            await _fill_in_parts(dsn, size, _parts("events", size.events))
            await _fill_in_parts(dsn, size, _parts("deliveries", size.deliveries))
        await con.execute("drop table bench_texts, bench_documents")
        await con.execute("vacuum analyze", timeout=_HOURS)
    return key


async def fill_attempts(dsn: str) -> None:
    """What only this release has tables for."""
    async with connected(dsn) as con:
        await con.execute("set statement_timeout = 0")
        async with bare(con, "delivery_attempts", "sent_mails"):
            await con.execute(_read("attempts.sql"), timeout=_HOURS)
        await con.execute(
            "vacuum analyze delivery_attempts, sent_mails, deliveries", timeout=_HOURS
        )


def _read(name: str) -> str:
    return (HERE / "ten_years" / name).read_text()


async def _make_texts(con: Connection) -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 10))) for _ in range(4000)]
    texts = [" ".join(chance.choices(words, k=_WORDS)) for _ in range(_TEXTS)]
    await con.execute("create table bench_texts (number int primary key, html text, plain text)")
    rows = [(number, f"<p>{each}</p>", each) for number, each in enumerate(texts, 1)]
    await con.executemany("insert into bench_texts values ($1, $2, $3)", rows)


def _threads(size: Size) -> str:
    text = (HERE / "seed.sql").read_text()
    if text.count(_REPEATED) != 1:
        msg = "seed.sql has another text for threads than is replaced here."
        raise RuntimeError(msg)
    return text.replace(_REPEATED, _VARIED).replace(":size", str(size.threads))


def _documents() -> str:
    values = {":thread": THREAD.body, ":joins": THREAD.joins, ":message": NEW_MESSAGE}
    text = _read("documents.sql")
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _bounds() -> list[datetime]:
    """Where the months of ten years begin, and now."""
    now = datetime.now(UTC)
    number = now.year * 12 + now.month - 1
    months = range(number - MONTHS, number + 1)
    return [*(datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in months), now]


async def _make_months(con: Connection) -> None:
    for begins in _bounds()[:-1]:
        await con.execute("select make_events_partition($1)", begins.date())


def _parts(table: str, rows: int) -> list[_Part]:
    bounds = _bounds()
    count = len(bounds) - 1
    shares = [rows * i // count for i in range(count + 1)]
    return [
        _Part(table, bounds[i], bounds[i + 1], shares[i] + 1, shares[i + 1]) for i in range(count)
    ]


async def _fill_in_parts(dsn: str, size: Size, parts: list[_Part]) -> None:
    waiting = iter(parts)

    async def work() -> None:
        async with connected(dsn) as con:
            await con.execute("set statement_timeout = 0")
            for part in waiting:
                await con.execute(part.statement(size), timeout=_HOURS)

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
