"""How the database runs what requests ask of it: the plan of every statement, nested ones too."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from looplane.kit.database import SESSION_SETTINGS
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.json import to_json

Node = dict[str, Any]

# Only the server's configuration may load it and switch it on.
_EXPLAINS = """
session_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_nested_statements = on
auto_explain.log_format = json
auto_explain.log_level = notice
"""


@dataclass(frozen=True)
class Scan:
    """One scan of a table, within the statement that it is part of."""

    statement: str
    node: Node
    above: Sequence[Node]

    @property
    def table(self) -> str:
        return str(self.node.get("Relation Name", ""))

    @property
    def index(self) -> str | None:
        return self.node.get("Index Name")

    @property
    def condition(self) -> str:
        """What it looks up in the index."""
        return str(self.node.get("Index Cond", ""))

    def __str__(self) -> str:
        steps = " > ".join(each["Node Type"] for each in (*self.above, self.node))
        return f"{steps} on {self.table} by {self.index} ({self.condition}) in {self.statement}"


def explain_all(server: EmbeddedPostgres, folder: Path) -> str:
    """Restarts a server of our own so that it tells the plan of each statement; its DSN."""
    server.stop()
    with (folder / "postgres" / "postgresql.auto.conf").open("a") as file:
        file.write(_EXPLAINS)
    return server.start()


@asynccontextmanager
async def rolled_back(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection set up as ours are; nothing of what is done with it stays."""
    con = await asyncpg.connect(dsn, server_settings=SESSION_SETTINGS)
    transaction = con.transaction()
    await transaction.start()
    try:
        await con.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=to_json, decoder=orjson.loads
        )
        yield con
    finally:
        await transaction.rollback()
        await con.close()


@contextmanager
def watched(con: asyncpg.Connection) -> Iterator[list[str]]:
    """What the server says of its plans meanwhile."""
    said: list[str] = []

    def listen(_: object, message: Any) -> None:
        if "plan:" in message.message:
            said.append(message.message.partition("plan:")[2])

    con.add_log_listener(listen)
    yield said
    con.remove_log_listener(listen)


async def told(con: asyncpg.Connection) -> None:
    """Waits until the plans of all statements so far were told."""
    await con.execute("select 1")  # the server closes the statement before, and tells of it
    await asyncio.sleep(0.01)  # the driver hands it on in a later turn of the loop


def scans_of(said: list[str]) -> list[Scan]:
    """Every scan in the plans that were told."""
    plans = [json.loads(each) for each in said]
    return [scan for each in plans for scan in _scans(each["Query Text"], each["Plan"], ())]


def _scans(statement: str, node: Node, above: Sequence[Node]) -> Iterator[Scan]:
    if node["Node Type"] == "Bitmap Heap Scan":
        for part in node["Plans"]:
            named = {**part, "Relation Name": node["Relation Name"]}
            yield from _scans(statement, named, (*above, node))
        return
    if "Scan" in node["Node Type"] and ("Relation Name" in node or "Index Name" in node):
        yield Scan(statement, node, above)
    for part in node.get("Plans", ()):
        yield from _scans(statement, part, (*above, node))
