"""What can be done with tag groups, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import Conflict
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of
from looplane.tag_groups import sql


async def delete_tag_group(con: Connection, context: Context, id: UUID) -> Answer:
    """Deletes an empty tag group. Raises NotFound, PreconditionFailed, Conflict."""

    async def refuse_full() -> None:
        if await con.fetchval(sql.HAS_TAGS, context.workspace_id, id):
            msg = "There are tags in this group; move or delete them first."
            raise Conflict(msg)

    return await changes.delete(con, context, sql.TAG_GROUP, id, refuse_full)


INVERSES = inverses_of(sql.TAG_GROUP, delete=delete_tag_group)
