"""`python -m bench.ten_years`: fills a database with ten years, measures it, and prints a section.

What it prints goes into bench/RESULTS.md. `--scale 0.2` takes a fifth of ten years.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bench.figures import machine
from bench.ten_years import measures, programs
from bench.ten_years.fill import Size, fill, fill_attempts
from bench.world import World, postgres
from looplane.kit.database import connected

# Bytes on disk of the whole of ten years at its largest, with the backup beside it.
_WHOLE = 130e9
_KEPT_DAYS = 400
_COUNTED = ("threads", "messages", "events", "deliveries", "delivery_attempts", "sent_mails")


def _say(text: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")


def main() -> None:
    """Measures, and prints what came of it as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench.ten_years", description=__doc__)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="a share of ten years, such as 0.2"
    )
    parser.add_argument("--folder", type=Path, default=None, help="where the data goes meanwhile")
    chosen = parser.parse_args()
    # What is printed is the section alone.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    _check_room(chosen.folder or Path(tempfile.gettempdir()), chosen.scale)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with postgres(folder) as (dsn, binaries):
            world = World(dsn, 0, "", binaries, datetime.now(UTC))
            sys.stdout.write("\n".join(_measure(world, folder, chosen.scale)) + "\n")


def _check_room(folder: Path, scale: float) -> None:
    # Some of it stays free for whoever else is on that disk.
    free, needed = 0.9 * shutil.disk_usage(folder).free, _WHOLE * scale
    if needed > free:
        fits = int(100 * free / _WHOLE) / 100
        sys.exit(
            f"{folder} has {free / 1e9:.0f} GB to take, and this takes up to {needed / 1e9:.0f} GB:"
            f" try --scale {fits}, or another --folder."
        )


def _measure(world: World, folder: Path, scale: float) -> list[str]:
    size, times = Size.of(scale), measures.Times(_say)
    _say(f"Filling: {size}")
    key = asyncio.run(fill(world.dsn, size))
    world = replace(world, size=size.threads, key=key)
    with times.of(f"upgrade from the release before, of {size.deliveries:,} deliveries"):
        programs.upgrade(world)
    _say("Filling what is new…")
    asyncio.run(fill_attempts(world.dsn))
    disk = asyncio.run(measures.disk(world))
    answers = measures.answers(world, folder)
    file = folder / "backup.tar"
    with times.of("`looplane backup`"):
        programs.backup(world, file)
    dumped = file.stat().st_size
    counts = asyncio.run(_counts(world))
    asyncio.run(_emptied(world))
    with times.of("`looplane restore`"):
        programs.restore(world, file)
    assert asyncio.run(_counts(world)) == counts, "the restored database has other rows"
    file.unlink()
    with times.of("`vacuum analyze` after it"):
        asyncio.run(measures.vacuum(world))
    with times.of("a month of events dropped"):
        held = asyncio.run(measures.drop_a_month(world))
    swept, took = asyncio.run(measures.sweep(world, _KEPT_DAYS))
    with times.of(f"`vacuum analyze` after {swept:,} deliveries went"):
        asyncio.run(measures.vacuum(world))
    held_of = f"{size.threads:,} threads, {size.messages:,} messages, {size.events:,} events"
    rate = f"{swept:,} in {measures.in_words(took)}, {swept / took:,.0f} a second"
    return [
        f"## Ten years: {held_of}",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine()}; PostgreSQL 18 embedded, on the same machine.",
        f"Written by `python -m bench.ten_years --scale {scale:g}`. Texts of about 600 characters,",
        "events over 120 months as the program writes them, a delivery for each message.",
        "",
        *disk,
        "",
        "Four connections at once, and nothing else on the machine.",
        "",
        *answers,
        "",
        "| | |",
        "|---|---|",
        *times.lines(),
        f"| the file of the backup | {measures.megabytes(dumped)} |",
        f"| events of the month that was dropped | {held:,} |",
        f"| deliveries that went, as one worker lets them go without rests | {rate} |",
    ]


async def _counts(world: World) -> list[int]:
    async with connected(world.dsn) as con:
        await con.execute("set statement_timeout = 0")
        return [
            int(await con.fetchval(f"select count(*) from {name}", timeout=3600))
            for name in _COUNTED
        ]


async def _emptied(world: World) -> None:
    async with connected(world.dsn) as con:
        await con.execute("set statement_timeout = 0")
        await con.execute("drop schema public cascade; create schema public", timeout=3600)


if __name__ == "__main__":
    main()
