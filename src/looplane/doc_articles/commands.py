"""What can be done with articles, beside what can be done with every thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from looplane import changes, translations
from looplane.doc_articles import rules, sql
from looplane.doc_articles.schemas import (
    DocArticleCreate,
    DocArticleMove,
    DocArticlePatch,
    DocArticleQuery,
)
from looplane.events import Event, Values, as_write, types_of, without
from looplane.inverses import Inverses
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import NotFound, PreconditionFailed
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.markdown import html_columns
from looplane.kit.references import (
    reference_id,
    reference_ids,
    unknown_reference,
    unknown_references,
)
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of
from looplane.translation_inverses import revert_translated
from looplane.translations import LanguageQuery


async def list_doc_articles(con: Connection, context: Context, query: DocArticleQuery) -> Answer:
    """A page of articles, the newest first, in one language or each in its own.

    Raises Unprocessable.
    """
    return await translations.list_page(con, context, sql.TRANSLATIONS, query, query.language)


async def get_doc_article(
    con: Connection, context: Context, id: UUID, query: LanguageQuery
) -> Answer:
    """One article. Raises NotFound."""
    return await translations.get(con, context, sql.TRANSLATIONS, id, query)


async def create_doc_article(con: Connection, context: Context, body: DocArticleCreate) -> Answer:
    """Makes an article in a group. Raises ValidationFailed."""
    sent = body.model_dump()
    language = await translations.language_columns(con, context, sent)
    values = rules.new_article({**sent, **html_columns(sent), **language})
    also = rules.publishing(values, was_published=False)
    return await changes.create(con, context, sql.ARTICLE, values, more_events=also)


async def update_doc_article(
    con: Connection, context: Context, id: UUID, patch: DocArticlePatch
) -> Answer:
    """Changes an article, or its texts in one language.

    Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    sent = patch.model_dump(exclude_unset=True)
    decision = decide(con, context, sent)
    return await translations.update(con, context, sql.TRANSLATIONS, id, sent, decision)


def decide(_con: Connection, _context: Context, sent: Values) -> changes.Decision:
    """How a change of an article, or of its texts in one language, to what was sent is decided."""
    columns = {**without(sent, {"allow_image_removal", "language"}), **html_columns(sent)}
    return changes.Decision(
        columns=lambda _: columns,
        faults=lambda row: rules.image_faults(sent, row["html"]),
        more_events=lambda row: rules.publishing(sent, was_published=row["published"]),
    )


async def replace_translation_html(
    con: Connection, context: Context, id: UUID, language: str, html: str | None
) -> bool:
    """Stores the HTML of an article in another language as it was cleaned anew.

    False if the article is not at the version that the context wants any more.
    """
    decision = changes.Decision(columns=lambda _: {"html": html, "html_version": CLEANER_VERSION})
    sent = {"language": language}
    try:
        await translations.update(con, context, sql.TRANSLATIONS, id, sent, decision)
    except (NotFound, PreconditionFailed):
        return False
    return True


async def move_doc_articles(con: Connection, context: Context, body: DocArticleMove) -> Answer:
    """Puts articles into a group, or into none: all of them or, on a fault, none at all.

    Raises ValidationFailed.
    """
    sent = body.model_dump(exclude_unset=True)
    ids = reference_ids(sent, "article_ids")
    group_id = reference_id(sent, "group_id")
    async with con.transaction():
        group = await con.fetchval(sql.HOLD_GROUP, context.workspace_id, group_id)
        articles = LockedArticles(await con.fetch(sql.LOCK_ALL, context.workspace_id, ids))
        known = [row["id"] for row in articles.rows]
        faults = unknown_references(sent, "article_ids", "doc article", known)
        context.raise_faults([*faults, *unknown_reference(sent, "group_id", "doc group", group)])
        moving = articles.outside(group)
        events = moving.events(group)
        if events:
            now = later_than(max(row["updated_at"] for row in moving.rows), context.clock)
            await move_locked(con, context, moving, group, as_write(context, now, events))
        named = list(dict.fromkeys(UUID(text) for text in sent["article_ids"]))
        rows = await con.fetch(sql.SHOW_ALL, context.workspace_id, named)
    data = ",".join(row["body"] for row in rows)
    return Answer(f'{{"data":[{data}]}}', events=types_of(events))


@dataclass(frozen=True, slots=True)
class LockedArticles:
    """Articles that nobody else can change now: `id`, `version`, `updated_at` and `group_id`."""

    rows: Sequence[Row]

    def outside(self, group_id: UUID | None) -> "LockedArticles":
        """Those that are not in this group."""
        return LockedArticles([row for row in self.rows if row["group_id"] != group_id])

    def events(self, group_id: UUID | None) -> list[Event]:
        """What is to be told of their move into this group, or into none."""
        return [
            Event("doc.updated", row["id"], {"group_id": row["group_id"]}, {"group_id": group_id})
            for row in self.rows
        ]


async def lock_group_articles(con: Connection, context: Context, group_id: UUID) -> LockedArticles:
    """The articles of a group, held to the end of the transaction."""
    return LockedArticles(await con.fetch(sql.LOCK_OF_GROUP, context.workspace_id, group_id))


async def move_locked(
    con: Connection,
    context: Context,
    articles: LockedArticles,
    group_id: UUID | None,
    write: dict[str, Any],
) -> None:
    """Puts articles into a group, or into none; their events are in `write`."""
    ids = [row["id"] for row in articles.rows]
    await con.execute(sql.MOVE, context.workspace_id, ids, group_id, write)


INVERSES: Inverses = {
    **inverses_of(sql.ARTICLE, told_along=("published",)),
    sql.ARTICLE.event_type("updated"): revert_translated(sql.TRANSLATIONS, decide),
}
