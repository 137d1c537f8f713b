"""The moment that a backup is of, where several readers need it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from looplane.backups import sql
from looplane.backups.errors import BackupError
from looplane.kit.database import COLLISION, Connection


@asynccontextmanager
async def snapshot(con: Connection, tables: Sequence[str]) -> AsyncIterator[str]:
    """The name by which others may see what `con` sees, in the transaction that is inside.

    All of `tables` are held before the moment is taken: one that is written anew after it, as a
    migration does, looks empty from there. Raises BackupError where a migration comes between.
    """
    async with AsyncExitStack() as held:
        if con.is_in_transaction():  # behind a pooler
            await con.execute(sql.ONE_MOMENT)
        else:
            begun = con.transaction(isolation="repeatable_read", readonly=True)
            await held.enter_async_context(begun)
        await con.execute(sql.WITHOUT_LIMITS)
        try:
            await con.execute(sql.HOLD.format(tables=", ".join(tables), mode="access share"))
        except (asyncpg.UndefinedTableError, *COLLISION) as error:
            msg = f"There is no backup, for a migration came between ({error}). Try again."
            raise BackupError(msg) from error
        name: str = await con.fetchval(sql.EXPORT_SNAPSHOT)
        yield name
