"""Databases that are empty at first, for one test each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg

NAME = "looplane_empty"


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
