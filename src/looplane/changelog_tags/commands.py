"""What can be done with tags of changelogs, beside what can be done with every thing."""

from uuid import UUID

import asyncpg

from looplane import changes
from looplane.changelog_tags import rules, sql
from looplane.changelog_tags.schemas import ChangelogTagCreate, ChangelogTagPatch
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import Conflict
from looplane.kit.responses import Answer


async def create_changelog_tag(
    con: Connection, context: Context, tag: ChangelogTagCreate
) -> Answer:
    """Makes a tag. Raises ValidationFailed, and Conflict when the name is taken."""
    try:
        return await changes.create_from_body(con, context, sql.CHANGELOG_TAG, tag)
    except asyncpg.UniqueViolationError:
        raise _taken(tag.name) from None


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
    try:
        return await changes.update(con, context, sql.CHANGELOG_TAG, id, sent, decision)
    except asyncpg.UniqueViolationError:
        raise _taken(patch.name) from None


async def delete_changelog_tag(con: Connection, context: Context, id: UUID) -> Answer:
    """Removes a tag, which leaves every changelog. Raises NotFound, PreconditionFailed."""

    async def detach() -> None:
        await con.execute(sql.DETACH, context.workspace_id, id)

    return await changes.delete(con, context, sql.CHANGELOG_TAG, id, detach)


def _taken(name: str) -> Conflict:
    return Conflict(f"There is already a changelog tag that is called {name}.")
