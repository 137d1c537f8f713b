"""Lists: pages by key, so that rows that come or go meanwhile neither skip nor repeat."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from pydantic import Field, ValidationError, create_model

from looplane.kit.conditions import Conditions
from looplane.kit.cursors import (
    MOMENT,
    Cursor,
    KeyType,
    decode_filters,
    decode_key,
    encode_cursor,
)
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Unprocessable
from looplane.kit.schema import Moment, StrictModel, Text

MAX_PAGE_ROWS = 200
# A page ends early where its rows have more text than this; the first row always comes.
PAGE_BYTES = 4_000_000
# Characters. A cursor holds the filters of its list: so many bytes of them have room in it.
MAX_CURSOR_LENGTH = 8000
MAX_FILTER_BYTES = 5000
# A text that many rows have is found among so many of the newest; a rarer one, by its own index.
_NEWEST = 2000
# The parameters that say which part of a list is wanted, and not of which list.
_PART = frozenset({"limit", "cursor"})


class PageQuery(StrictModel):
    """The part of a page asked for."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_ROWS)] = 50
    cursor: (
        Annotated[
            Text,
            Field(
                max_length=MAX_CURSOR_LENGTH,
                description="Of the page before. It is enough by itself: filters that are sent "
                "beside it must be those of the first page.",
            ),
        ]
        | None
    ) = None


class DateFilter(StrictModel):
    """When things were made or changed; the bounds themselves are outside."""

    created_after: Moment | None = None
    created_before: Moment | None = None
    updated_after: Moment | None = None
    updated_before: Moment | None = None


class DatedQuery(DateFilter, PageQuery):
    """A page of things made or changed within a span."""


class PageInfo(StrictModel):
    """Where a page ends; `cursor` is null on the last one."""

    cursor: str | None
    has_more: bool
    limit: int


def page_of(row: type[StrictModel]) -> type[StrictModel]:
    """The type of a page of `row`s."""
    name = f"{row.__name__.removesuffix('Out')}Page"
    # What the documentation of FastAPI makes of it needs no text of its own.
    return create_model(name, __base__=StrictModel, data=(list[row], ...), page=(PageInfo, ...))  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class Listing:
    """How pages of something are read.

    `source` is what the keys are read from: the table under `alias`, and what its conditions need.
    Rows are ordered by `key`, greatest first unless `ascending`, and then by `id`; a key of several
    values is a tuple of their SQL, none of them null. `size` is the number of bytes of text that a
    row carries. `body` is its JSON, of `alias` and `joins`. All of them are SQL, but for `basis`: a
    cursor is only good while that is the same.
    """

    alias: str
    source: str
    body: str
    joins: str = ""
    key: str | tuple[str, ...] = ""
    key_type: KeyType = MOMENT
    id: str = ""
    size: str = "0"
    ascending: bool = False
    basis: str | None = None

    def statement(self, conditions: Conditions, limit: str, source: str = "") -> str:
        """The rows of a page, in order: `body` (null beyond PAGE_BYTES), `page_key` and `id`.

        They are looked for in `source`, if it is given, instead of in the listing's own.

        The keys are read first, from an index in its order: planned once, without the values, the
        inner limit tells the planner that pages are short. Only what is on the page is put
        together.
        """
        alias, order = self.alias, self.order
        keys = ", ".join(
            f"{key} as {name}" for key, name in zip(self._keys, self._names, strict=True)
        )
        named = ", ".join(f"{alias}.{name}" for name in self._names)
        return f"""
select case when {alias}.page_bytes <= {PAGE_BYTES} then {self.body}::text end as body,
  {named}, {alias}.id
from (
  select * from (
    select {alias}.*, {keys},
      sum({self.size}) over (order by {order}) - ({self.size}) as page_bytes
    from {source or self.source} where {conditions}
    order by {order} limit {MAX_PAGE_ROWS + 1}) keys
  limit {limit}) {alias} {self.joins}
order by {self._in_order(*(f"{alias}.{name}" for name in (*self._names, "id")))}"""

    @property
    def order(self) -> str:
        """SQL of what the rows are ordered by."""
        return self._in_order(*self._keys, self._id)

    def _in_order(self, *columns: str) -> str:
        direction = "asc" if self.ascending else "desc"
        return ", ".join(f"{column} {direction}" for column in columns)

    @property
    def _keys(self) -> tuple[str, ...]:
        keys = self.key or f"{self.alias}.created_at"
        return (keys,) if isinstance(keys, str) else keys

    @property
    def _names(self) -> list[str]:
        """What the values of the key are called in a row of a page."""
        return ["page_key", *(f"page_key_{n}" for n in range(2, len(self._keys) + 1))]

    @property
    def _id(self) -> str:
        return self.id or f"{self.alias}.id"

    async def fetch(self, con: Connection, conditions: Conditions, query: PageQuery) -> str:
        """One page as JSON. Raises Unprocessable for a cursor that is broken."""
        limit, rows = self.start(conditions, query), []
        for source in self._sources(conditions):
            rows = await con.fetch(self.statement(conditions, limit, source), *conditions.values)
            if len(rows) > query.limit:
                break
        return self.page(rows, query)

    def ask(self, conditions: Conditions, query: PageQuery) -> str:
        """The statement for a page; its values are in `conditions`. Raises Unprocessable."""
        return self.statement(conditions, self.start(conditions, query))

    def page(self, rows: list[Row], query: PageQuery) -> str:
        """What that statement found, as JSON."""
        shown = [row for row in rows[: query.limit] if row["body"] is not None]
        more = len(rows) > len(shown)
        cursor = None
        if more:
            last = shown[-1]
            key = tuple(last[name] for name in self._names)
            list_of = (type(query).__name__, _filters(query))
            place = Cursor(*list_of, key if len(key) > 1 else key[0], last["id"], self.basis)
            cursor = encode_cursor(place, self.key_type)
        page = {"cursor": cursor, "has_more": more, "limit": query.limit}
        return _envelope([row["body"] for row in shown], page)

    def start(self, conditions: Conditions, query: PageQuery) -> str:
        """Says where a page starts, and answers the parameter for how many rows are to be read.

        Raises Unprocessable for a cursor that is broken.
        """
        if query.cursor is not None:
            key, id = decode_key(query.cursor, self.key_type, self.basis)
            values = key if isinstance(key, tuple) else (key,)
            beyond = ">" if self.ascending else "<"
            place = f"({', '.join((*self._keys, self._id))}) {beyond} ({{0}})"
            conditions.start_after(place, *values, id)
        return conditions.number(query.limit + 1)

    def _sources(self, conditions: Conditions) -> list[str]:
        """What to look in one after the other, until the page is full; the last one has all."""
        is_table = self.source.endswith(f" {self.alias}")
        if not conditions.searches or not is_table:
            return [self.source]
        alias, read = self.alias, f"select {self.alias}.* from {self.source}"
        newest = f"order by {self.order} limit {_NEWEST}"
        # By what is looked for alone, and the rest after it, which is what the offset is for: by
        # anything else the workspace would be read to the end.
        found = f"{alias}.deleted_at is null and {conditions.searches} offset 0"
        return [
            f"({read} where {conditions.always} {newest}) {alias}",
            f"({read} where {found}) {alias}",
        ]


def whole_page(bodies: list[str]) -> str:
    """A list that is never paged, in the shape of a page."""
    return _envelope(bodies, {"cursor": None, "has_more": False, "limit": max(len(bodies), 1)})


async def fetch_whole_page(con: Connection, statement: str, *args: object) -> str:
    """All that a statement finds (as `body`), as such a list."""
    return whole_page([row["body"] for row in await con.fetch(statement, *args)])


def with_filters_of_cursor(query: PageQuery) -> PageQuery:
    """`query` with the filters of its cursor, which is enough for the next page.

    Raises Unprocessable for a cursor that is broken, of another list, or of other filters than
    those that were sent beside it.
    """
    if query.cursor is None:
        return query
    filters = decode_filters(query.cursor, type(query).__name__)
    # What is sent may be a default: then it must have been one on the first page too.
    if query.model_fields_set - _PART and _filters(query) != filters:
        msg = "The cursor belongs to a list with other filters; start again without one."
        raise Unprocessable(msg)
    own = {"limit": query.limit, "cursor": query.cursor}
    try:
        return type(query).model_validate_json(orjson.dumps({**filters, **own}))
    except (ValidationError, orjson.JSONEncodeError):  # the latter for what is too deep
        msg = "The cursor is broken; start again without one."
        raise Unprocessable(msg) from None


def _filters(query: PageQuery) -> dict[str, Any]:
    """What was asked for beside the part of the list."""
    return query.model_dump(
        mode="json", exclude=set(_PART), exclude_none=True, exclude_defaults=True
    )


def _envelope(bodies: list[str], page: Mapping[str, object]) -> str:
    return f'{{"data":[{",".join(bodies)}],"page":{orjson.dumps(page).decode()}}}'
