"""Lists: pages by key, so that rows that come or go meanwhile neither skip nor repeat."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import Field

from looplane.kit.db import Connection
from looplane.kit.errors import Unprocessable
from looplane.kit.schema import Closed, Moment, Text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LONGEST_PAGE = 200


class PageQuery(Closed):
    """The part of a page asked for."""

    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE)] = 50
    cursor: Annotated[Text, Field(max_length=400)] | None = None


class DatedQuery(PageQuery):
    """A page of things made or changed within a span; the bounds themselves are outside of it."""

    created_after: Moment | None = None
    created_before: Moment | None = None
    updated_after: Moment | None = None
    updated_before: Moment | None = None


class PageInfo(Closed):
    """Where a page ends; `cursor` is null on the last one."""

    cursor: str | None
    has_more: bool
    limit: int


class Sort(NamedTuple):
    """What a list is ordered by, greatest first and then by id, and how a cursor keeps it.

    `column` is qualified, and selected under its own name. `restore` takes what JSON made of
    what `keep` gave; it raises ValueError, TypeError or OverflowError for anything else. `id` is
    where the id stands, if not under the list's own alias.
    """

    column: str
    keep: Callable[[Any], object]
    restore: Callable[[Any], object]
    id: str | None = None


def by_number(column: str) -> Sort:
    """The order by a column of floats."""
    return Sort(column, float, float)


def by_moment(column: str, id: str | None = None) -> Sort:
    """The order by a column of dates."""
    return Sort(column, _microseconds, _moment, id)


class Where:
    """The conditions of a list and their values, numbered in the order they are added.

    `$1` is the workspace; what comes as `more` is `$2` and on, for the list's own SELECT.
    """

    def __init__(self, workspace_id: UUID, alias: str, *more: object) -> None:
        self.alias = alias
        self.args: list[Any] = [workspace_id, *more]
        self._clauses = [f"{alias}.workspace_id = $1", f"{alias}.deleted_at is null"]

    def add(self, clause: str, *values: object) -> None:
        """Adds `clause`, each `{}` in it standing for the next of `values`."""
        numbers = [f"${len(self.args) + i + 1}" for i in range(len(values))]
        self._clauses.append(clause.format(*numbers))
        self.args.extend(values)

    def add_dates(self, query: DatedQuery) -> None:
        """Adds the four bounds of `query` that were sent."""
        for name in ("created", "updated"):
            for bound, sign in (("after", ">"), ("before", "<")):
                if (moment := getattr(query, f"{name}_{bound}")) is not None:
                    self.add(f"{self.alias}.{name}_at {sign} {{}}", moment)

    def __str__(self) -> str:
        return " and ".join(self._clauses)


async def fetch_page(
    con: Connection, select: str, where: Where, query: PageQuery, sort: Sort | None = None
) -> str:
    """One page as JSON, newest first unless `sort` says otherwise, in one query.

    `select` yields `body` (JSON text) from a table under `where.alias`. Raises Unprocessable
    for a cursor that is broken or belongs to other filters.
    """
    stamp = _filters_stamp(query)
    sort = sort or by_moment(f"{where.alias}.created_at")
    id_column = sort.id or f"{where.alias}.id"
    if query.cursor is not None:
        last = _read_cursor(query.cursor, stamp, sort)
        where.add(f"({sort.column}, {id_column}) < ({{}}, {{}})", *last)
    where.args.append(query.limit + 1)
    ordered = f"{select} where {where} order by {sort.column} desc, {id_column} desc"
    # Planned once, without the values: the inner limit tells the planner that pages are short.
    rows = await con.fetch(
        f"select * from ({ordered} limit {LONGEST_PAGE + 1}) page limit ${len(where.args)}",
        *where.args,
    )
    return _page(rows, query.limit, stamp, sort)


def whole_page(bodies: list[str]) -> str:
    """A list that is never paged, in the shape of a page."""
    page = {"cursor": None, "has_more": False, "limit": max(len(bodies), 1)}
    return _envelope(bodies, page)


def _page(rows: list[Any], limit: int, stamp: str, sort: Sort) -> str:
    more = len(rows) > limit
    rows = rows[:limit]
    cursor = _write_cursor(rows[-1], stamp, sort) if more else None
    page = {"cursor": cursor, "has_more": more, "limit": limit}
    return _envelope([row["body"] for row in rows], page)


def _envelope(bodies: list[str], page: Mapping[str, object]) -> str:
    return f'{{"data":[{",".join(bodies)}],"page":{orjson.dumps(page).decode()}}}'


def _filters_stamp(query: PageQuery) -> str:
    filters = query.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_none=True)
    named = orjson.dumps([type(query).__name__, filters], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(named).hexdigest()[:16]


def _write_cursor(row: Mapping[str, Any], stamp: str, sort: Sort) -> str:
    kept = sort.keep(row[sort.column.rpartition(".")[2]])
    text = orjson.dumps([kept, str(row["id"]), stamp])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _read_cursor(text: str, stamp: str, sort: Sort) -> tuple[object, UUID]:
    try:
        padded = text + "=" * (-len(text) % 4)
        kept, id_, belongs_to = orjson.loads(base64.b64decode(padded, altchars="-_", validate=True))
        key = sort.restore(kept), UUID(id_)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        msg = "The cursor is broken; start again without one."
        raise Unprocessable(msg) from None
    if belongs_to != stamp:
        msg = "The cursor belongs to a list with other filters; start again without one."
        raise Unprocessable(msg)
    return key


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND
