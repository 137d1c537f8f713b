"""Pages of threads in each order.

A page is looked for among the first threads of a range of an index that has the order. Where too
few of them are meant, it depends on the filters: if one of them means few threads, these are found
by its own index and put in order; else there are many of the kind, and the range is read on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.cursors import ID, INTEGER, MOMENT, several
from looplane.kit.database import Connection, Row
from looplane.kit.paging import MAX_PAGE_ROWS, Listing
from looplane.kit.responses import Answer
from looplane.kit.sqltext import json_object
from looplane.threads.listing.found.sql import find_few
from looplane.threads.listing.ranges.sql import NOBODY, WITH_REVENUE, Range, ranges_of
from looplane.threads.listing.schemas import Sort, ThreadQuery
from looplane.threads.listing.sql import WAITS, add_conditions, of_many
from looplane.threads.listing.views.rules import AskedFor
from looplane.threads.listing.views.sql import asked_for
from looplane.threads.sql import THREAD, thread_body

# As many threads are looked at before anything else is tried.
_LOOKED_AT = 2000
_MOST = MAX_PAGE_ROWS + 1
# As the member $2 sees them.
LISTING = replace(THREAD.listing, body=json_object(thread_body("$2")))


@dataclass(frozen=True, slots=True)
class Order:
    """A list in one order; the key is SQL of `t` and `join`."""

    listing: Listing
    join: str = ""


ORDERS: dict[Sort, Order] = {
    "created_at": Order(LISTING),
    "last_activity": Order(replace(LISTING, key="t.last_activity")),
    "oldest_waiting": Order(replace(LISTING, key="t.waiting_since", ascending=True)),
    "pain": Order(
        replace(
            LISTING,
            key=(
                "array_position(array['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH'], t.pain_level)::bigint",
                "t.created_at",
            ),
            key_type=several(INTEGER, MOMENT),
        )
    ),
    "revenue": Order(
        replace(
            LISTING,
            key=("coalesce(rc.revenue, -1)", f"coalesce(rc.id, {NOBODY})", "t.created_at"),
            key_type=several(INTEGER, ID, MOMENT),
        ),
        WITH_REVENUE,
    ),
}


async def list_threads(con: Connection, context: Context, query: ThreadQuery) -> Answer:
    """A page of threads as the caller sees them. Raises ValidationFailed, Unprocessable."""
    asked = await asked_for(con, context, query)
    order = ORDERS[asked.sort]
    listing = replace(order.listing, basis=asked.basis)
    conditions, are_few = await add_conditions(con, context, asked.query, asked.also)
    if asked.sort == "oldest_waiting":
        conditions.add(WAITS)
    limit = listing.start(conditions, query)
    page = _Page(con, order, conditions, limit, asked)
    rows = await (page.find_all() if are_few else page.find())
    return Answer(listing.page(rows, query))


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that is looked for; `limit` is the parameter for how many rows are to be read."""

    con: Connection
    order: Order
    conditions: Conditions
    limit: str
    asked: AskedFor

    async def find(self) -> list[Row]:
        """The rows of the page, and one more where there is one."""
        ranges = ranges_of(self.asked.sort, self.asked.query, self.conditions)
        rows: list[Row] = []
        for each in ranges:
            is_exact = self.asked.also is None and each.is_exact(self.asked.query)
            rows += await self._read(each.read(_MOST if is_exact else _LOOKED_AT, "true"))
            if self._is_full(rows):
                return rows
            if not is_exact:
                return await self._find_further(ranges)
        return rows

    async def find_all(self, condition: str = "true") -> list[Row]:
        """The same, where few threads meet the condition: all that are meant are put in order."""
        meant = f"{self.conditions} and {condition}"
        source = f"threads t {self.order.join}"
        order = f"order by {self.order.listing.order} limit {_MOST}"
        return await self._read(f"select t.* from {source} where {meant} {order}")

    async def _find_further(self, ranges: Sequence[Range]) -> list[Row]:
        page = self._statement(ranges[0].read(_MOST, "true"))
        few = await find_few(self.con, self.asked.query, self.conditions, page)
        if few is not None:
            return await self.find_all(f"t.id = any (array({few}))")
        rows: list[Row] = []
        for each in ranges:
            rows += await self._read(each.read(_MOST, of_many(self.conditions)))
            if self._is_full(rows):
                break
        return rows

    def _is_full(self, rows: Sequence[Row]) -> bool:
        """Whether there are enough of them, or what they hold is enough."""
        return len(rows) > self.asked.query.limit or any(each["body"] is None for each in rows)

    def _statement(self, source: str) -> str:
        joined = f"({source}) t {self.order.join}"
        return self.order.listing.statement(self.conditions, self.limit, joined)

    async def _read(self, source: str) -> list[Row]:
        return await self.con.fetch(self._statement(source), *self.conditions.values)
