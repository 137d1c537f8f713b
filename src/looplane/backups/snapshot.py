"""One moment of a database, held for as long as several readers need it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from looplane.backups import sql
from looplane.kit.database import Connection


@asynccontextmanager
async def snapshot(con: Connection) -> AsyncIterator[str]:
    """The name by which others may see what `con` sees, in the transaction that is inside."""
    async with AsyncExitStack() as held:
        if con.is_in_transaction():  # behind a pooler
            await con.execute(sql.ONE_MOMENT)
        else:
            begun = con.transaction(isolation="repeatable_read", readonly=True)
            await held.enter_async_context(begun)
        await con.execute(sql.WITHOUT_LIMITS)
        name: str = await con.fetchval(sql.EXPORT_SNAPSHOT)
        yield name
