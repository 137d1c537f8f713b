"""Whether a connection pooler such as PgBouncer stands before the database, and how it pools.

A pooler refuses or overlooks settings that travel as start-up parameters. One that pools by
transaction gives each transaction another server, where no statement of the last one is prepared.
"""

import asyncio
from contextlib import ExitStack
from enum import StrEnum
from uuid import uuid4

import asyncpg

_BY_STATEMENT = "statement pooling"
# A parameter of no meaning but to come back, from the very server that we talk to.
_WITNESS = "looplane.witness"
# The server went while it was asked: that says nothing of what stands before it.
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
)
# Seconds until a session is taken to wait for the server that another one keeps.
_PATIENCE = 1.0


class PoolerError(Exception):
    """Says why the program cannot work behind this pooler."""


class Pooling(StrEnum):
    """How long a connection of ours keeps one server: always, for its session, a transaction."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"


# What an operator may say; `auto` finds out.
AUTO = "auto"
POOLINGS = (AUTO, *(str(each) for each in Pooling))


async def find_pooling(dsn: str, wanted: str) -> Pooling:
    """The pooling between us and the database; `wanted` is one of POOLINGS.

    Behind a pooler, `auto` answers TRANSACTION, which is right by session too, if slower. That a
    pooler pools by session cannot be told for certain: one that pools by transaction may give a
    session the same server a hundred times. Raises PoolerError for a pooler by statement and for
    one that is not what was said, and what the driver raises when the database is away.
    """
    if wanted == Pooling.NONE:
        return Pooling.NONE
    if wanted == AUTO and await _is_direct(dsn):
        return Pooling.NONE
    await _refuse_by_statement(dsn)
    if wanted == Pooling.SESSION:
        await _refuse_shared_server(dsn)
        return Pooling.SESSION
    return Pooling.TRANSACTION


async def _is_direct(dsn: str) -> bool:
    """Whether a start-up parameter arrives."""
    witness = uuid4().hex
    try:
        con = await asyncpg.connect(
            dsn, statement_cache_size=0, server_settings={_WITNESS: witness}
        )
    except (asyncpg.ProtocolViolationError, asyncpg.FeatureNotSupportedError):
        return False  # refused; if that was not the reason, the next connection tells
    try:
        async with con.transaction():
            found = await con.fetchval("select current_setting($1, true)", _WITNESS)
    except asyncpg.PostgresError as error:
        # A pooler by statement may hang up as it refuses.
        if isinstance(error, _GONE) and _BY_STATEMENT not in str(error):
            raise
        return False  # a transaction is refused; likewise
    finally:
        await con.close()
    return bool(found == witness)


async def _refuse_by_statement(dsn: str) -> None:
    con = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        await _server_of(con)
    except asyncpg.PostgresError as error:
        if _BY_STATEMENT not in str(error):
            raise
        msg = (
            "The connection pooler before the database pools by statement, where nothing that"
            f" takes two statements is safe; let it pool by transaction or by session ({error})."
        )
        raise PoolerError(msg) from error
    finally:
        await con.close()


async def _refuse_shared_server(dsn: str) -> None:
    """Raises PoolerError where two sessions are seen on one server, or one session on two."""
    with ExitStack() as opened:
        first = await asyncpg.connect(dsn, statement_cache_size=0)
        opened.callback(first.terminate)
        second = await asyncpg.connect(dsn, statement_cache_size=0)
        opened.callback(second.terminate)
        servers = {await _server_of(first) for _ in range(2)}
        try:
            async with asyncio.timeout(_PATIENCE):
                other = await _server_of(second)
        except TimeoutError:
            return  # there is one server, and the first session keeps it
    if len(servers) > 1 or other in servers:
        msg = (
            "LOOPLANE_DATABASE_POOLING is session, but the connection pooler gives the server of"
            " one session to another; set it to transaction."
        )
        raise PoolerError(msg)


async def _server_of(con: asyncpg.Connection) -> int:
    async with con.transaction():
        return int(await con.fetchval("select pg_backend_pid()"))
