"""How HTML that an older version of the cleaner has cleaned is gone over."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from looplane.changelogs.sql import CHANGELOG
from looplane.comments.sql import COMMENT
from looplane.doc_articles.commands import replace_translation_html
from looplane.doc_articles.sql import ARTICLE
from looplane.doc_drafts.sql import DRAFT
from looplane.events import Event, as_write, difference
from looplane.html_upkeep import sql
from looplane.html_upkeep.sql import HtmlTable
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
    sql: HtmlTable
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
            found: list[Row] = await con.fetch(self.table.sql.find, *args)
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
            row = await con.fetchrow(self.table.sql.read, *key, CLEANER_VERSION)
        if row is None:  # somebody has cleaned or deleted it
            return True
        # No connection is held meanwhile: it may take a second.
        found = {name: row[name] for name in self.table.sql.fields}
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
        return bool(await con.fetchval(sql.THREADS.mark, *args))
    return await replace_html(con, _context(key, clock), key.id, row["version"], safe)


@dataclass(frozen=True, slots=True)
class _WriteRow:
    """Writes a row that has no version, and of which no event tells."""

    table: HtmlTable

    async def __call__(
        self, con: Connection, _clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
    ) -> bool:
        args = (*key, CLEANER_VERSION, row["html"], safe["html"])
        return bool(await con.fetchval(self.table.replace, *args))


@dataclass(frozen=True, slots=True)
class _WriteResource:
    """Writes a row of a noun, and its event."""

    table: HtmlTable
    resource: Resource

    async def __call__(
        self, con: Connection, clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
    ) -> bool:
        args = (*key, CLEANER_VERSION, row["version"])
        if _is_clean(row, safe):
            return bool(await con.fetchval(self.table.mark, *args))
        async with con.transaction():
            held = await con.fetchrow(self.table.hold, *args)
            if held is None:
                return False
            changed = difference({name: row[name] for name in safe}, safe)
            kind, of = self.resource.event_type("updated"), held["aggregate_id"]
            event = Event(kind, key.id, *changed, aggregate_id=of)
            now = later_than(held["updated_at"], clock)
            write = as_write(_context(key, clock), now, [event])
            written = {**changed[1], "html_version": CLEANER_VERSION}
            columns = self.resource.to_columns(written)
            await con.execute(self.resource.update, *key, row["version"], columns, write)
        return True


async def _write_article_translation(
    con: Connection, clock: Clock, key: RowKey, row: Row, safe: HtmlColumns
) -> bool:
    if _is_clean(row, safe):
        return await _WriteRow(sql.ARTICLE_TRANSLATIONS)(con, clock, key, row, safe)
    context = _context(key, clock, row["version"])
    of = (row["article_id"], row["language"])
    return await replace_translation_html(con, context, *of, safe["html"])


def _table_of(resource: Resource, table: HtmlTable) -> _Table:
    return _Table(table, _WriteResource(table, resource))


_TABLES = {
    each.sql.name: each
    for each in (
        _Table(sql.THREADS, _write_thread),
        _Table(sql.MESSAGES, _WriteRow(sql.MESSAGES)),
        _Table(sql.UNSENT_TEXTS, _WriteRow(sql.UNSENT_TEXTS)),
        _Table(sql.HELD_MESSAGES, _WriteRow(sql.HELD_MESSAGES)),
        _table_of(COMMENT, sql.COMMENTS),
        _table_of(SNIPPET, sql.SNIPPETS),
        _table_of(ARTICLE, sql.ARTICLES),
        _Table(sql.ARTICLE_TRANSLATIONS, _write_article_translation),
        _table_of(DRAFT, sql.DRAFTS),
        _table_of(CHANGELOG, sql.CHANGELOGS),
        _Table(sql.CHANGELOG_TRANSLATIONS, _WriteRow(sql.CHANGELOG_TRANSLATIONS)),
    )
}
