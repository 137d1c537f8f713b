"""What can be done with tags, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.tags import sql


async def delete_tag(con: Connection, context: Context, id: UUID) -> Answer:
    """Deletes a tag; it leaves every thread. Raises NotFound, PreconditionFailed."""

    async def leave_threads() -> None:
        await con.execute(sql.DELETE_FROM_THREADS, context.workspace_id, id)

    return await changes.delete(con, context, sql.TAG, id, leave_threads)
