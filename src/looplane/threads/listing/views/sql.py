"""What lists of threads need to know of views, and how many threads a view shows."""

from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import ValidationFailed
from looplane.kit.ids import parse_id
from looplane.kit.references import unknown_reference
from looplane.threads.listing.found.sql import find_few
from looplane.threads.listing.ranges.sql import ranges_of
from looplane.threads.listing.schemas import Sort, ThreadFilter, ThreadQuery
from looplane.threads.listing.sql import WAITS, add_conditions
from looplane.threads.listing.views import rules

# As many threads are looked at for a count before it is asked whether one of the filters means few.
_LOOKED_AT = 5000
# Of a view `v`: whether the member `{0}` (a parameter, may be null) sees it.
VISIBLE = "(v.is_shared or v.owner_id = {0})"
FIND = f"""
select v.filters, v.sort from views v
where v.workspace_id = $1 and v.id = $2 and v.deleted_at is null and {VISIBLE.format("$3")}"""


async def asked_for(con: Connection, context: Context, query: ThreadQuery) -> rules.AskedFor:
    """What a list is asked for, with its view. Raises ValidationFailed for one that is not there.

    Not an empty list: a view that nobody sees shows nothing, and that it is gone should be known.
    """
    if query.view is None:
        return rules.AskedFor(query, query.sort or "created_at")
    args = (context.workspace_id, parse_id(query.view), context.member_id)
    if (row := await con.fetchrow(FIND, *args)) is None:
        raise ValidationFailed(unknown_reference({"view": query.view}, "view", "view", None))
    if (asked := rules.within(row["filters"], row["sort"], query)) is None:
        raise ValidationFailed(["view: has filters that this version does not take"])
    return asked


async def count_threads(
    con: Connection, context: Context, filter: ThreadFilter, sort: Sort, most: int
) -> int | None:
    """How many threads a list has, up to `most`; None where it takes too many rows to say.

    Raises ValidationFailed as the list does.
    """
    conditions, are_few = await add_conditions(con, context, filter)
    if sort == "oldest_waiting":
        conditions.add(WAITS)
    if are_few:
        return await _count(con, conditions, "true", most)
    # In an order that has an index for most filters; in that one only what waits is meant.
    order: Sort = "oldest_waiting" if sort == "oldest_waiting" else "created_at"
    (first,) = ranges_of(order, filter, conditions)
    limit = most if first.is_exact(filter) else max(most, _LOOKED_AT)
    looked_at = (
        f"select count(*) as read, count(*) filter (where {conditions}) as met, $2::uuid"
        f" from ({first.read(limit, 'true')}) t"
    )
    row = await con.fetchrow(looked_at, *conditions.values)
    assert row is not None, "an aggregate answers one row"
    if row["met"] >= most or row["read"] < limit:
        return min(int(row["met"]), most)
    few = await find_few(con, filter, conditions, looked_at)
    if few is None:
        return None
    return await _count(con, conditions, f"t.id = any (array({few}))", most)


async def _count(con: Connection, conditions: Conditions, condition: str, most: int) -> int:
    """Of few threads how many meet all conditions."""
    met = f"select $2::uuid from threads t where {conditions} and {condition} limit {most}"
    count: int = await con.fetchval(f"select count(*) from ({met}) t", *conditions.values)
    return count
