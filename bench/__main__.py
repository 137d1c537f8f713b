"""`make bench`: measures everything, and writes RESULTS.md."""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench import bulk, deliveries, following, history, inbox, people, scale, updates
from bench.figures import machine
from bench.requests import compared
from bench.world import HERE, World, postgres, seed

_SIZES = (10_000, 100_000, 1_000_000)
_CONTACTS = (1_000, 200_000)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _at(dsn: str, binaries: Path, threads: int) -> World:
    _say(f"Seeding {threads:,} threads…")
    return asyncio.run(seed(dsn, binaries, threads))


def _people(dsn: str, binaries: Path, contacts: int) -> dict[str, float]:
    _say(f"Seeding {contacts:,} contacts…")
    return people.measure(asyncio.run(seed(dsn, binaries, contacts, "people.sql")))


def main() -> None:
    """Runs every measurement, each size in a database of its own."""
    small, middle, large = _SIZES
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder)) as (dsn, binaries):
            few = scale.measure(_at(dsn, binaries, small))
            _say("Updates against pgbench…")
            world = _at(dsn, binaries, middle)
            speed = [*updates.measure(world), *bulk.measure(world)]
            _say("\n".join(speed))
            _say("The inbox in a browser…")
            inbox_of_many = inbox.measure(_at(dsn, binaries, middle))
            inbox_of_demo = inbox.measure(asyncio.run(inbox.demo(dsn, binaries)))
            _say("Those who follow events…")
            followed = following.measure(_at(dsn, binaries, small))
            _say("What is delivered…")
            delivered = deliveries.measure(_at(dsn, binaries, small))
            many = scale.measure(_at(dsn, binaries, large))
            _say("Histories among many events…")
            histories = history.measure(_at(dsn, binaries, middle))
            of_few, of_many = (_people(dsn, binaries, size) for size in _CONTACTS)
    lines = [
        "# Results",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine()}; PostgreSQL 18 embedded, on the same machine",
        "with the load. Written by `make bench`. Medians (least and most).",
        "",
        f"## Speed at {middle:,} threads",
        "",
        "| | |",
        "|---|---|",
        *speed,
        "",
        "## The inbox in a browser",
        "",
        "Chromium without a window, on the same machine.",
        "",
        *(
            line
            for name, figures in (("the demo", inbox_of_demo), (f"{middle:,}", inbox_of_many))
            for line in (f"| On {name} | | at most | met |", "|---|---|---|---|", *figures, "")
        ),
        "## Those who follow events",
        "",
        "Twenty writes a second at the most; from the answer of the write to the arrival.",
        "",
        "| | |",
        "|---|---|",
        *followed,
        "",
        "## What webhooks are told",
        "",
        "By worker processes, to a receiver on the same machine; twenty writes a second at the",
        "most. Rates are those of the middle four fifths of what leaves.",
        "",
        "| | |",
        "|---|---|",
        *delivered,
        "",
        f"## Histories, at {middle:,} threads",
        "",
        "Events of the last twelve months, in a partition for each.",
        "",
        "| | |",
        "|---|---|",
        *histories,
        "",
        f"## The same at {small:,} and at {large:,} threads",
        "",
        "One request at a time; a hundredth page has two rows, a first one fifty.",
        "",
        f"| | {small:,} | {large:,} | ratio |",
        "|---|---|---|---|",
        *compared(few, many),
        "",
        f"## Contacts and companies, at {_CONTACTS[0]:,} and at {_CONTACTS[1]:,} contacts",
        "",
        "The 95th percentile of 150 requests, one at a time, each for another name, address or id;",
        "a quarter as many companies.",
        "",
        f"| | {_CONTACTS[0]:,} | {_CONTACTS[1]:,} | ratio |",
        "|---|---|---|---|",
        *compared(of_few, of_many),
        "",
    ]
    (HERE / "RESULTS.md").write_text("\n".join(lines))
    _say("\n".join(lines))


if __name__ == "__main__":
    main()
