"""How a thread is marked as read, which is the team's and no member's own."""

from typing import Any

from looplane.changes import as_found, write_optimistically
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import parse_id
from looplane.kit.responses import Answer, or_404
from looplane.threads.reading.schemas import ReadMark
from looplane.threads.schemas import ExpandQuery
from looplane.threads.sql import THREAD, get_thread
from looplane.threads.update import sql as update
from looplane.threads.update.commands import DecidedChange, state_of, write_change


async def mark_thread_read(con: Connection, context: Context, body: ReadMark) -> Answer:
    """Marks a thread as read or unread; one that is so already is left alone. Raises NotFound."""
    context.raise_faults()
    id = or_404(parse_id(body.thread_id), THREAD.noun)

    async def attempt() -> Answer | None:
        row = await update.find(con, context, id, {})
        before = state_of(row, {})
        after = {**before, "is_read": _next(before, body)}
        if after == before:
            present = await get_thread(con, context, id, ExpandQuery())
            return as_found(present, row["version"])
        now = later_than(row["updated_at"], context.clock)
        return await write_change(con, context, DecidedChange(id, row, before, after, now))

    key = (context.workspace_id, id)
    return await write_optimistically(con, attempt, lambda: con.execute(THREAD.lock, *key))


def _next(before: dict[str, Any], body: ReadMark) -> bool:
    """Whether the thread is read from now on."""
    last, seen = before["last_inbound_message_at"], body.seen_inbound_at
    is_newer = "seen_inbound_at" in body.model_fields_set and last is not None
    is_newer = is_newer and (seen is None or last > seen)
    return bool(before["is_read"]) if body.is_read and is_newer else body.is_read
