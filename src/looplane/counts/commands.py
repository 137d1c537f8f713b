"""How the threads of all tabs and views are counted."""

from typing import Any

import orjson

from looplane.counts import sql
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import MAX_PAGE_ROWS
from looplane.kit.responses import Answer
from looplane.views.commands import count_views
from looplane.views.schemas import MAX_COUNTED, ViewQuery
from looplane.views.sql import list_views


async def get_counts(con: Connection, context: Context) -> Answer:
    """How many threads each tab and each view shows the caller."""
    tabs = {
        row["tab"]: {
            "count": min(row["found"], MAX_COUNTED),
            "is_more": row["found"] > MAX_COUNTED,
            "unread": row["unread"],
        }
        for row in await sql.count_tabs(con, context)
    }
    views = await _list_views(con, context)
    await count_views(con, context, views)
    counted = [
        {
            "id": each["id"],
            "count": each["thread_count"],
            "is_more": not each["thread_count_is_exact"],
        }
        for each in views
    ]
    return Answer(orjson.dumps({"tabs": tabs, "views": counted}).decode())


async def _list_views(con: Connection, context: Context) -> list[dict[str, Any]]:
    """All views that the caller sees."""
    views: list[dict[str, Any]] = []
    query = ViewQuery(limit=MAX_PAGE_ROWS)
    while True:
        page = orjson.loads(await list_views(con, context, query))
        views += page["data"]
        if not page["page"]["has_more"]:
            return views
        query = ViewQuery(limit=MAX_PAGE_ROWS, cursor=page["page"]["cursor"])
