"""How a tab says where it is, and is told who else is there."""

from datetime import timedelta
from uuid import UUID

from starlette.responses import Response

from looplane.kit.clock import Clock
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import parse_id
from looplane.kit.responses import Answer, or_404
from looplane.kit.row_count import row_count
from looplane.kit.writes import Write
from looplane.presence import rules, sql
from looplane.presence.schemas import PresenceBeat
from looplane.threads.sql import THREAD

# How long a beat counts: two may be lost before somebody seems gone.
LASTS = timedelta(seconds=30)


async def beat_presence(write: Write, beat: PresenceBeat) -> Response:
    """Says what the member does at a thread in one tab; who else is there. Raises NotFound.

    Where that is another thing than before, those who follow the workspace are told to ask.
    """
    context, changed = write.context, list[UUID]()
    response = await write(_beat, beat, changed)
    if not write.dry_run:
        for thread_id in changed:
            write.state.note_presence(context.workspace_id, thread_id, context.member_id)
    return response


async def _beat(
    con: Connection, context: Context, beat: PresenceBeat, changed: list[UUID]
) -> Answer:
    tab = parse_id(getattr(beat, "tab", ""))
    context.raise_faults([] if tab else ["tab: must be an id, in small letters"])
    now, thread_id = context.clock(), parse_id(beat.thread_id)
    args = (thread_id, context.member_id, tab, beat.doing, now, now - LASTS)
    row = or_404(await con.fetchrow(sql.BEAT, context.workspace_id, *args), THREAD.noun)
    assert thread_id is not None, "there is such a thread"
    changed[:] = rules.changed_threads(row["was_at"], row["did"], thread_id, beat.doing)
    return Answer(row["body"])


async def sweep_presence(con: Connection, clock: Clock) -> int:
    """Deletes what counts no more, in all workspaces; how many rows there were."""
    done: str = await con.execute(sql.DELETE_GONE, clock() - LASTS)
    return row_count(done)
