"""The pool of connections, and nothing that hides SQL."""

from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

from looplane.kit.clock import iso

# A request may wait this long for a connection, and a statement run this long, in seconds.
ACQUIRE_TIMEOUT = 10
STATEMENT_TIMEOUT = 15

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
Row = asyncpg.Record

# What it looks like when the database is away, restarting, or refuses more connections.
_UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    # Writes were sent to what is now a standby.
    asyncpg.ReadOnlySQLTransactionError,
    # A server's last words, come in between two statements, leave the driver in confusion.
    asyncpg.InternalClientError,
)


def is_unreachable(error: Exception) -> bool:
    """Whether `error` says that the database cannot be had now, rather than that we erred."""
    if isinstance(error, asyncpg.InterfaceError):
        return "clos" in str(error)  # "connection is closed", "pool is closing"
    return isinstance(error, _UNREACHABLE)


# Two writes met; the same call may go through when it is made again.
COLLISION = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
# A migration replaced what a statement uses, at the very moment; the same holds.
REPLACED = (asyncpg.InvalidCachedStatementError, asyncpg.InternalServerError)


def _to_json(value: object) -> str:
    return orjson.dumps(value, _spelled, orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _spelled(value: object) -> str:
    """Moments as the API spells them, and ids, which asyncpg has in a type of its own."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError


async def _prepare(connection: Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=_to_json,
        decoder=orjson.loads,
    )


async def _keep_as_is(_connection: Connection) -> None:
    """No statement of ours leaves anything behind in a session, so none is spent on a reset."""


_SESSION = {
    "application_name": "looplane",
    # Short statements, the same ones over and over: planned once, and never compiled.
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    # Disks that seek for nothing: the index that fits best, not the one that lies in order.
    "random_page_cost": "1.1",
    # Lists join some ten tables; in parts, the filter would be the last of them to be looked at.
    "join_collapse_limit": "12",
    "from_collapse_limit": "12",
    "statement_timeout": f"{STATEMENT_TIMEOUT}s",
    "timezone": "UTC",
}


async def connect(dsn: str) -> Connection:
    """One connection, for a command that needs no pool. Raises what `is_unreachable` knows."""
    connection = await asyncpg.connect(dsn, timeout=ACQUIRE_TIMEOUT)
    await _prepare(connection)
    return connection


async def open_pool(dsn: str, size: int) -> asyncpg.Pool:
    """A pool of up to `size` connections, each made when it is needed."""
    return await asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=size,
        init=_prepare,
        reset=_keep_as_is,
        timeout=ACQUIRE_TIMEOUT,
        statement_cache_size=400,
        max_cached_statement_lifetime=0,
        server_settings=_SESSION,
    )
