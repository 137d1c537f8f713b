"""The database: connections, how long anything may wait for one, and nothing that hides SQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
import orjson

from looplane.kit.errors import ApiError, StorageFull, Unavailable
from looplane.kit.json import to_json
from looplane.kit.pool_metrics import PoolFigures
from looplane.kit.pooler import AUTO, Pooling, find_pooling
from looplane.kit.room import Room, is_full
from looplane.kit.tracing import watch_statements

# All in seconds: a request waits this long for its turn and a connection, a statement for a lock
# that another transaction holds, and a statement runs this long at the most.
ACQUIRE_TIMEOUT = 2.0
LOCK_TIMEOUT = 2.0
STATEMENT_TIMEOUT = 15.0
# A server that is cut off ends nothing and says nothing: then the driver gives up.
_ANSWER_TIMEOUT = STATEMENT_TIMEOUT + 5
_CONNECT_TIMEOUT = 10.0
_CLOSE_TIMEOUT = 2.0
# Of all connections writes leave this share to reads.
_READ_PERCENT = 30
# Of the turns to write the parts of requests that are made in parts have this share at the most.
_PARTS_PERCENT = 50
# As many requests hold a claim at once while their parts are made.
_MAX_CLAIMS = 2

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
    """A pool of connections, a part of which is kept for reads. Its figures are under `name`."""

    def __init__(self, dsn: str, pool: asyncpg.Pool, pooling: Pooling, name: str = "api") -> None:
        self.pool, self.pooling, self.room = pool, pooling, Room()
        self._figures, self._dsn = PoolFigures(name), dsn
        reads = max(1, pool.get_max_size() * _READ_PERCENT // 100)
        writes = max(1, pool.get_max_size() - reads)
        self._write_slots = asyncio.Semaphore(writes)
        self._part_slots = asyncio.Semaphore(max(1, writes * _PARTS_PERCENT // 100))
        self._claims = asyncio.Semaphore(_MAX_CLAIMS)
        self._subjects: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """A connection. Raises Unavailable when none gets free in time."""
        return self._in_turn()

    def writing(self, subject: UUID | None = None) -> AbstractAsyncContextManager[Connection]:
        """A connection to write with; those who write to one subject wait without a connection.

        So a row that somebody holds costs one connection, however many wait for it, and writes
        that wait leave connections to reads. Not to be entered again for a subject that one holds.
        Raises Unavailable, and StorageFull before anything is begun.
        """
        self.room.check()
        if subject is None:
            return self._in_turn(self._write_slots)
        return self._in_turn(self._lock_of(subject), self._write_slots)

    def writing_part(self, subject: UUID) -> AbstractAsyncContextManager[Connection]:
        """A connection to write one of many parts with.

        All parts together leave turns to other writes, also where each waits for a row that
        somebody holds. Raises Unavailable, and StorageFull before it is begun.
        """
        self.room.check()
        return self._in_turn(self._lock_of(subject), self._part_slots, self._write_slots)

    def claiming(self) -> AbstractAsyncContextManager[Connection]:
        """A connection to hold a claim with while parts are made. Raises Unavailable.

        It is none of the pool, nor are there many: who holds it waits for connections of the pool,
        and if all did so, none would ever get one.
        """
        return self._in_turn(self._claims, connection=self.connected)

    def connected(self) -> AbstractAsyncContextManager[Connection]:
        """A connection of its own, outside of the pool."""
        return _connected(self._dsn, self.pooling)

    @asynccontextmanager
    async def _in_turn(
        self,
        *turns: asyncio.Lock | asyncio.Semaphore,
        connection: Callable[[], AbstractAsyncContextManager[Connection]] | None = None,
    ) -> AsyncIterator[Connection]:
        """A connection after all `turns`, within one time limit for everything."""
        acquired = connection or self._acquired
        async with AsyncExitStack() as held:
            try:
                with self._figures.waiting():
                    async with asyncio.timeout(ACQUIRE_TIMEOUT):
                        for each in turns:
                            await held.enter_async_context(each)
                        con = await held.enter_async_context(acquired())
            except TimeoutError as error:
                msg = "This waited too long for its turn at the database; try again."
                raise Unavailable(msg) from error
            yield con

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[Connection]:
        with self.room.explaining():
            con = await self.pool.acquire()
        self._figures.take(self.pool.get_size(), self.pool.get_max_size())
        try:
            if self.pooling is Pooling.TRANSACTION:
                async with _pinned(con):
                    yield con
            else:
                yield con
        except ApiError:
            raise
        except Exception as error:
            self.room.note(error)
            await _end_statement(con)
            raise
        finally:
            # One that cannot be given back is closed instead, and the outcome stays what it was.
            with suppress(*_BROKEN):
                await self.pool.release(con, timeout=_CLOSE_TIMEOUT)
            self._figures.give_back(self.pool.get_size())

    def _lock_of(self, subject: UUID) -> asyncio.Lock:
        if (lock := self._subjects.get(subject)) is None:
            lock = self._subjects[subject] = asyncio.Lock()
        return lock


async def open_database(dsn: str, size: int, pooling: str = AUTO, name: str = "api") -> Database:
    """The database with a pool of up to `size` connections, each made when it is needed.

    `pooling` is one of POOLINGS. Raises PoolerError, and what `is_unreachable` knows.
    """
    async with asyncio.timeout(_CONNECT_TIMEOUT):
        found = await find_pooling(dsn, pooling)
    options = {**_options(found), "reset": _keep_session, "command_timeout": _ANSWER_TIMEOUT}
    pool = await asyncpg.create_pool(dsn, min_size=0, max_size=size, **options)
    return Database(dsn, pool, found, name)


@asynccontextmanager
async def connected(dsn: str, pooling: str = AUTO) -> AsyncIterator[Connection]:
    """A connection of its own, outside of any pool. Raises as `open_database` does.

    Behind a pooler all of its life is one transaction, so it is not one to keep.
    """
    async with asyncio.timeout(_CONNECT_TIMEOUT):
        found = await find_pooling(dsn, pooling)
    async with _connected(dsn, found) as con:
        yield con


@asynccontextmanager
async def _connected(dsn: str, pooling: Pooling) -> AsyncIterator[Connection]:
    options = _options(pooling)
    initialise = options.pop("init")
    async with AsyncExitStack() as held:
        async with asyncio.timeout(_CONNECT_TIMEOUT):
            con = await asyncpg.connect(dsn, **options)
            held.push_async_callback(_close, con)
            await initialise(con)
            if pooling is Pooling.TRANSACTION:
                await held.enter_async_context(_pinned(con))
        yield con


async def _close(con: Connection) -> None:
    with suppress(*_BROKEN):
        await con.close(timeout=_CLOSE_TIMEOUT)


@asynccontextmanager
async def _pinned(con: Connection) -> AsyncIterator[None]:
    """Holds one server of a pooler by transaction, which is told its settings each time."""
    async with con.transaction():
        await con.execute(_set_statements("set local"))
        yield


def _options(pooling: Pooling) -> dict[str, Any]:
    """What the driver is told of a connection."""
    options = {"timeout": _CONNECT_TIMEOUT, "init": _set_codecs}
    if pooling is Pooling.TRANSACTION:
        # A statement that one server prepared is not there on the next one.
        return {**options, "statement_cache_size": 0}
    options |= {"statement_cache_size": 400, "max_cached_statement_lifetime": 0}
    if pooling is Pooling.SESSION:
        return {**options, "init": _set_session}
    return {**options, "server_settings": SESSION_SETTINGS}


def _set_statements(verb: str) -> str:
    """SQL that tells a session (`set`) or a transaction (`set local`) its settings."""
    return ";".join(f"{verb} {name} = '{value}'" for name, value in SESSION_SETTINGS.items())


async def _set_session(con: Connection) -> None:
    await con.execute(_set_statements("set"))
    await _set_codecs(con)


async def _set_codecs(con: Connection) -> None:
    watch_statements(con)
    async with con.transaction():  # on one server, whatever stands in between
        await con.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=to_json, decoder=orjson.loads
        )


async def _end_statement(con: Connection) -> None:
    """Ends a statement that was prepared and could not be run, as where a value has no encoding.

    The server takes it to be under way: its time limit would end the next one instead.
    """
    with suppress(*_BROKEN):
        await con.execute("select")


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
    # It ended a session that had stopped in the middle of a transaction.
    asyncpg.IdleInTransactionSessionTimeoutError,
    # A server's last words, come in between two statements, leave the driver in confusion.
    asyncpg.InternalClientError,
)
# What closing a connection may raise when there is nobody at its other end.
_BROKEN = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# Two writes met, or a write and a migration that changed the type of what it reads; the same call
# may go through when it is made again.
COLLISION = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,
)


def is_unreachable(error: Exception) -> bool:
    """Whether `error` says that the database cannot be had now, rather than that we erred."""
    if isinstance(error, asyncpg.InterfaceError):
        # "connection is closed", "pool is closing"; one that breaks in our hands is released.
        return any(words in str(error) for words in ("clos", "released back to the pool"))
    return isinstance(error, _UNREACHABLE)


def as_unavailable(error: Exception) -> Unavailable | None:
    """What to answer when the database is away or holds back what is asked for; else None.

    To be raised from `error`, so that the log has what the driver said.
    """
    if isinstance(error, (OSError, asyncpg.DiskFullError)) and is_full(error):
        return StorageFull("A disk is full; try again later.")
    if isinstance(error, asyncpg.LockNotAvailableError):
        return Unavailable("Another write holds what this one needs; try again.")
    if isinstance(error, asyncpg.QueryCanceledError):
        return Unavailable("This took the database too long; try again.")
    return Unavailable() if is_unreachable(error) else None
