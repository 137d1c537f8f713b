"""How HTML that an older version of the cleaner has cleaned is gone over."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from looplane.changelogs import commands as changelogs
from looplane.comments.sql import COMMENT
from looplane.doc_articles.commands import replace_article_html
from looplane.doc_drafts.commands import replace_draft_html
from looplane.events import Event, as_write, difference
from looplane.html_upkeep import sql
from looplane.kit.clock import Clock, later_than
from looplane.kit.context import ANY_VERSION, Context, Precondition
from looplane.kit.database import Connection, Database, Row, is_unreachable
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.html_fields import Cleaner
from looplane.kit.html_words import clean_or_words
from looplane.kit.principal import Principal
from looplane.resources import Resource
from looplane.snippets.sql import SNIPPET
from looplane.threads.commands import replace_html

_BATCH = 500
_TRIES = 3
# Where so many cannot be cleaned, something else is wrong.
_MAX_LEFT = 100


class RowKey(NamedTuple):
    """Names a row of one of the tables."""

    workspace_id: UUID
    id: UUID


@dataclass(slots=True)
class Tally:
    """What became of the old rows of one table.

    Of those that `changed`, some were `replaced`: by their words alone, because their HTML cannot
    be cleaned, or by an empty paragraph, because nothing of it is left. Those `left` are as they
    were, each with the reason.
    """

    looked_at: int = 0
    changed: int = 0
    replaced: list[RowKey] = field(default_factory=list)
    left: dict[RowKey, str] = field(default_factory=dict)


HtmlColumns = Mapping[str, str | None]
# Writes a row that is still the one that was read; says whether it was.
_Write = Callable[[Connection, Clock, RowKey, Row, HtmlColumns], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Table:
    fields: tuple[str, ...]
    find: str
    read: str
    write: _Write


async def clean_old_html(database: Database, cleaner: Cleaner, clock: Clock) -> dict[str, Tally]:
    """Cleans anew what an older version of the cleaner cleaned, in all workspaces; by table.

    Each row is written by itself, so it may end anywhere and begin again, or run twice at once.
    Raises what says that the database is away.
    """
    tallies = {name: Tally() for name in _TABLES}
    for name, tally in tallies.items():
        await _Walk(database, cleaner, clock, _TABLES[name], tally).run()
    return tallies


@dataclass(frozen=True, slots=True)
class _Walk:
    """One way through all rows of a table, in the order of their keys."""

    database: Database
    cleaner: Cleaner
    clock: Clock
    table: _Table
    tally: Tally

    async def run(self) -> None:
        place = RowKey(UUID(int=0), UUID(int=0))
        while rows := await self._next(place):
            for workspace_id, id, is_old in rows:
                place = RowKey(workspace_id, id)
                if is_old:
                    await self._clean_or_leave(place)

    async def _next(self, place: RowKey) -> list[Row]:
        async with self.database.reading() as con:
            args = (*place, CLEANER_VERSION, _BATCH)
            found: list[Row] = await con.fetch(self.table.find, *args)
        return found

    async def _clean_or_leave(self, key: RowKey) -> None:
        """One row that fails, or that somebody holds, keeps no other from being cleaned."""
        try:
            for _ in range(_TRIES):
                if await self._clean_row(key):
                    return
            self.tally.left[key] = "It kept changing meanwhile."
        except Exception as error:
            if is_unreachable(error) or len(self.tally.left) >= _MAX_LEFT:
                raise
            self.tally.left[key] = str(error) or type(error).__name__

    async def _clean_row(self, key: RowKey) -> bool:
        """False when the row has changed since it was read."""
        async with self.database.reading() as con:
            row = await con.fetchrow(self.table.read, *key, CLEANER_VERSION)
        if row is None:  # somebody has cleaned or deleted it
            return True
        # No connection is held meanwhile: it may take a second.
        found = {name: row[name] for name in self.table.fields}
        cleaned = {
            name: await clean_or_words(html, self.cleaner) for name, html in found.items() if html
        }
        safe = {**found, **{name: html for name, (html, _) in cleaned.items()}}
        async with self.database.writing(key.id) as con:
            if not await self.table.write(con, self.clock, key, row, safe):
                return False
        self.tally.looked_at += 1
        self.tally.changed += safe != found
        if any(is_replaced for _, is_replaced in cleaned.values()):
            self.tally.replaced.append(key)
        return True


def _is_clean(row: Row, safe: HtmlColumns) -> bool:
    return all(row[name] == html for name, html in safe.items())


def _context(key: RowKey, clock: Clock, version: int | None = None) -> Context:
    """The rule that cleans, and writes over this version alone, if one is given."""
    principal = Principal(key.workspace_id, "rule", rule="clean_html")
    only = ANY_VERSION if version is None else Precondition(frozenset({version}))
    return Context(principal, clock, "clean_html", only)


async def _write_thread(
    con: Connection, clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
) -> bool:
    if _is_clean(row, safe):
        args = (*key, CLEANER_VERSION, row["version"])
        return bool(await con.fetchval(sql.MARK_THREAD, *args))
    return await replace_html(con, _context(key, clock), key.id, row["version"], safe)


async def _write_message(
    con: Connection, _clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
) -> bool:
    args = (*key, CLEANER_VERSION, row["html"], safe["html"])
    return bool(await con.fetchval(sql.WRITE_MESSAGE, *args))


@dataclass(frozen=True, slots=True)
class _WriteResource:
    """Writes a row of a noun whose HTML is cleaned wherever it is written, and its event."""

    resource: Resource
    hold: str
    mark: str

    async def __call__(
        self, con: Connection, clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
    ) -> bool:
        args = (*key, CLEANER_VERSION, row["version"])
        if _is_clean(row, safe):
            return bool(await con.fetchval(self.mark, *args))
        async with con.transaction():
            held = await con.fetchrow(self.hold, *args)
            if held is None:
                return False
            changed = difference({name: row[name] for name in safe}, safe)
            kind, of = self.resource.event_type("updated"), held["aggregate_id"]
            event = Event(kind, key.id, *changed, aggregate_id=of)
            now = later_than(held["updated_at"], clock)
            write = as_write(_context(key, clock), now, [event])
            columns = self.resource.to_columns(changed[1])
            await con.execute(self.resource.update, *key, row["version"], columns, write)
        return True


async def _write_article(
    con: Connection, clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
) -> bool:
    html = safe["html"]
    if row["html"] == html:
        return bool(await con.fetchval(sql.MARK_ARTICLE, *key, CLEANER_VERSION, row["version"]))
    context = _context(key, clock, row["version"])
    return await replace_article_html(con, context, key.id, html)


async def _write_article_translation(
    con: Connection, clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
) -> bool:
    html = safe["html"]
    if row["html"] == html:
        args = (*key, CLEANER_VERSION, html)
        return bool(await con.fetchval(sql.MARK_ARTICLE_TRANSLATION, *args))
    context = _context(key, clock, row["version"])
    return await replace_article_html(con, context, row["article_id"], html, row["language"])


async def _write_draft(
    con: Connection, clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
) -> bool:
    html = safe["html"]
    if row["html"] == html:
        return bool(await con.fetchval(sql.MARK_DRAFT, *key, CLEANER_VERSION, row["version"]))
    return await replace_draft_html(con, _context(key, clock, row["version"]), key.id, html)


async def _write_changelog(
    con: Connection, clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
) -> bool:
    if row["html"] == safe["html"]:
        args = (*key, CLEANER_VERSION, row["version"])
        return bool(await con.fetchval(sql.MARK_CHANGELOG, *args))
    context = _context(key, clock, row["version"])
    return await changelogs.replace_html(con, context, key.id, str(safe["html"]))


async def _write_changelog_translation(
    con: Connection, _clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
) -> bool:
    args = (*key, CLEANER_VERSION, row["html"], safe["html"])
    return bool(await con.fetchval(sql.WRITE_CHANGELOG_TRANSLATION, *args))


_TABLES = {
    "threads": _Table(("text", "ai_draft_html"), sql.FIND_THREADS, sql.READ_THREAD, _write_thread),
    "messages": _Table(("html",), sql.FIND_MESSAGES, sql.READ_MESSAGE, _write_message),
    "comments": _Table(
        ("content",),
        sql.FIND_COMMENTS,
        sql.READ_COMMENT,
        _WriteResource(COMMENT, sql.HOLD_COMMENT, sql.MARK_COMMENT),
    ),
    "snippets": _Table(
        ("html",),
        sql.FIND_SNIPPETS,
        sql.READ_SNIPPET,
        _WriteResource(SNIPPET, sql.HOLD_SNIPPET, sql.MARK_SNIPPET),
    ),
    "doc_articles": _Table(("html",), sql.FIND_ARTICLES, sql.READ_ARTICLE, _write_article),
    "doc_article_translations": _Table(
        ("html",),
        sql.FIND_ARTICLE_TRANSLATIONS,
        sql.READ_ARTICLE_TRANSLATION,
        _write_article_translation,
    ),
    "doc_drafts": _Table(("html",), sql.FIND_DRAFTS, sql.READ_DRAFT, _write_draft),
    "changelogs": _Table(("html",), sql.FIND_CHANGELOGS, sql.READ_CHANGELOG, _write_changelog),
    "changelog_translations": _Table(
        ("html",),
        sql.FIND_CHANGELOG_TRANSLATIONS,
        sql.READ_CHANGELOG_TRANSLATION,
        _write_changelog_translation,
    ),
}
