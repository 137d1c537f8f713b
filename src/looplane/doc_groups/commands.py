"""What can be done with groups of articles, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes
from looplane.content_inverses import Contents
from looplane.doc_articles.commands import (
    INVERSES as ARTICLE_INVERSES,
    lock_group_articles,
    move_locked,
)
from looplane.doc_articles.sql import ARTICLE, MOVE
from looplane.doc_groups import sql
from looplane.doc_groups.schemas import DocGroupCreate
from looplane.events import Event, as_write
from looplane.inverses import Inverses
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of


async def create_doc_group(con: Connection, context: Context, body: DocGroupCreate) -> Answer:
    """Makes a group behind all others. Raises ValidationFailed."""
    order = await con.fetchval(sql.LAST_ORDER, context.workspace_id)
    values = {**body.model_dump(), "order": order}
    return await changes.create(con, context, sql.DOC_GROUP, values)


async def delete_doc_group(con: Connection, context: Context, id: UUID) -> Answer:
    """Deletes a group; its articles are then in none. Raises NotFound, PreconditionFailed."""
    async with con.transaction():
        group = await changes.lock(con, context, sql.DOC_GROUP, id)
        articles = await lock_group_articles(con, context, id)
        latest = max(row["updated_at"] for row in (group, *articles.rows))
        # The group is the last, so that whoever takes it all back from its end has it first.
        events = [*articles.events(None), Event(sql.DOC_GROUP.event_type("deleted"), id)]
        write = as_write(context, later_than(latest, context.clock), events)
        await move_locked(con, context, articles, None, write)
        await con.execute(sql.DOC_GROUP.delete, context.workspace_id, id, write)
    return changes.deleted(id, events)


_CONTENTS = Contents(sql.DOC_GROUP, ARTICLE, "group_id", MOVE)
# Of groups, and of articles, which come and go with them.
INVERSES: Inverses = {
    **inverses_of(sql.DOC_GROUP, delete=delete_doc_group),
    sql.DOC_GROUP.event_type("deleted"): _CONTENTS.restore(),
    **_CONTENTS.unless_told_along(ARTICLE_INVERSES),
}
