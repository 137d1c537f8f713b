"""How a workspace goes for good: table by table, in batches, and on from wherever it was ended.

Once begun it is archived, and stays so: nobody is let in while it goes.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from asyncpg import ForeignKeyViolationError, LockNotAvailableError

from looplane.kit.database import COLLISION, Connection, Database
from looplane.kit.errors import Conflict
from looplane.kit.row_count import row_count
from looplane.kit.storage import Storage
from looplane.workspaces.removal import sql
from looplane.workspaces.removal.rules import in_order

# Pages of a table, of 8 kB, that one transaction looks through.
PAGES = 200
# Who was let in before it began writes for a little while.
_MOST_ROUNDS = 10
_COUNTING = 3600.0  # seconds


async def count_contents(con: Connection, id: UUID) -> dict[str, int]:
    """How many of each kind of thing a workspace has, deleted ones too; of those that it has."""
    async with con.transaction():
        # It may look through millions of rows, and nobody else waits for it.
        await con.execute(sql.WITHOUT_LIMIT)
        row = await con.fetchrow(sql.COUNT, id, timeout=_COUNTING)
    assert row is not None, "counts are a row"
    return {name: count for name, count in row.items() if count}


async def delete_workspace(
    database: Database,
    storage: Storage,
    id: UUID,
    now: datetime,
    tell: Callable[[str, int], None] = lambda _table, _rows: None,
) -> dict[str, int]:
    """Deletes a workspace with all that it has, files too; how many rows of which table.

    Each batch is a transaction: what is ended half-way goes on when it is called again. `tell` is
    called after each batch with its table and its rows. Raises Conflict where rows keep coming.
    """
    async with database.reading() as con:
        await con.execute(sql.BEGIN, id, now)
        tables = [row["name"] for row in await con.fetch(sql.LIST_TABLES)]
        links = [(row["source"], row["target"]) for row in await con.fetch(sql.LIST_LINKS)]
    order, done = in_order(tables, links), dict[str, int]()
    for _ in range(_MOST_ROUNDS):
        try:
            for table in order:
                await _empty(database, id, table, done, tell)
            await storage.delete_below(str(id))
            async with database.reading() as con:
                await con.execute(sql.END, id, now)
        except (ForeignKeyViolationError, LockNotAvailableError, *COLLISION):
            continue  # somebody wrote or writes something
        return done
    msg = "Somebody writes to the workspace all the time: stop what does, and delete it again."
    raise Conflict(msg)


async def _empty(
    database: Database,
    id: UUID,
    table: str,
    done: dict[str, int],
    tell: Callable[[str, int], None],
) -> None:
    while await _pass(database, id, table, done, tell) and table in sql.LEAVES:
        continue


async def _pass(
    database: Database,
    id: UUID,
    table: str,
    done: dict[str, int],
    tell: Callable[[str, int], None],
) -> int:
    """Looks through a table once; how many rows it took."""
    statement, taken = sql.delete_rows(table), 0
    async with database.reading() as con:
        pages = await con.fetchval(sql.COUNT_PAGES, table)
    for page in range(0, pages, PAGES):
        async with database.reading() as con:
            status = await con.execute(statement, id, (page, 0), (page + PAGES, 0))
        if rows := row_count(status):
            taken += rows
            done[table] = done.get(table, 0) + rows
            tell(table, rows)
    return taken
