"""What can be done with tags."""

from uuid import UUID

from looplane import changes
from looplane.changes import refuse
from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.references import missing, sought
from looplane.tags import sql
from looplane.tags.schemas import TagCreate, TagPatch


async def create_tag(con: Connection, by: By, tag: TagCreate) -> Answer:
    """Makes a tag in a group. Raises ValidationFailed."""
    sent = tag.model_dump()
    group_id = await con.fetchval(sql.GROUP, by.workspace_id, sought(sent, "tag_group_id"))
    refuse(missing(sent, "tag_group_id", "tag group", group_id))
    return await changes.create(con, by, sql, {**sent, "tag_group_id": group_id})


async def update_tag(con: Connection, by: By, id: UUID, patch: TagPatch) -> Answer:
    """Changes a tag. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = patch.model_dump(exclude_unset=True)

    def decide(row: Row) -> dict[str, object]:
        refuse(missing(sent, "tag_group_id", "tag group", row["group_found"]))
        group = {"tag_group_id": row["group_found"]} if "tag_group_id" in sent else {}
        return {**sent, **group}

    return await changes.update(con, by, sql, id, decide, sought(sent, "tag_group_id"))


async def delete_tag(con: Connection, by: By, id: UUID) -> Answer:
    """Deletes a tag; it leaves every thread. Raises NotFound, PreconditionFailed."""
    return await changes.delete(con, by, sql, id)
