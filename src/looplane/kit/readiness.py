"""Whether requests can be answered: one look at the database for all who ask at the time."""

import asyncio
import time

from looplane.kit.database import Database
from looplane.kit.errors import Unavailable

_PATIENCE = 2.0  # seconds; whoever asks whether we are ready wants to know it now
_REMEMBERED = 0.5  # seconds; probes need no key, so many of them must cost no more than a few


class Readiness:
    """Looks on a connection of its own: a pool that is busy says nothing of the database."""

    def __init__(self) -> None:
        self._look: asyncio.Task[None] | None = None
        self._ended = 0.0

    async def check(self, database: Database) -> None:
        """Raises Unavailable, or what `kit.database.as_unavailable` knows, when not ready."""
        look = self._look
        if look is None or (look.done() and time.monotonic() > self._ended + _REMEMBERED):
            look = self._look = asyncio.create_task(_look_at(database))
            look.add_done_callback(self._note)
        async with asyncio.timeout(_PATIENCE):
            await asyncio.shield(look)

    def _note(self, look: asyncio.Task[None]) -> None:
        self._ended = time.monotonic()
        if not look.cancelled():
            look.exception()  # is known, even if all who asked have gone


async def _look_at(database: Database) -> None:
    database.room.check_all()
    async with database.connected() as con:
        if await con.fetchval("select to_regclass('migrations')") is None:
            msg = "The database has no tables yet: run `looplane migrate`."
            raise Unavailable(msg)
