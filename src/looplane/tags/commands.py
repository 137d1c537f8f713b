"""What can be done with tags."""

from collections.abc import Mapping
from uuid import UUID

from looplane import changes
from looplane.changes import refuse
from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection
from looplane.kit.references import missing, sought
from looplane.tags import sql
from looplane.tags.schemas import TagCreate, TagPatch


async def create_tag(con: Connection, by: By, tag: TagCreate) -> Answer:
    """Makes a tag in a group. Raises ValidationFailed."""
    sent = tag.model_dump()
    async with con.transaction():
        return await changes.create(con, by, sql, {**sent, **await _group(con, by, sent)})


async def update_tag(con: Connection, by: By, id: UUID, patch: TagPatch) -> Answer:
    """Changes a tag. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True)
    if "tag_group_id" not in sent:
        return await changes.update(con, by, sql, id, lambda _: sent)
    async with con.transaction():
        columns = {**sent, **await _group(con, by, sent)}
        return await changes.update(con, by, sql, id, lambda _: columns)


async def delete_tag(con: Connection, by: By, id: UUID) -> Answer:
    """Deletes a tag; it leaves every thread. Raises NotFound, PreconditionFailed."""
    return await changes.delete(con, by, sql, id)


async def _group(con: Connection, by: By, sent: Mapping[str, object]) -> dict[str, object]:
    """The group that was sent, held so that it cannot be deleted before the tag is in it."""
    group_id = await con.fetchval(sql.LOCK_GROUP, by.workspace_id, sought(sent, "tag_group_id"))
    refuse(missing(sent, "tag_group_id", "tag group", group_id))
    return {"tag_group_id": group_id}
