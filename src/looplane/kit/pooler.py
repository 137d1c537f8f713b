"""Whether a connection pooler such as PgBouncer stands before the database, and what it takes.

A pooler refuses or overlooks settings that travel as start-up parameters, and one that pools by
transaction gives each transaction another server, where no statement of the last one is prepared.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

_REFUSED = "unsupported startup parameter"
_BY_STATEMENT = "statement pooling"
# The setting by which it is seen whether start-up parameters arrive.
_WITNESS = "plan_cache_mode"
# So many transactions on one server, while another session holds one, are no chance.
_LOOKS = 4


class PoolerError(Exception):
    """Says why the program cannot work behind this pooler."""


@dataclass(frozen=True, slots=True)
class Pooling:
    """How sessions of the server reach us.

    `sets` says that each session has to be told its settings; `pins`, that only a transaction keeps
    us on one server, so that everything happens in one.
    """

    name: str
    sets: bool = False
    pins: bool = False


DIRECT = Pooling("none")
BY_SESSION = Pooling("session", sets=True)
BY_TRANSACTION = Pooling("transaction", pins=True)


async def find_pooling(dsn: str, settings: Mapping[str, str], timeout: float) -> Pooling:
    """Which pooling there is between us and the database; `timeout` is in seconds.

    Raises PoolerError for one that pools by statement, and what the driver raises when the
    database cannot be reached.
    """
    try:
        con = await asyncpg.connect(dsn, timeout=timeout, server_settings=dict(settings))
    except asyncpg.PostgresError as error:
        if _REFUSED not in str(error):
            raise
    else:
        try:
            if await con.fetchval(f"show {_WITNESS}") == settings[_WITNESS]:
                return DIRECT
        except asyncpg.InvalidSQLStatementNameError:
            pass  # prepared on one server, run on the next: pooled by transaction
        finally:
            con.terminate()
    return await _find_mode(dsn, timeout)


async def _find_mode(dsn: str, timeout: float) -> Pooling:
    """By session, or by transaction: whether a server goes from hand to hand between two."""
    first, second = [
        await asyncpg.connect(dsn, timeout=timeout, statement_cache_size=0) for _ in range(2)
    ]
    try:
        server = await _server_of(first)
        async with asyncio.timeout(timeout), second.transaction():
            if await second.fetchval(_SERVER) == server:
                return BY_TRANSACTION
            servers = {await _server_of(first) for _ in range(_LOOKS)}
    except TimeoutError:
        return BY_SESSION  # the one server that there is belongs to the first session
    except asyncpg.PostgresError as error:
        if _BY_STATEMENT not in str(error):
            raise
        msg = f"The connection pooler pools by statement; let it pool by transaction ({error})."
        raise PoolerError(msg) from error
    finally:
        first.terminate()
        second.terminate()
    return BY_SESSION if servers == {server} else BY_TRANSACTION


async def _server_of(con: asyncpg.Connection) -> int:
    async with con.transaction():
        return int(await con.fetchval(_SERVER))


_SERVER = "select pg_backend_pid()"


def set_statements(settings: Mapping[str, str], verb: str) -> str:
    """SQL that tells a session (`set`) or a transaction (`set local`) its settings."""
    return ";".join(f"{verb} {name} = '{value}'" for name, value in settings.items())
