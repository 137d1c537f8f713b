"""How a command deletes a workspace: what it will take is shown and asked about first."""

import sys
from collections.abc import Awaitable, Callable

from rich.table import Table
from rich.text import Text

from looplane.cli.database import on_pool
from looplane.cli.output import card, note, say, show
from looplane.kit.clock import system_clock
from looplane.kit.config import read_settings
from looplane.kit.database import Connection, Database, Row
from looplane.kit.storage import storage_of
from looplane.workspaces.removal.commands import count_contents, delete_workspace

Find = Callable[[Connection], Awaitable[Row]]
# Given the name; raises Abort, or another error of a usage, where the answer is no.
Confirm = Callable[[str], None]


def remove_workspace(find: Find, confirm: Confirm, *, as_json: bool) -> None:
    """Deletes the workspace that is found once it is confirmed; it goes on where it was ended."""
    storage = storage_of(read_settings())

    async def work(database: Database) -> tuple[Row, dict[str, int]]:
        async with database.reading() as con:
            found = await find(con)
            contents = await count_contents(con, found["id"])
        _show(found, contents)
        confirm(found["name"])
        progress = _Progress()
        done = await delete_workspace(database, storage, found["id"], system_clock(), progress.add)
        return found, done

    found, done = on_pool(work)
    document = {"id": str(found["id"]), "name": found["name"], "rows": done}
    facts = {"id": str(found["id"]), "rows": f"{sum(done.values()):,} in {len(done)} tables"}
    last = "Backups made before still have it."
    say(document, card(f"Deleted the workspace {found['name']}.", facts, last), as_json=as_json)


def _show(found: Row, contents: dict[str, int]) -> None:
    """What will go, beside the outcome."""
    has = "has:\n" if contents else "has nothing in it."
    note(f"The workspace {found['name']} ({found['id']}) {has}", "")
    table = Table.grid(padding=(0, 2))
    for name, count in contents.items():
        table.add_row(f"  {name}", Text(f"{count:,}", justify="right"))
    if contents:
        show(table)
    if found["deletion_began_at"] is not None:
        note("\nIts deletion has begun already; this goes on with it.", "")
    note("", "")


class _Progress:
    """A line after each so many rows."""

    STEP = 100_000

    def __init__(self) -> None:
        self._rows = 0

    def add(self, table: str, rows: int) -> None:
        before, self._rows = self._rows, self._rows + rows
        if before // self.STEP < self._rows // self.STEP:
            note(f"{self._rows:,} rows deleted; now {table}")
            sys.stderr.flush()
