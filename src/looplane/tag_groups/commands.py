"""What can be done with tag groups."""

from uuid import UUID

from looplane import changes
from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection
from looplane.kit.errors import Conflict
from looplane.tag_groups import sql
from looplane.tag_groups.schemas import TagGroupCreate, TagGroupPatch


async def create_tag_group(con: Connection, by: By, group: TagGroupCreate) -> Answer:
    """Makes a tag group."""
    return await changes.create(con, by, sql, group.model_dump())


async def update_tag_group(con: Connection, by: By, id: UUID, patch: TagGroupPatch) -> Answer:
    """Changes a tag group. Raises NotFound, PreconditionFailed."""
    sent = patch.model_dump(exclude_unset=True)
    return await changes.update(con, by, sql, id, lambda _: sent)


async def delete_tag_group(con: Connection, by: By, id: UUID) -> Answer:
    """Deletes an empty tag group. Raises NotFound, PreconditionFailed, Conflict."""

    async def refuse_full() -> None:
        if await con.fetchval(sql.HAS_TAGS, by.workspace_id, id):
            msg = "There are tags in this group; move or delete them first."
            raise Conflict(msg)

    return await changes.delete(con, by, sql, id, refuse_full)
