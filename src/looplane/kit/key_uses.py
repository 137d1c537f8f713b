"""When keys and sessions were last used: kept in memory, and written together now and then."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from operator import attrgetter
from uuid import UUID

import structlog

from looplane.kit.clock import Clock
from looplane.kit.database import as_unavailable
from looplane.kit.errors import Unavailable
from looplane.kit.principal import Principal

# Seconds between two writes, each of which is one statement for all.
PAUSE = 60.0
# Seconds that the last write may take, when the process ends.
_LAST = 2.0

# Moments by workspace and id.
Uses = Mapping[tuple[UUID, UUID], datetime]

_log = structlog.get_logger("looplane.keys")


class KeyUses:
    """Notes who calls, at no cost to the call.

    What is noted is in the database within PAUSE seconds, or when the process ends; what a killed
    process had noted is lost. `write` never moves a moment backwards. `id_of` says what a caller
    calls by, if it is of the kind that is noted here.
    """

    def __init__(
        self,
        clock: Clock,
        write: Callable[[Uses], Awaitable[None]],
        id_of: Callable[[Principal], UUID | None] = attrgetter("key_id"),
    ) -> None:
        self._clock, self._write, self._id_of = clock, write, id_of
        self._uses: dict[tuple[UUID, UUID], datetime] = {}

    def note(self, principal: Principal) -> None:
        """Notes that a key, or a session, is used now."""
        if (id := self._id_of(principal)) is not None:
            self._uses[principal.workspace_id, id] = self._clock()

    async def flush(self) -> None:
        """Writes what was noted since the last time; it stays noted where that fails."""
        uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            await self._write(uses)
        except BaseException:
            self._uses = {**uses, **self._uses}
            raise

    async def keep(self) -> None:
        """Writes once in PAUSE seconds until cancelled, whatever fails in between."""
        while True:
            await asyncio.sleep(PAUSE)
            await self._try_to_flush()

    async def aclose(self) -> None:
        """Writes a last time, if the database is there."""
        try:
            async with asyncio.timeout(_LAST):
                await self._try_to_flush()
        except TimeoutError:
            _log.warning("the last uses of keys are lost", keys=len(self._uses))

    async def _try_to_flush(self) -> None:
        try:
            await self.flush()
        except Exception as error:  # noqa: BLE001  # what fails now may go well in a minute
            if not isinstance(error, Unavailable) and as_unavailable(error) is None:
                _log.exception("the last uses of keys could not be written")
