"""The database that a command works on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from looplane.cli.output import note
from looplane.kit.config import read_settings
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
    """What `work` answers on a connection of its own. Raises what `open_connection` does."""
    con = await open_connection(dsn)
    try:
        return await work(con)
    finally:
        await con.close()
