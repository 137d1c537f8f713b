"""A noun's rows, declared once: the statements that read and write them are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from looplane import events
from looplane.filters import Filter
from looplane.foreign_keys import ForeignKey
from looplane.kit.paging import Listing
from looplane.kit.sqltext import json_object

_DATES = ("created_at", "updated_at")


@dataclass(frozen=True)
class Resource:
    """A noun with rows of its own: what they hold, what they look like, how they are listed.

    All text but `noun`, names and `taken` is SQL; `json`, `reads_as` and `other_tables` are SQL of
    `alias` and `joins`.
    """

    noun: str
    table: str
    alias: str
    # What writes set, by its name in the API.
    columns: tuple[str, ...]
    # The fields of its JSON, in their order.
    json: Mapping[str, str]
    joins: str = ""
    # Where a column of the table is called otherwise than in the API.
    stored_as: Mapping[str, str] = field(default_factory=dict)
    # What stands for a column when a write looks at it: the owner who left the team is none.
    reads_as: Mapping[str, str] = field(default_factory=dict)
    # What a thing has in other tables, as a write reads it; `Decision.write_others` writes it.
    other_tables: Mapping[str, str] = field(default_factory=dict)
    # Columns that are written with another one, such as which cleaner has cleaned its HTML.
    written_with: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    # Columns that events say nothing of.
    internal: frozenset[str] = frozenset()
    references: Mapping[str, ForeignKey] = field(default_factory=dict)
    filters: Mapping[str, Filter] = field(default_factory=dict)
    # The number of bytes of text that a row carries into a page.
    size: str = "0"
    # The second parts of the types of its events, and the first one where it is not the noun;
    # whole types where the field has other names for them.
    events: tuple[str, ...] = ("created", "updated", "deleted", "restored")
    event_noun: str = ""
    event_names: Mapping[str, str] = field(default_factory=dict)
    # The column with the moment since when a row is gone; None where a deleted row is removed.
    deletion: str | None = "deleted_at"
    # Says of what no two may have that another thing has it; with fields of a write in braces.
    taken: str = ""
    # Two columns of what may belong to one member alone: whether it is shared, and whose it is.
    ownership: tuple[str, ...] = ()

    def event_type(self, verb: str) -> str:
        """The type of the event that says what became of a thing, such as `tag_group.created`."""
        assert verb in self.events, f"{self.noun} declares no event {verb}"
        named = self.event_names.get(verb)
        return named or f"{self.event_noun or self.noun.replace(' ', '_')}.{verb}"

    @property
    def event_types(self) -> list[str]:
        """The types of its events."""
        return [self.event_type(verb) for verb in self.events]

    def visible_to(self, row: Mapping[str, Any]) -> UUID | None:
        """The only member who may see a row with these columns; None where everyone may."""
        if not self.ownership:
            return None
        is_shared, owner = self.ownership
        return None if row[is_shared] else row[owner]

    @cached_property
    def body(self) -> str:
        """SQL of its JSON."""
        return json_object(dict(self.json))

    @property
    def _from(self) -> str:
        return f"from {self.table} {self.alias} {self.joins}"

    @property
    def _this(self) -> str:
        alias = self.alias
        return f"{alias}.workspace_id = $1 and {alias}.id = $2{self._alive(f'{alias}.')}"

    @property
    def _these(self) -> str:
        alias = self.alias
        ids = f"{alias}.id = any ($2::uuid[])"
        return f"{alias}.workspace_id = $1 and {ids}{self._alive(f'{alias}.')}"

    def _alive(self, prefix: str = "") -> str:
        return f" and {prefix}{self.deletion} is null" if self.deletion else ""

    @cached_property
    def get(self) -> str:
        """`body` and `version` of one row. $1 workspace, $2 id."""
        shown = f"select {self.body}::text as body, {self.alias}.version"
        return f"{shown}\n{self._from}\nwhere {self._this}"

    def find(self, more: str = "", joined: str = "", *, many: bool = False) -> str:
        """What an update decides by: `version`, `updated_at`, the columns, and `more`.

        Among them is what is in other tables. With `many` it is that of all rows whose id is among
        those in $2, each with its `id`.
        """
        read = [f"{self._reading(name)} as {name}" for name in self.columns]
        read += [f"{sql} as {name}" for name, sql in self.other_tables.items()]
        names = ("version", "updated_at", *self.written_along)
        own = (f"{self.alias}.{name}" for name in (("id", *names) if many else names))
        selected = ", ".join([*own, *read, *([more] if more else [])])
        these = self._these if many else self._this
        return f"select {selected}\n{self._from} {joined}\nwhere {these}"

    @cached_property
    def lock(self) -> str:
        """`version` and `updated_at` of one row, held to the end of the transaction.

        And whose it is, where it may be one member's. $1 workspace, $2 id.
        """
        selected = ", ".join(["version", "updated_at", *self.ownership])
        return (
            f"select {selected} from {self.table}\n"
            f"where workspace_id = $1 and id = $2{self._alive()} for update"
        )

    @cached_property
    def insert_row(self) -> str:
        """Stores a row. $1 workspace, $2 id, $3 columns with `created_at` and `updated_at`."""
        stored = [*map(self._stored, _DATES), *self._written]
        return f"""
insert into {self.table} (workspace_id, id, {", ".join(stored)})
select $1, $2, {", ".join(f"r.{name}" for name in stored)}
from jsonb_populate_record(null::{self.table}, $3) as r"""

    @cached_property
    def insert(self) -> str:
        """Stores a row and its events. $1 workspace, $2 id, $3 columns, $4 write."""
        return f"""
with w as materialized ({events.WRITE.format("$4")}),
{self.alias} as ({self.insert_row} returning *),
{self._shown_and_recorded}"""

    @cached_property
    def record(self) -> str:
        """Stores events of a row as it now is. $1 workspace, $2 id, $3 write."""
        alias = self.alias
        return f"""
with w as materialized ({events.WRITE.format("$3")}),
{alias} as (select {alias}.* from {self.table} {alias} where {self._this}),
{self._shown_and_recorded}"""

    @cached_property
    def update(self) -> str:
        """Changes a row that has this version; the columns that are not in $4 stay as they are.

        $1 workspace, $2 id, $3 version, $4 columns, $5 write.
        """
        alias = self.alias
        stored = ", ".join(self._written)
        return f"""
with w as materialized ({events.WRITE.format("$5")}),
{alias} as (
  update {self.table} {alias} set updated_at = w.created_at, version = {alias}.version + 1,
    ({stored}) = (select {stored} from jsonb_populate_record({alias}, $4))
  from w where {self._this} and {alias}.version = $3 returning {alias}.*),
{self._shown_and_recorded}"""

    @cached_property
    def delete(self) -> str:
        """Hides a row, or removes it. $1 workspace, $2 id, $3 write."""
        alias = self.alias
        if self.deletion is None:
            return f"""
with w as materialized ({events.WRITE.format("$3")}),
{alias} as (delete from {self.table} {alias} where {self._this} returning {alias}.*),
{self._recorded_as(f"{alias}.version + 1 as version")}"""
        return f"""
with w as materialized ({events.WRITE.format("$3")}),
{alias} as (
  update {self.table} {alias} set {self.deletion} = w.created_at, version = {alias}.version + 1
  from w where {self._this} returning {alias}.*),
{self._shown_and_recorded}"""

    @cached_property
    def lock_deleted(self) -> str:
        """`version` and the columns of a hidden row, held; `updated_at` is when it was hidden.

        $1 workspace, $2 id.
        """
        columns = ", ".join(f"{self.alias}.{self._stored(name)} as {name}" for name in self.columns)
        return (
            f"select version, greatest(updated_at, {self.deletion}) as updated_at, {columns}\n"
            f"from {self.table} {self.alias}\n"
            f"where workspace_id = $1 and id = $2 and {self.deletion} is not null for update"
        )

    @cached_property
    def restore(self) -> str:
        """Shows a hidden row again. $1 workspace, $2 id, $3 write."""
        alias = self.alias
        return f"""
with w as materialized ({events.WRITE.format("$3")}),
{alias} as (
  update {self.table} {alias} set {self.deletion} = null, updated_at = w.created_at,
    version = {alias}.version + 1
  from w where {alias}.workspace_id = $1 and {alias}.id = $2 and {alias}.{self.deletion} is not null
  returning {alias}.*),
{self._shown_and_recorded}"""

    @cached_property
    def hold_references(self) -> str:
        """The ids of what is referred to, kept from being deleted. $1 workspace, then the ids."""
        held = [
            f"{each.holding(f'${number}')} as {name}"
            for number, (name, each) in enumerate(self.references.items(), 2)
        ]
        return f"select {', '.join(held)}"

    @cached_property
    def changed_within(self) -> str:
        """The ids of up to $4 rows that changed after $2 and before $3, if any. $1 workspace."""
        return (
            f"select array(select id from {self.table}\n"
            f"where workspace_id = $1{self._alive()}\n"
            "and updated_at > coalesce($2::timestamptz, '-infinity')\n"
            "and updated_at < coalesce($3::timestamptz, 'infinity')\n"
            "order by updated_at desc limit $4)"
        )

    @cached_property
    def listing(self) -> Listing:
        """The newest first."""
        return Listing(
            self.alias,
            f"{self.table} {self.alias}",
            self.body,
            self.joins,
            key=f"{self.alias}.{self._stored('created_at')}",
            size=self.size,
        )

    @property
    def written_along(self) -> list[str]:
        """The columns that are written with others."""
        return [column for each in self.written_with.values() for column in each]

    @property
    def untold(self) -> frozenset[str]:
        """The columns that events say nothing of."""
        return self.internal.union(self.written_along)

    def to_columns(self, values: Mapping[str, object]) -> dict[str, object]:
        """Those of the values that are columns, as the statements take them."""
        names = (*_DATES, *self.columns)
        stored = {self._stored(name): values[name] for name in names if name in values}
        for name in values:
            stored |= self.written_with.get(name, {})
        # What is put back is put back with what was written along with it.
        return stored | {name: values[name] for name in self.written_along if name in values}

    @property
    def _shown_and_recorded(self) -> str:
        return self._recorded_as(f"{self.alias}.version")

    def _recorded_as(self, version: str) -> str:
        """The row as it now is: put together once, for the answer and for its events."""
        alias = self.alias
        return f"""shown as materialized (
  select {alias}.id, {version}, {self.body} as body from {alias} {self.joins}),
recorded as ({events.insert("shown", "shown.body", "shown.id", "shown.version")})
select body::text as body, version from shown"""

    @property
    def _written(self) -> list[str]:
        """The columns of the table that a write may set."""
        return [*(self._stored(name) for name in self.columns), *self.written_along]

    def _stored(self, name: str) -> str:
        return self.stored_as.get(name, name)

    def _reading(self, name: str) -> str:
        return self.reads_as.get(name, f"{self.alias}.{self._stored(name)}")
