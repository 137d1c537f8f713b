"""The figures of the database, looked up when somebody asks, and not again at once."""

import asyncio
import math
import time
from collections.abc import Sequence

import structlog
from prometheus_client.core import Metric

from looplane.event_feed.schemas import START
from looplane.figures import sql
from looplane.figures.rules import Waiting, figures_of, gauge
from looplane.kit.database import Connection, Database, as_unavailable
from looplane.kit.ledger import compare
from looplane.kit.migrations import MigrationError, Migrations

# All in seconds: what one look may take, for how long it is remembered, and the size, for which the
# server asks the file system for each of its files.
PATIENCE = 3.0
REMEMBERED = 5.0
_SIZE_REMEMBERED = 60.0
# Those that something leaves by.
CHANNELS = ("email", "slack", "webhook")

_log = structlog.get_logger("looplane.figures")


class DatabaseFigures:
    """One look for all who ask at the time, on a connection that is none of the pool."""

    def __init__(self, database: Database, migrations: Migrations) -> None:
        self._database, self._migrations = database, migrations
        self._look: asyncio.Task[list[Metric]] | None = None
        self._until = self._size_until = -math.inf
        self._size = 0

    async def read(self) -> Sequence[Metric]:
        """What is known now; that the database is away, where it is. Raises nothing."""
        look = self._look
        if look is None or (look.done() and time.monotonic() > self._until):
            look = self._look = asyncio.create_task(self._look_up())
        return await asyncio.shield(look)

    async def _look_up(self) -> list[Metric]:
        found: list[Metric] = []
        is_up = False
        try:
            async with asyncio.timeout(PATIENCE), self._database.connected() as con:
                await con.execute("select")
                is_up = True
                found += await self._pending(con)
                found += figures_of(await self._waiting(con))
        except Exception as error:  # noqa: BLE001  # whoever watches is to learn of the rest
            if is_up or as_unavailable(error) is None:
                _log.warning("the database gave no figures", reason=repr(error))
        self._until = time.monotonic() + REMEMBERED
        return [gauge("database_up", "Whether the database answers.", is_up), *found]

    async def _pending(self, con: Connection) -> list[Metric]:
        try:
            pending = len((await compare(con, self._migrations)).outstanding)
        except MigrationError:
            return []  # it is another program's, which the log has
        return [gauge("migrations_pending", "Migrations that are to be applied first.", pending)]

    async def _waiting(self, con: Connection) -> Waiting:
        connections = await con.fetchrow(sql.CONNECTIONS)
        untold = await con.fetchrow(sql.UNTOLD, START.number, START.id)
        assert connections is not None, "one row"
        assert untold is not None, "one row"
        return Waiting(
            connections,
            await self._size_of(con),
            untold,
            await con.fetchval(sql.SET_ASIDE),
            await con.fetchval(sql.SNOOZE) or 0,
            CHANNELS,
            await con.fetch(sql.QUEUES),
            await con.fetch(sql.QUEUED, CHANNELS),
            await con.fetch(sql.UNROUTED),
            await con.fetch(sql.DEAD),
        )

    async def _size_of(self, con: Connection) -> int:
        if time.monotonic() > self._size_until:
            self._size = await con.fetchval(sql.SIZE)
            self._size_until = time.monotonic() + _SIZE_REMEMBERED
        return self._size
