"""What can be done with tags of changelogs, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes
from looplane.changelog_tags import rules, sql
from looplane.changelog_tags.schemas import ChangelogTagPatch
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer


async def update_changelog_tag(
    con: Connection, context: Context, id: UUID, patch: ChangelogTagPatch
) -> Answer:
    """Changes a tag.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict when the name is taken.
    """
    sent = patch.model_dump(exclude_unset=True)
    decision = changes.Decision(
        columns=lambda _: sent, faults=lambda row: rules.look_faults({**row, **sent})
    )
    return await changes.update(con, context, sql.CHANGELOG_TAG, id, sent, decision)


async def delete_changelog_tag(con: Connection, context: Context, id: UUID) -> Answer:
    """Removes a tag, which leaves every changelog. Raises NotFound, PreconditionFailed."""

    async def detach() -> None:
        await con.execute(sql.DETACH, context.workspace_id, id)

    return await changes.delete(con, context, sql.CHANGELOG_TAG, id, detach)
