"""How deliveries that ended long ago are let go of, with their attempts."""

from datetime import timedelta
from uuid import UUID

import structlog

from looplane.delivery.retention import sql
from looplane.kit.clock import Clock
from looplane.kit.database import Connection
from looplane.notices import commands as notices

_log = structlog.get_logger("looplane.worker")
# Deliveries that one transaction looks at.
MOST_LOOKED_AT = 1000
_FIRST = UUID(int=0)


class DeliverySweep:
    """Lets go of deliveries that ended more than `days` ago, in all workspaces; never with 0.

    Several may sweep at once: what one is at another one passes by.
    """

    def __init__(self, clock: Clock, days: int, most: int = MOST_LOOKED_AT) -> None:
        self._clock, self._days, self._most = clock, days, most
        self._workspace: UUID | None = None
        self._last = _FIRST
        self._gone = 0

    async def run(self, con: Connection) -> int:
        """Looks at the next few; 0 once all were looked at."""
        if not self._days:
            return 0
        if self._workspace is None:
            self._workspace = await con.fetchval(sql.NEXT_WORKSPACE, _FIRST)
        while self._workspace is not None:
            if await self._look(con, self._workspace):
                return 1
            self._workspace = await con.fetchval(sql.NEXT_WORKSPACE, self._workspace)
            self._last = _FIRST
        self._tell()
        return 0

    async def _look(self, con: Connection, workspace_id: UUID) -> bool:
        now = self._clock()
        before = now - timedelta(days=self._days)
        span = (before, min(before, now - notices.KEPT))
        row = await con.fetchrow(sql.LET_GO, workspace_id, self._last, *span, self._most)
        if row is None:
            return False
        self._last = row["last"]
        self._gone += row["gone"]
        return True

    def _tell(self) -> None:
        if self._gone:
            _log.info("old deliveries were let go", deliveries=self._gone)
        self._gone = 0
