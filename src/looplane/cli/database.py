"""The database that a command works on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from looplane.cli.output import note
from looplane.kit.config import ConfigError, read_settings
from looplane.kit.db import Connection
from looplane.kit.migrate import migrate
from looplane.main import FUNCTIONS
from looplane.runtime import database, open_connection

Outcome = TypeVar("Outcome")
Work = Callable[[Connection], Awaitable[Outcome]]


def on_database(work: Work[Outcome]) -> Outcome:
    """What `work` answers on a running database, whatever its tables."""
    with database(read_settings()) as dsn:
        return asyncio.run(connected(dsn, work))


def on_tables(work: Work[Outcome]) -> Outcome:
    """What `work` answers on a running database, brought up to date first where it must be."""

    async def work_migrated(con: Connection) -> Outcome:
        if done := await migrate(con, FUNCTIONS):
            note(f"Brought the database up to date ({len(done)} applied).")
        return await work(con)

    return on_database(work_migrated)


async def connected(dsn: str, work: Work[Outcome]) -> Outcome:
    """What `work` answers on a connection of its own. Raises ConfigError for an unreadable DSN."""
    try:
        con = await open_connection(dsn)
    except asyncpg.ClientConfigurationError as error:
        msg = f"LOOPLANE_DATABASE_URL is not right: {error}"
        raise ConfigError(msg) from error
    except ValueError as error:
        # What exactly is wrong may be a part of the password, so it is not repeated.
        msg = (
            "LOOPLANE_DATABASE_URL cannot be read as an address; in a password write"
            " %40 for @, %3A for :, %2F for / and %25 for %."
        )
        raise ConfigError(msg) from error
    try:
        return await work(con)
    finally:
        await con.close()
