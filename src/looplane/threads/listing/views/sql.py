"""What lists of threads need to know of views, and how many threads a view shows."""

from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import ValidationFailed
from looplane.kit.ids import parse_id
from looplane.kit.references import unknown_reference
from looplane.threads.listing.schemas import ThreadFilter, ThreadQuery
from looplane.threads.listing.sql import conditions_of
from looplane.threads.listing.views import rules

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
        return rules.AskedFor(query)
    args = (context.workspace_id, parse_id(query.view), context.member_id)
    if (row := await con.fetchrow(FIND, *args)) is None:
        raise ValidationFailed(unknown_reference({"view": query.view}, "view", "view", None))
    return rules.within(row["filters"], row["sort"], query)


async def count_threads(con: Connection, context: Context, filter: ThreadFilter, most: int) -> int:
    """How many threads there are, up to `most`. Raises ValidationFailed as the list does."""
    conditions = await conditions_of(con, context, filter)
    # The member $2 is named in any case: not every filter asks for one.
    # In the order of an index, so that it is read from there, and no further than needed.
    order = f"order by t.created_at desc, t.id desc limit {most}"
    found = f"select $2::uuid from threads t where {conditions} {order}"
    count: int = await con.fetchval(f"select count(*) from ({found}) t", *conditions.values)
    return count
