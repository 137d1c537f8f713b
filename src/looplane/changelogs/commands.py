"""What can be done with changelogs, beside what can be done with every thing."""

from datetime import datetime
from functools import partial
from uuid import UUID

from looplane import changes, translations
from looplane.changelogs import rules
from looplane.changelogs.schemas import ChangelogCreate, ChangelogPatch, ChangelogQuery
from looplane.changelogs.sql import CHANGELOG, REPLACE_TAGS, TRANSLATIONS
from looplane.events import Values, without
from looplane.inverses import Inverses
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.markdown import html_columns
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of
from looplane.translation_inverses import revert_translated
from looplane.translations import LanguageQuery


async def list_changelogs(con: Connection, context: Context, query: ChangelogQuery) -> Answer:
    """A page of changelogs, the newest first. Raises Unprocessable."""
    return await translations.list_page(con, context, TRANSLATIONS, query, query.language)


async def get_changelog(
    con: Connection, context: Context, id: UUID, query: LanguageQuery
) -> Answer:
    """One changelog in one of its languages. Raises NotFound."""
    return await translations.get(con, context, TRANSLATIONS, id, query)


async def create_changelog(con: Connection, context: Context, changelog: ChangelogCreate) -> Answer:
    """Makes a changelog. Raises ValidationFailed."""
    sent = changelog.model_dump()
    values = {
        **sent,
        **html_columns(sent),
        **await translations.language_columns(con, context, sent),
        "date": sent["date"] or context.clock(),
        "archived": False,
        "broadcast_at": None,
    }
    return await changes.create(
        con,
        context,
        CHANGELOG,
        values,
        more_events=rules.publishing(sent["published"]),
        write_others=partial(_store_tags, con, context) if sent["tag_ids"] else None,
    )


async def update_changelog(
    con: Connection, context: Context, id: UUID, patch: ChangelogPatch
) -> Answer:
    """Changes a changelog, or a translation of it.

    Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    sent = patch.model_dump(exclude_unset=True)
    decision = decide(con, context, sent)
    return await translations.update(con, context, TRANSLATIONS, id, sent, decision)


def decide(con: Connection, context: Context, sent: Values) -> changes.Decision:
    """How a change of a changelog, or of a translation, to what was sent is decided."""
    wanted = {**without(sent, {"language"}), **html_columns(sent)}
    return changes.Decision(
        columns=lambda _: wanted,
        more_events=lambda row: rules.publishing(sent.get("published"), row),
        write_others=partial(_store_tags, con, context) if "tag_ids" in sent else None,
    )


async def _store_tags(
    con: Connection, context: Context, id: UUID, values: Values, _now: datetime
) -> None:
    if "tag_ids" in values:
        await con.execute(REPLACE_TAGS, context.workspace_id, id, values["tag_ids"])


INVERSES: Inverses = {
    **inverses_of(CHANGELOG, told_along=("published",)),
    CHANGELOG.event_type("updated"): revert_translated(TRANSLATIONS, decide),
}
