"""What a process of ours needs around it: the database, its tables, its logs."""

from collections.abc import Iterator
from contextlib import contextmanager

from looplane.kit.config import ConfigError, Settings
from looplane.kit.db import Connection, connect
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.data_dir import warn_of_forgotten_data
from looplane.kit.embedded_pg.server import EmbeddedPostgres


@contextmanager
def hosted(settings: Settings) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """The DSN, and the embedded server unless a database of the operator's own is set.

    The server is ours to stop if it was ours to start. Raises EmbeddedError.
    """
    if settings.database_url is not None:
        yield settings.database_url, None
        return
    warn_of_forgotten_data(settings.data_dir)
    server = EmbeddedPostgres(settings.data_dir, find_binaries(settings.pg_bin))
    dsn = server.start()
    try:
        yield dsn, server
    finally:
        server.stop()


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The DSN of the database that `settings` name, running while this lasts."""
    with hosted(settings) as (dsn, _):
        yield dsn


async def open_connection(dsn: str) -> Connection:
    """One connection. Raises ConfigError, and what `kit.db.is_unreachable` knows."""
    try:
        return await connect(dsn)
    except ValueError as error:
        msg = (
            "LOOPLANE_DATABASE_URL cannot be read as an address; in a password write"
            " %40 for @, %3A for :, %2F for / and %25 for %."
        )
        raise ConfigError(msg) from error
