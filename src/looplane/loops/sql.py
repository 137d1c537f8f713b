"""Every statement on loops."""

from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import parse_id
from looplane.kit.paging import fetch_whole_page
from looplane.kit.responses import Answer
from looplane.kit.sqltext import iso, json_object
from looplane.loops.schemas import LoopQuery
from looplane.threads.listing.sql import WAITS

_BODY = json_object(
    {
        "thread_id": "t.id",
        "waiting_since": f"case when {WAITS} then {iso('t.waiting_since')} end",
        "is_closed": "t.state = 'closed'",
        "last_outbound_message_at": iso("t.last_outbound_message_at"),
    }
)
# $1 workspace, $2 ids.
LIST = f"""
select {_BODY}::text as body from threads t
where t.workspace_id = $1 and t.id = any($2) and t.deleted_at is null
order by array_position($2, t.id)"""


async def list_loops(con: Connection, context: Context, query: LoopQuery) -> Answer:
    """The loops of those threads that are there, in the order in which they were asked for."""
    parsed = map(parse_id, query.thread_id or ())
    ids = [each for each in parsed if each is not None]
    return Answer(await fetch_whole_page(con, LIST, context.workspace_id, ids))
