"""The database: connections, how long anything may wait for one, and nothing that hides SQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
import orjson

from looplane.kit.errors import Unavailable
from looplane.kit.json import to_json
from looplane.kit.pooler import Pooling, find_pooling, set_statements

# All in seconds: a request waits this long for a connection, a statement for a lock that another
# transaction holds, and a statement runs this long at the most.
ACQUIRE_TIMEOUT = 2.0
LOCK_TIMEOUT = 2.0
STATEMENT_TIMEOUT = 15.0
_CONNECT_TIMEOUT = 10.0
# Of all connections writes leave this share to reads.
_READ_SHARE = 0.3

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
Row = asyncpg.Record

SESSION_SETTINGS = {
    "application_name": "looplane",
    # Short statements, the same ones over and over: planned once, and never compiled.
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    # Disks that seek for nothing: the index that fits best, not the one that lies in order.
    "random_page_cost": "1.1",
    # A representation joins some ten tables; in parts, the condition would be looked at last.
    "join_collapse_limit": "12",
    "from_collapse_limit": "12",
    "timezone": "UTC",
    "lock_timeout": f"{LOCK_TIMEOUT:.0f}s",
    "statement_timeout": f"{STATEMENT_TIMEOUT:.0f}s",
    # A process of ours that is frozen or cut off must not hold its locks for ever.
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


class Database:
    """A pool of connections, a part of which is kept for reads."""

    def __init__(self, dsn: str, pool: asyncpg.Pool, size: int, pooling: Pooling) -> None:
        self.pool = pool
        self._dsn, self._pooling = dsn, pooling
        self._write_slots = asyncio.Semaphore(max(1, int(size * (1 - _READ_SHARE))))
        self._subjects: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection. Raises Unavailable when none gets free in time."""
        try:
            con = await self.pool.acquire(timeout=ACQUIRE_TIMEOUT)
        except TimeoutError:
            msg = "All connections to the database are busy; try again."
            raise Unavailable(msg) from None
        try:
            async with _settled(con, self._pooling):
                yield con
        finally:
            await self.pool.release(con)

    @asynccontextmanager
    async def writing(self, subject: UUID | None = None) -> AsyncIterator[Connection]:
        """A connection to write with; those who write to one subject wait without a connection.

        So a row that somebody holds costs one connection, however many wait for it, and writes
        that wait leave connections to reads. Raises Unavailable.
        """
        lock = self._lock_of(subject)
        try:
            async with asyncio.timeout(ACQUIRE_TIMEOUT) as limit, lock, self._write_slots:
                limit.reschedule(None)
                async with self.reading() as con:
                    yield con
        except TimeoutError:
            if not limit.expired():
                raise
            msg = "Other writes to the same thing are still waiting; try again."
            raise Unavailable(msg) from None

    def connected(self) -> AbstractAsyncContextManager[Connection]:
        """A connection of its own, outside of the pool."""
        return connected(self._dsn, self._pooling)

    def _lock_of(self, subject: UUID | None) -> asyncio.Lock:
        if subject is None:
            return asyncio.Lock()
        if (lock := self._subjects.get(subject)) is None:
            lock = self._subjects[subject] = asyncio.Lock()
        return lock


async def open_database(dsn: str, size: int) -> Database:
    """The database with a pool of up to `size` connections, each made when it is needed.

    Raises PoolerError, and what `is_unreachable` knows.
    """
    pooling = await find_pooling(dsn, SESSION_SETTINGS, _CONNECT_TIMEOUT)
    options = _options(pooling)
    pool = await asyncpg.create_pool(
        dsn, min_size=0, max_size=size, reset=_keep_session, timeout=_CONNECT_TIMEOUT, **options
    )
    return Database(dsn, pool, size, pooling)


@asynccontextmanager
async def connected(dsn: str, pooling: Pooling | None = None) -> AsyncIterator[Connection]:
    """A connection of its own, outside of any pool. Raises as `open_database` does."""
    if pooling is None:
        pooling = await find_pooling(dsn, SESSION_SETTINGS, _CONNECT_TIMEOUT)
    options = _options(pooling)
    initialise = options.pop("init")
    con = await asyncpg.connect(dsn, timeout=_CONNECT_TIMEOUT, **options)
    try:
        await initialise(con)
        async with _settled(con, pooling):
            yield con
    finally:
        await con.close()


@asynccontextmanager
async def _settled(con: Connection, pooling: Pooling) -> AsyncIterator[None]:
    """Holds one server behind a pooler by transaction; elsewhere the session is our own."""
    if not pooling.pins:
        yield
        return
    async with con.transaction():
        await con.execute(set_statements(SESSION_SETTINGS, "set local"))
        yield


def _options(pooling: Pooling) -> dict[str, Any]:
    """What the driver is told of a connection."""
    if pooling.pins:
        # A statement that one server prepared is not there on the next one.
        return {"statement_cache_size": 0, "init": _set_codecs}
    cached = {"statement_cache_size": 400, "max_cached_statement_lifetime": 0}
    if pooling.sets:
        return {**cached, "init": _set_session}
    return {**cached, "init": _set_codecs, "server_settings": SESSION_SETTINGS}


async def _set_session(con: Connection) -> None:
    await con.execute(set_statements(SESSION_SETTINGS, "set"))
    await _set_codecs(con)


async def _set_codecs(con: Connection) -> None:
    async with con.transaction():  # on one server, whatever stands in between
        await con.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=to_json, decoder=orjson.loads
        )


async def _keep_session(_con: Connection) -> None:
    """No statement of ours leaves anything behind in a session, so none is spent on a reset."""


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
# Two writes met; the same call may go through when it is made again.
COLLISION = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


def is_unreachable(error: Exception) -> bool:
    """Whether `error` says that the database cannot be had now, rather than that we erred."""
    if isinstance(error, asyncpg.InterfaceError):
        return "clos" in str(error)  # "connection is closed", "pool is closing"
    return isinstance(error, _UNREACHABLE)


def as_unavailable(error: Exception) -> Unavailable | None:
    """What to answer when the database is away or holds back what is asked for; else None."""
    if isinstance(error, asyncpg.LockNotAvailableError):
        msg = "Another write holds what this one needs; try again."
        return Unavailable(msg)
    return Unavailable() if is_unreachable(error) else None
