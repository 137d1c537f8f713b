"""Every statement on many threads at once, but for those that look at what is to be changed."""

from collections.abc import Sequence
from uuid import UUID

from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.sqltext import json_object
from looplane.threads.bulk.schemas import MAX_SHOWN, MAX_THREADS
from looplane.threads.listing.schemas import ThreadFilter
from looplane.threads.listing.sql import conditions_of
from looplane.threads.sql import JOINS, THREAD, thread_body

# Those of the threads $3 that are there, as the member $2 sees them; `body` is the JSON null
# beyond so much text.
GET_MANY = f"""
select t.id, t.version,
  case when t.characters <= {MAX_SHOWN} then {json_object(thread_body("$2"))}::text
    else 'null' end as body
from (
  select t.*, sum({THREAD.size}) over (order by t.id) as characters from threads t
  where t.workspace_id = $1 and t.id = any ($3::uuid[]) and t.deleted_at is null) t {JOINS}"""


async def get_many(
    con: Connection, context: Context, ids: Sequence[UUID]
) -> dict[UUID, tuple[int, str]]:
    """The version and the JSON of each of these threads that is there, as the caller sees it."""
    rows = await con.fetch(GET_MANY, context.workspace_id, context.member_id, ids)
    return {row["id"]: (row["version"], row["body"]) for row in rows}


async def find_ids(con: Connection, context: Context, filter: ThreadFilter) -> list[UUID]:
    """The threads of a list, the newest first; one more than are taken, where there are so many.

    Raises ValidationFailed.
    """
    conditions = await conditions_of(con, context, filter)
    statement = (
        f"select t.id, $2::uuid as member_id from threads t where {conditions}"
        f" order by t.created_at desc, t.id desc limit {MAX_THREADS + 1}"
    )
    return [row["id"] for row in await con.fetch(statement, *conditions.values)]
