"""What a process of ours needs around it: the database, its tables, its logs."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TypeVar

import asyncpg

from looplane.backups.sql import IS_CLOSED, NAME
from looplane.event_partitions import are_positions_behind, rebase_positions
from looplane.kit.config import ConfigError, Settings
from looplane.kit.database import Connection, connected, is_unreachable
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.data_dir import warn_of_forgotten_data
from looplane.kit.embedded_pg.server import EmbeddedPostgres, logger
from looplane.kit.ledger import Comparison
from looplane.kit.migrate import check, log_newer, migrate
from looplane.kit.migrations import MigrationError, Migrations

Begun = TypeVar("Begun")


@contextmanager
def hosted(
    settings: Settings,
    *,
    creates: bool = False,
    tell: Callable[[str], None] = logger.warning,
) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """The DSN, and the embedded server unless a database of the operator's own is set.

    The server is ours to stop if it was ours to start. Raises EmbeddedError, also where there is no
    database, unless this `creates` one, and has told so.
    """
    if settings.database_url is not None:
        yield settings.database_url, None
        return
    warn_of_forgotten_data(settings.data_dir)
    binaries = find_binaries(settings.pg_bin)
    server = EmbeddedPostgres(settings.data_dir, binaries, settings.pg_bin_old)
    dsn = server.start(creates=creates, tell=tell)
    try:
        yield dsn, server
    finally:
        server.stop()


@contextmanager
def database(settings: Settings, *, creates: bool = False) -> Iterator[str]:
    """The DSN of the database that `settings` name, running while this lasts.

    Raises EmbeddedError where there is none, unless this `creates` one.
    """
    with hosted(settings, creates=creates) as (dsn, _):
        yield dsn


@asynccontextmanager
async def open_connection(dsn: str, settings: Settings) -> AsyncIterator[Connection]:
    """One connection, of no pool.

    Raises ConfigError, PoolerError, and what `kit.database.is_unreachable` knows.
    """
    async with AsyncExitStack() as stack:
        with readable_address():
            con = await stack.enter_async_context(connected(dsn, settings.database_pooling))
        yield con


@contextmanager
def readable_address() -> Iterator[None]:
    """Raises ConfigError where the driver, on connecting, cannot read the address."""
    try:
        yield
    except asyncpg.ClientConfigurationError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        msg = f"LOOPLANE_DATABASE_URL cannot be used: {reason}."
        if "root certificate" in str(error):
            msg += " Add sslrootcert= and the path of the file with your authority's certificate."
        raise ConfigError(msg) from error
    except ValueError as error:
        msg = (
            "LOOPLANE_DATABASE_URL cannot be read as an address; in a password write"
            " %40 for @, %3A for :, %2F for / and %25 for %."
        )
        raise ConfigError(msg) from error


async def migrate_tables(con: Connection, migrations: Migrations) -> Comparison:
    """Brings the tables up to date; how they differed before. Raises MigrationError."""
    await _refuse_closed(con)
    found = await migrate(con, migrations)
    await rebase_positions(con)
    return found


async def check_tables(con: Connection, migrations: Migrations) -> Comparison:
    """How the tables differ from what is needed, where that does no harm. Raises MigrationError."""
    await _refuse_closed(con)
    found = await check(con, migrations)
    if await are_positions_behind(con):
        msg = (
            "The database was moved to a server that counts its transactions from a lower number;"
            " run `looplane migrate`, so that its events go on in order."
        )
        raise MigrationError(msg)
    return found


async def _refuse_closed(con: Connection) -> None:
    """Raises MigrationError for a database that was moved away."""
    if not await con.fetchval(IS_CLOSED):
        return
    name = await con.fetchval(NAME)
    msg = (
        "This database can only be read, as `looplane move` leaves the one that it copied: set"
        " LOOPLANE_DATABASE_URL to where it went. If the move is under way, wait for it; if it was"
        " cut off, run it again. To go back to this one instead, run `looplane pg"
        " psql -c 'set default_transaction_read_only = off' -c 'alter database"
        f" {name} reset default_transaction_read_only'`."
    )
    raise MigrationError(msg)


async def prepare_tables(
    dsn: str, settings: Settings, migrations: Migrations, patience: float, *, migrates: bool
) -> Comparison:
    """Brings the tables up to date, or only sees that they are; how they differed before.

    Goes on for `patience` seconds while the database is away. Raises MigrationError, and what
    `open_connection` does.
    """

    async def prepare() -> Comparison:
        async with open_connection(dsn, settings) as con:
            return await (migrate_tables if migrates else check_tables)(con, migrations)

    found = await once_reachable(prepare, patience)
    log_newer(found)
    return found


async def once_reachable(begin: Callable[[], Awaitable[Begun]], patience: float) -> Begun:
    """What `begin` gives, which is tried for `patience` seconds while the database is away."""
    end = time.monotonic() + patience
    while True:
        try:
            return await begin()
        except Exception as error:
            if not is_unreachable(error) or time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)
