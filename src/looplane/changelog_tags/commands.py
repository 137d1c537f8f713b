"""What can be done with tags of changelogs, beside what can be done with every thing."""

from uuid import UUID

from looplane import changes
from looplane.changelog_tags import rules, sql
from looplane.changelog_tags.schemas import ChangelogTagPatch
from looplane.events import Values, as_write, types_of
from looplane.inverses import Inverses, PastEvent, find_newer, require_kept, superseded
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of, restoring_events


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

    async def detach() -> Values:
        rows = await con.fetch(sql.DETACH, context.workspace_id, id)
        return {"changelog_ids": [row["changelog_id"] for row in rows]}

    return await changes.delete(con, context, sql.CHANGELOG_TAG, id, detach)


async def restore_changelog_tag(
    con: Connection, context: Context, event: PastEvent
) -> tuple[str, ...]:
    """Makes a tag again that was removed, by its id, and gives it to the changelogs that it left.

    Raises Conflict where it is there again, and where its name is taken.
    """
    require_kept(event, {"changelog_ids"})
    id, was, version = event.subject_id, event.data, (event.version or 0) + 1
    columns = {name: was[name] for name in (*sql.CHANGELOG_TAG.columns, "created_at")}
    events = restoring_events(sql.CHANGELOG_TAG, event)
    write = as_write(context, context.clock(), events)
    with changes.refusing_taken(sql.CHANGELOG_TAG, was):
        made = await con.fetchval(sql.MAKE_AGAIN, context.workspace_id, id, columns, version, write)
    if made is None:
        raise superseded(event, await find_newer(con, context, event))
    ids = event.internal_before["changelog_ids"]
    await con.execute(sql.ATTACH, context.workspace_id, id, ids)
    await con.execute(sql.CHANGELOG_TAG.record, context.workspace_id, id, write)
    return types_of(events)


INVERSES: Inverses = {
    **inverses_of(sql.CHANGELOG_TAG, delete=delete_changelog_tag),
    sql.CHANGELOG_TAG.event_type("deleted"): restore_changelog_tag,
}
