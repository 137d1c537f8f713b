"""What can be wrong with the database."""

import asyncio
from datetime import UTC, datetime, timedelta

from looplane.backups.targets import NEWEST, OLDEST
from looplane.cli.database import on_connection
from looplane.cli.failures import explain
from looplane.cli.finding import Finding
from looplane.cli.secret_check import check_secret_key
from looplane.delivery.fan_out.failures.sql import count_failures
from looplane.kit.config import Settings
from looplane.kit.database import Connection
from looplane.kit.ledger import compare
from looplane.kit.migrations import MigrationError
from looplane.runtime import database
from looplane.tables import MIGRATIONS

_LATE = timedelta(seconds=1)
# A worker that is further ahead takes over what another one is at, before that renews its lease.
_WRONG = timedelta(seconds=10)


def check_database(settings: Settings) -> list[Finding]:
    """The database, its clock against ours, its migrations, what it could not tell, and its key."""
    where = "at LOOPLANE_DATABASE_URL" if settings.database_url else f"in {settings.data_dir}"

    async def ask(con: Connection) -> list[Finding]:
        # It only looks, and the database sees to that.
        async with con.transaction(readonly=True):
            migrations = await _check_migrations(con)
            return [
                check_version(con.get_server_version().major, where),
                check_clock(await _ahead(con)),
                migrations,
                check_events(await _set_aside(con)),
                await check_secret_key(con, settings)
                if migrations.state == "ok"
                else Finding("secrets", "warn", "not known with tables of another version"),
            ]

    try:
        with database(settings) as dsn:
            return asyncio.run(on_connection(dsn, settings, ask))
    except Exception as error:
        if (reason := explain(error)) is None:
            raise
        unknown = "not known while the database is away"
        return [
            Finding("database", "fail", reason),
            Finding("clock", "warn", unknown),
            Finding("migrations", "warn", unknown),
            Finding("events", "warn", unknown),
            Finding("secrets", "warn", unknown),
        ]


def check_version(major: int, where: str) -> Finding:
    """Whether we know this PostgreSQL."""
    message = f"PostgreSQL {major} {where}"
    known = f"{OLDEST} to {NEWEST}"
    if major < OLDEST:
        return Finding("database", "fail", f"{message} is too old", f"use one of {known}")
    if major > NEWEST:
        return Finding("database", "warn", f"{message} is newer than what we know", f"use {known}")
    return Finding("database", "ok", message)


def check_clock(ahead: timedelta) -> Finding:
    """Whether the database's clock, so far ahead of ours, tells the same time."""
    apart = abs(ahead)
    if apart <= _LATE:
        return Finding("clock", "ok", "program and database agree")
    way = "ahead" if ahead == apart else "behind"
    message = f"the database's is {apart.total_seconds():.1f} s {way}"
    action = "keep the clocks of both machines by NTP"
    return Finding("clock", "warn" if apart <= _WRONG else "fail", message, action)


async def _ahead(con: Connection) -> timedelta:
    before = datetime.now(UTC)
    theirs: datetime = await con.fetchval("select clock_timestamp()")
    return theirs - before - (datetime.now(UTC) - before) / 2


def check_events(set_aside: int) -> Finding:
    """Whether the team and the webhooks could be told of all that happened."""
    if not set_aside:
        return Finding("events", "ok", "none is set aside")
    message = f"{set_aside:,} could not be told to webhooks and the team; the worker's log says why"
    return Finding("events", "warn", message, "once that is mended, run `looplane retry-events`")


async def _set_aside(con: Connection) -> int:
    is_there = await con.fetchval("select to_regclass('fan_out_failures') is not null")
    return await count_failures(con) if is_there else 0


async def _check_migrations(con: Connection) -> Finding:
    try:
        found = await compare(con, MIGRATIONS)
    except MigrationError as error:
        return Finding("migrations", "fail", str(error))
    if found.outstanding:
        message = f"to be applied: {', '.join(found.outstanding)}"
        return Finding(
            "migrations", "warn", message, "run `looplane migrate`; `looplane serve` does it"
        )
    if found.notice:
        return Finding("migrations", "warn", found.notice.rstrip("."), "upgrade this program")
    return Finding("migrations", "ok", "all applied")
