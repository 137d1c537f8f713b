"""What is told of deliveries that died: an event each."""

from collections.abc import Sequence
from uuid import UUID

from looplane.delivery.dead import sql
from looplane.events import Event, as_write
from looplane.kit.clock import Clock
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.principal import Principal

DEAD = "delivery.dead"
EVENT_TYPES = (DEAD,)
_RULE = "deliver"


async def tell_dead(clock: Clock, con: Connection, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Leaves an event of each of these deliveries, unless it was one that told the team."""
    rows = await con.fetch(sql.LIST_TOLD, workspace_id, ids)
    if not rows:
        return
    context = Context(Principal(workspace_id, "rule", rule=_RULE), clock, _RULE)
    dead = [Event(DEAD, row["id"]) for row in rows]
    await con.execute(sql.INSERT_EVENTS, workspace_id, as_write(context, clock(), dead))
