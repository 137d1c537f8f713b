"""How a tab says where it is, and is told who else is there."""

from datetime import timedelta

from looplane.kit.clock import Clock
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import parse_id
from looplane.kit.responses import Answer, or_404
from looplane.presence import sql
from looplane.presence.schemas import PresenceBeat
from looplane.threads.sql import THREAD

# How long a beat counts: two may be lost before somebody seems gone.
LASTS = timedelta(seconds=30)


async def beat_presence(con: Connection, context: Context, beat: PresenceBeat) -> Answer:
    """Says what the member does at a thread in one tab; who else is there. Raises NotFound."""
    tab = parse_id(getattr(beat, "tab", ""))
    context.raise_faults([] if tab else ["tab: must be an id, in small letters"])
    now, thread_id = context.clock(), parse_id(beat.thread_id)
    args = (thread_id, context.member_id, tab, beat.doing, now, now - LASTS)
    body = await con.fetchval(sql.BEAT, context.workspace_id, *args)
    return Answer(or_404(body, THREAD.noun))


async def sweep_presence(con: Connection, clock: Clock) -> int:
    """Deletes what counts no more, in all workspaces; how many rows there were."""
    done: str = await con.execute(sql.DELETE_GONE, clock() - LASTS)
    return int(done.rsplit(maxsplit=1)[-1])
