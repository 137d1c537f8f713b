"""Things whose texts are there in several languages.

A thing has a language of its own, in which its own row is; each other language has a row in another
table. What a translation does not say is shown as the thing itself says it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from looplane import changes, queries
from looplane.changes import Decision
from looplane.events import Values
from looplane.filters import Filter
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.ids import new_id
from looplane.kit.paging import Listing, PageQuery
from looplane.kit.references import reference_id
from looplane.kit.responses import Answer, or_404
from looplane.kit.schema import StrictModel, matching
from looplane.resources import Resource

DEFAULT_LANGUAGE = "en"
_TAG = r"[a-zA-Z]{2,3}(-[a-zA-Z]{4})?(-([a-zA-Z]{2}|[0-9]{3}))?"
Language = Annotated[
    str,
    Field(
        description="A language tag of BCP 47 such as `de`, `pt-br` or `zh-hant-tw`, answered in "
        "small letters.",
        json_schema_extra={"pattern": f"^{_TAG}$"},
    ),
    matching(_TAG, "must be a language tag such as de or pt-br"),
    AfterValidator(str.lower),
]


class LanguageQuery(StrictModel):
    """In which language a thing is to be shown; its own where there is no such translation."""

    language: Language | None = None


@dataclass(frozen=True)
class Translations:
    """Where the texts of a noun in other languages are: rows of `table`, each of the thing `key`.

    A row has a `language` and the `fields` that can be translated, which may be null there. The
    resource has the columns `language`, its own, and `languages`, all that there are, in order.
    `filters` are those of a list that look at what is translated.
    """

    resource: Resource
    table: str
    key: str
    fields: tuple[str, ...]
    filters: Mapping[str, Filter] = field(default_factory=dict)

    @cached_property
    def get(self) -> str:
        """`body` and `version` of one row. $1 workspace, $2 id, $3 language."""
        return self._shown_in("$3").get

    @cached_property
    def listed(self) -> Resource:
        """The resource as a list in one language shows it. $1 workspace, $2 language."""
        return self._shown_in("$2")

    @cached_property
    def listing(self) -> Listing:
        """The newest first, in one language. $1 workspace, $2 language."""
        listing = self.listed.listing
        return replace(listing, source=f"{listing.source} {self._join('$2')}")

    @cached_property
    def find(self) -> str:
        """What a change of a translation is decided by. $1 workspace, $2 id, $3 language."""
        reads_as = {**self.resource.reads_as, **{name: f"tr.{name}" for name in self.fields}}
        return replace(self.resource, reads_as=reads_as).find(joined=self._join("$3"))

    @cached_property
    def untranslated(self) -> Resource:
        """The resource with those columns alone that no translation has."""
        rest = tuple(name for name in self.resource.columns if name not in self.fields)
        return replace(self.resource, columns=rest)

    @cached_property
    def own_language(self) -> str:
        """The language of one thing. $1 workspace, $2 id."""
        return (
            f"select language from {self.resource.table}\n"
            "where workspace_id = $1 and id = $2 and deleted_at is null"
        )

    @cached_property
    def store(self) -> str:
        """Stores what changes of a translation.

        $1 workspace, $2 id for a new row, $3 thing, $4 language, $5 columns, $6 moment.
        """
        fields = ", ".join(self.fields)
        present = (
            f"select tr from {self.table} tr"
            f" where tr.workspace_id = $1 and tr.{self.key} = $3 and tr.language = $4"
        )
        return f"""
insert into {self.table}
  (workspace_id, id, {self.key}, language, created_at, updated_at, {fields})
select $1, $2, $3, $4, $6, $6, {", ".join(f"r.{name}" for name in self.fields)}
from jsonb_populate_record(coalesce(({present}), null::{self.table}), $5) as r
on conflict (workspace_id, {self.key}, language) do update
set updated_at = excluded.updated_at, ({fields}) =
  row({", ".join(f"excluded.{name}" for name in self.fields)})"""

    @cached_property
    def remove(self) -> str:
        """Removes a translation. $1 workspace, $2 thing, $3 language."""
        return (
            f"delete from {self.table}\n"
            f"where workspace_id = $1 and {self.key} = $2 and language = $3"
        )

    def translated(self, name: str) -> str:
        """SQL for a field in the language that is asked for, or else in the thing's own."""
        return f"coalesce(tr.{name}, {self.resource.alias}.{name})"

    def _join(self, language: str) -> str:
        alias = self.resource.alias
        return f"""
left join {self.table} tr on tr.workspace_id = {alias}.workspace_id
  and tr.{self.key} = {alias}.id and tr.language = {language}"""

    def _shown_in(self, language: str) -> Resource:
        resource = self.resource
        names = [name for name in (*self.fields, "language") if name in resource.json]
        sizes = (f"coalesce(octet_length({self.translated(name)}), 0)" for name in names)
        return replace(
            resource,
            json={**resource.json, **{name: self.translated(name) for name in names}},
            joins=f"{resource.joins} {self._join(language)}",
            filters={**resource.filters, **self.filters},
            size=" + ".join(sizes),
        )


async def get(
    con: Connection, context: Context, translations: Translations, id: UUID, query: LanguageQuery
) -> Answer:
    """One thing in a language, or in its own where it is not there in that one. Raises NotFound."""
    if query.language is None:
        return await queries.get(con, context, translations.resource, id)
    args = (context.workspace_id, id, query.language)
    row = or_404(await con.fetchrow(translations.get, *args), translations.resource.noun)
    return Answer(row["body"], row["version"])


async def list_page(
    con: Connection,
    context: Context,
    translations: Translations,
    query: PageQuery,
    language: str | None,
) -> Answer:
    """A page of those things that there are in a language, shown in it. Raises Unprocessable.

    Without one it is a page of all of them, each in its own.
    """
    if language is None:
        return await queries.list_page(con, context, translations.resource, query)
    conditions = await queries.conditions_of(con, context, translations.listed, query, language)
    conditions.add(f"{{0}} = any ({translations.resource.alias}.languages)", language)
    return Answer(await translations.listing.fetch(con, conditions, query))


async def language_columns(con: Connection, context: Context, sent: Values) -> dict[str, object]:
    """The language of a new thing, as columns: the one that was sent, or its portal's."""
    portal = reference_id(sent, "portal_instance_id")
    language = sent.get("language")
    if language is None and portal is not None:
        language = await con.fetchval(_PORTAL_LANGUAGE, context.workspace_id, portal)
    language = language or DEFAULT_LANGUAGE
    return {"language": language, "languages": [language]}


async def update(  # noqa: PLR0913  # what is changed, by whom, and how it is decided
    con: Connection,
    context: Context,
    translations: Translations,
    id: UUID,
    sent: Values,
    decision: Decision,
) -> Answer:
    """Changes a thing; what can be translated in the `language` that was sent, if one was.

    `decision` gets the row with the texts of that language, null where there are none yet. Its
    `columns` must not name the language. Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    language = sent.get("language")
    own = language and await con.fetchval(translations.own_language, context.workspace_id, id)
    if not isinstance(language, str) or own in {None, language}:
        return await changes.update(con, context, translations.resource, id, sent, decision)

    query = LanguageQuery(language=language)
    in_language = replace(
        decision,
        columns=partial(_columns, translations, language, decision),
        find=translations.find,
        find_by=(language,),
        write_others=partial(_store, con, context, translations, language, decision),
        event_extras={"language": language},
        show=lambda: get(con, context, translations, id, query),
    )
    return await changes.update(con, context, translations.untranslated, id, sent, in_language)


def _columns(
    translations: Translations, language: str, decision: Decision, row: Row
) -> dict[str, object]:
    """What is to be, and among which languages."""
    wanted = decision.columns(row)
    if all(wanted.get(name, row[name]) == row[name] for name in translations.fields):
        return {**wanted}
    return {"languages": sorted({*row["languages"], language}), **wanted}


async def _store(  # noqa: PLR0913  # what is stored, and of what it is a part
    con: Connection,
    context: Context,
    translations: Translations,
    language: str,
    decision: Decision,
    id: UUID,
    after: Values,
    now: datetime,
) -> None:
    texts = {name: after[name] for name in translations.fields if name in after}
    if texts:
        args = (context.workspace_id, new_id(), id, language, texts, now)
        await con.execute(translations.store, *args)
    if decision.write_others is not None:
        await decision.write_others(id, after, now)


_PORTAL_LANGUAGE = """
select language from portal_instances where workspace_id = $1 and id = $2 and deleted_at is null"""
