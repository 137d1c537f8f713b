"""What can be done with tags, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes
from looplane.events import Values
from looplane.inverses import PastEvent, require_kept
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of
from looplane.tags import sql


async def delete_tag(con: Connection, context: Context, id: UUID) -> Answer:
    """Deletes a tag; it leaves every thread. Raises NotFound, PreconditionFailed."""

    async def leave_threads() -> Values:
        rows = await con.fetch(sql.DELETE_FROM_THREADS, context.workspace_id, id)
        return {"thread_ids": [row["thread_id"] for row in rows]}

    return await changes.delete(con, context, sql.TAG, id, leave_threads)


async def return_to_threads(con: Connection, context: Context, event: PastEvent) -> None:
    """Gives a tag that is there again to the threads that it had left with its deletion."""
    require_kept(event, {"thread_ids"})
    ids = event.internal_before["thread_ids"]
    await con.execute(sql.INSERT_INTO_THREADS, context.workspace_id, event.subject_id, ids)


INVERSES = inverses_of(sql.TAG, delete=delete_tag, put_back=return_to_threads)
