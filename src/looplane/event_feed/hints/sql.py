"""Statements between the processes that write events and those that wait for them."""

from collections.abc import Iterable

from looplane.kit.database import Connection

CHANNEL = "looplane_events"
# Stands for all workspaces.
ALL = "*"
# So many ids, and so many of three ids each, are within the 8,000 bytes that a notice may have.
MAX_NAMED = 100
MAX_PRESENCES = 30
# Seconds until a server that says nothing is taken to be gone.
_PATIENCE = 5.0

NOTIFY = "select pg_notify($1, $2)"
IS_THERE = "select 1"


async def notify(con: Connection, names: Iterable[str]) -> None:
    """Tells all who listen of these workspaces; outside of a transaction, so at once."""
    await con.execute(NOTIFY, CHANNEL, ",".join(names), timeout=_PATIENCE)


async def ask(con: Connection) -> None:
    """Raises what says that the server is gone, if it is."""
    await con.execute(IS_THERE, timeout=_PATIENCE)
