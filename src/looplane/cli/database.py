"""The database that a command works on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from looplane.cli.output import note
from looplane.event_partitions import rebase_positions
from looplane.kit.config import Settings, read_settings
from looplane.kit.database import Connection, Database, open_database
from looplane.kit.embedded_pg.data_dir import has_database
from looplane.kit.ledger import compare
from looplane.runtime import (
    check_tables,
    database,
    migrate_tables,
    open_connection,
    readable_address,
)
from looplane.tables import MIGRATIONS

Outcome = TypeVar("Outcome")
Work = Callable[[Connection], Awaitable[Outcome]]


def on_database(work: Work[Outcome], *, creates: bool = False) -> Outcome:
    """What `work` answers on a running database, whatever its tables.

    Raises EmbeddedError where there is no database, unless this `creates` one.
    """
    settings = read_settings()
    with database(settings, creates=creates) as dsn:
        return asyncio.run(on_connection(dsn, settings, work))


def on_tables(work: Work[Outcome], *, creates: bool = False) -> Outcome:
    """What `work` answers on a running database whose tables are as this program needs them.

    Raises MigrationError where they are not, and EmbeddedError where there is no database, unless
    this `creates` one, with its tables.
    """
    settings = read_settings()
    is_new = creates and settings.database_url is None and not has_database(settings.data_dir)

    async def work_checked(con: Connection) -> Outcome:
        if is_new:
            await migrate_tables(con, MIGRATIONS)
        await _check(con)
        return await work(con)

    return on_database(work_checked, creates=creates)


def on_pool(work: Callable[[Database], Awaitable[Outcome]]) -> Outcome:
    """The same, for work that is too long to be one transaction behind a pooler."""
    settings = read_settings()

    async def work_checked(dsn: str) -> Outcome:
        await on_connection(dsn, settings, _check)
        with readable_address():
            opened = await open_database(dsn, 1, settings.database_pooling)
        try:
            return await work(opened)
        finally:
            await opened.pool.close()

    with database(settings) as dsn:
        return asyncio.run(work_checked(dsn))


async def _check(con: Connection) -> None:
    found = await check_tables(con, MIGRATIONS)
    if found.notice:
        note(found.notice)


async def on_connection(dsn: str, settings: Settings, work: Work[Outcome]) -> Outcome:
    """What `work` answers on a connection of its own. Raises what `open_connection` does."""
    async with open_connection(dsn, settings) as con:
        return await work(con)


async def finish_copy(con: Connection) -> None:
    """Lets events go on in order on the server to which a database was copied.

    Where its tables are not as the program needs them, `looplane migrate` does both.
    """
    if (await compare(con, MIGRATIONS)).outstanding:
        note("What was copied is of an older version: run `looplane migrate` there next.", "yellow")
    else:
        await rebase_positions(con)
