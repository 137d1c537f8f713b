"""Brings a database up to date, or sees that it is."""

import asyncio
from typing import NoReturn

import asyncpg
import structlog

from looplane.kit.database import COLLISION, Connection, Database, as_unavailable
from looplane.kit.errors import Unavailable
from looplane.kit.ledger import CREATE, Comparison, compare, record
from looplane.kit.migrations import MigrationError, Migrations
from looplane.kit.text import some_of

_log = structlog.get_logger("looplane.migrations")
# Any number will do; it only has to be the same for all who make tables. Held in a transaction.
LOCK = 6_071_955
# While a migration waits for a table, everybody else waits behind it: not long, but several times.
_TABLE_PATIENCE = "5s"
_TRIES = 6
_PAUSE = 1.0  # seconds between two tries, for those who waited behind
_LOOK = 5.0  # seconds between two looks of a program that runs
# Whoever waits for another one who migrates holds nothing up, so as long as it takes. One who is
# frozen in the middle of it is given up, and the server rolls back.
_BEFORE = """
set local statement_timeout = 0;
set local lock_timeout = 0;
set local idle_in_transaction_session_timeout = '30s'"""
_HELD = (asyncpg.LockNotAvailableError, *COLLISION)
_ROWS_DO_NOT_FIT = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


async def migrate(con: Connection, migrations: Migrations) -> Comparison:
    """Brings the database up to date in one transaction; how it differed before.

    Raises MigrationError where the database is not this program's, and where it cannot be done.
    """
    for _ in range(_TRIES - 1):
        try:
            return await _migrate_once(con, migrations)
        except _HELD as error:
            _log.warning("a migration waits for other transactions", reason=str(error))
            await asyncio.sleep(_PAUSE)
    try:
        return await _migrate_once(con, migrations)
    except _HELD as error:
        msg = (
            f"Other transactions hold what is to be migrated ({error}), and nothing was changed."
            " Try again when they have ended; pg_stat_activity shows them."
        )
        raise MigrationError(msg) from error


async def _migrate_once(con: Connection, migrations: Migrations) -> Comparison:
    found = await compare(con, migrations)
    if not found.outstanding:
        return found
    async with con.transaction():
        await con.execute(_BEFORE)
        await con.execute("select pg_advisory_xact_lock($1)", LOCK)
        await con.execute(f"set local lock_timeout = '{_TABLE_PATIENCE}'")
        # Another one may have done it meanwhile.
        found = await compare(con, migrations)
        await _apply(con, migrations, found)
    return found


async def _apply(con: Connection, migrations: Migrations, found: Comparison) -> None:
    if found.pending:
        await con.execute(CREATE)
    for name in found.pending:
        try:
            await con.execute(migrations.files[name].text)
        except _ROWS_DO_NOT_FIT as error:
            reason = "; ".join(str(error).splitlines())
            msg = f"{name} cannot be applied, and nothing was changed: {reason}"
            raise MigrationError(msg) from error
        await record(con, migrations.files[name])
    for function in migrations.functions:
        if function.name in found.missing:
            await con.execute(function.create)


async def check(con: Connection, migrations: Migrations) -> Comparison:
    """How the database differs from what the program needs, while it can work all the same.

    Applies nothing. Raises MigrationError where something is to be applied first.
    """
    found = await compare(con, migrations)
    if found.outstanding:
        msg = (
            f"The database lacks what this Looplane needs ({some_of(found.outstanding)});"
            " run `looplane migrate`."
        )
        raise MigrationError(msg)
    return found


async def watch(database: Database, migrations: Migrations, known: Comparison) -> NoReturn:
    """Looks until cancelled whether a newer program migrates under this one, and logs that it did.

    Raises MigrationError when this one cannot go on.
    """
    while True:
        await asyncio.sleep(_LOOK)
        try:
            async with database.reading() as con:
                found = await compare(con, migrations)
        except COLLISION:
            continue  # the very change that is looked for
        except Exception as error:
            if isinstance(error, Unavailable) or as_unavailable(error) is not None:
                continue
            raise
        if found.unknown != known.unknown:
            log_newer(found)
        known = found


def log_newer(found: Comparison) -> None:
    """Says in the log that the database is newer than this program, if it is."""
    if found.notice:
        _log.warning(found.notice)
