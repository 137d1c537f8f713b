"""Every statement on how many threads there are."""

from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.threads.listing.ranges.sql import ranges_of
from looplane.threads.listing.schemas import ThreadFilter
from looplane.threads.listing.sql import add_conditions
from looplane.threads.schemas import Tab
from looplane.views.schemas import MAX_COUNTED

TABS: tuple[Tab, ...] = ("new", "needs-response", "my", "open", "snoozed", "done")


async def count_tabs(con: Connection, context: Context) -> list[Row]:
    """`tab`, `found` (one more than are counted where there are more) and `unread`, of each tab.

    All tabs are counted in one statement, so that they agree with each other.
    """
    parts = [await _count_tab(con, context, tab) for tab in TABS]
    args = (context.workspace_id, context.member_id)
    rows: list[Row] = await con.fetch(" union all ".join(parts), *args)
    return rows


async def _count_tab(con: Connection, context: Context, tab: Tab) -> str:
    """SQL that counts a tab by the range that has its threads and no others."""
    wanted = ThreadFilter(tab=tab)
    conditions, _ = await add_conditions(con, context, wanted)
    (first,) = ranges_of("created_at", wanted, conditions)
    assert first.is_exact(wanted), "each tab has an index of its own"
    # One more than are counted, of which it is not told whether it is unread.
    rows = first.read(MAX_COUNTED + 1, "true")
    numbered = f"select t.is_read, row_number() over () as number from ({rows}) t"
    unread = f"count(*) filter (where not t.is_read and t.number <= {MAX_COUNTED})"
    of_caller = "$2::uuid is null or true"  # the parameter has its type in each part
    return (
        f"select '{tab}' as tab, count(*) as found, {unread} as unread"
        f" from ({numbered}) t where {of_caller}"
    )
