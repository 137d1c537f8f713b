"""Whether a database may be filled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from looplane.backups import sql
from looplane.backups.errors import BackupError
from looplane.kit.database import Connection
from looplane.kit.migrate import LOCK
from looplane.kit.text import some_of

OLDEST, NEWEST = 15, 18
_EXTENSIONS = ["btree_gin", "pg_trgm", "unaccent"]
_MAX_NAMES = 5


@asynccontextmanager
async def filling(con: Connection) -> AsyncIterator[None]:
    """A transaction to fill an empty database in, without limits of time.

    Raises BackupError that names everything for which it cannot be filled.
    """
    async with con.transaction():
        await con.execute(sql.WITHOUT_LIMITS)
        # Who starts on it meanwhile would make its tables: it waits, and finds ours.
        await con.execute(sql.TAKE_TURN, LOCK)
        await refuse_unfit(con)
        yield


async def refuse_unfit(con: Connection) -> None:
    """Raises BackupError that names everything for which a database cannot be filled."""
    row = await con.fetchrow(sql.DESCRIBE, _EXTENSIONS)
    assert row is not None, "it always answers"
    version = con.get_server_version()
    there = [each["name"] for each in await con.fetch(sql.LIST_WHAT_IS_THERE)]
    faults = {
        f"it is PostgreSQL {version.major}, and must be {OLDEST} to {NEWEST}": (
            not OLDEST <= version.major <= NEWEST
        ),
        f"its encoding is {row['encoding']}, and must be UTF8": row["encoding"] != "UTF8",
        f"the server lacks the extensions {', '.join(row['lacking'])}, which come in PostgreSQL's"
        " package contrib": bool(row["lacking"]),
        f'the role may not make anything in it: grant create on database "{row["name"]}"': (
            not row["may_create"]
        ),
        "the role may not make tables: grant create on schema public": not row["may_fill_public"],
        "it can only be read": row["is_read_only"],
        f"it is not empty: {some_of(there, _MAX_NAMES)}": bool(there),
    }
    if found := [fault for fault, is_one in faults.items() if is_one]:
        msg = (
            f'Nothing was written: the database "{row["name"]}" cannot be filled, for'
            f" {'; '.join(found)}. Choose one that is new and empty, which our role owns."
        )
        raise BackupError(msg)
