"""The database of all tests, and those that are empty at first, for one test each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg

NAME = "looplane_empty"
_TABLES = """
select oid::regclass::text as name from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace"""


async def make_steady(con: Any) -> None:
    """Has a server do nothing of its own, in a database with our tables, that a test could meet."""
    # Its rows are not to outlive anything: what is to survive has servers of its own.
    name = await con.fetchval("select current_database()")
    await con.execute(f'alter database "{name}" set synchronous_commit = off')
    # To write down what is in a table is a transaction, which holds events back now and then, and
    # leads to other plans.
    for row in await con.fetch(_TABLES):
        await con.execute(
            f"alter table {row['name']} set (autovacuum_analyze_threshold = {2**31 - 1})"
        )


@asynccontextmanager
async def empty_database(dsn: str) -> AsyncIterator[str]:
    """The address of an empty database on the server of `dsn`; gone at the end."""
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"drop database if exists {NAME} with (force)")
    await admin.execute(f"create database {NAME}")
    yield urlsplit(dsn)._replace(path=f"/{NAME}").geturl()
    try:
        await admin.execute(f"drop database {NAME} with (force)")
    except asyncpg.InsufficientPrivilegeError:
        # The server is cleaning up in there, which only a drop without force puts an end to.
        await admin.execute(f"drop database {NAME}")
    await admin.close()
