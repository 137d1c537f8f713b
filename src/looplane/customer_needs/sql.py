"""Every statement on customer needs, but for those that a thread's own fields make and show."""

from collections.abc import Sequence
from uuid import UUID

from looplane import events
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import whole_page
from looplane.kit.responses import Answer, or_404
from looplane.threads.children.sql import NEED, SHOWN_NEEDS

NOUN = "customer need"

# The version of a thread and its needs: all, or those for the projects $3 and the issues $4.
LIST = f"""
select t.version, array(select {NEED}::text {SHOWN_NEEDS}
  and n.workspace_id = $1 and n.thread_id = $2
  and ($3::uuid[] is null or n.project_id = any ($3) or n.issue_id = any ($4))
  order by n.created_at, n.id) as bodies
from threads t where t.workspace_id = $1 and t.id = $2 and t.deleted_at is null"""

# What there is of the projects $3 and the issues $4, each with the need that links it, if any; held
# in the order in which scores are changed, since all of theirs may be.
FIND_REFERENCES = """
select named.project_id, named.issue_id, n.id, n.priority, n.is_of_project_field
from (
  select p.id as project_id, null::uuid as issue_id from (
    select id from projects where workspace_id = $1 and id = any ($3) and deleted_at is null
    order by id for no key update) p
  union all
  select null, i.id from (
    select id from issues where workspace_id = $1 and id = any ($4) and deleted_at is null
    order by id for no key update) i) as named
left join customer_needs n on n.workspace_id = $1 and n.thread_id = $2
  and (n.project_id = named.project_id or n.issue_id = named.issue_id)"""

# The needs $2 are no longer the field's; their priority becomes $4, or stays.
UPDATE = """
update customer_needs
set updated_at = $3, is_of_project_field = false, priority = coalesce($4, priority)
where workspace_id = $1 and id = any ($2)"""

# Need $3 of the thread $2, which is held.
FIND = f"""
select n.project_id, n.is_of_project_field {SHOWN_NEEDS}
  and n.workspace_id = $1 and n.thread_id = $2 and n.id = $3"""

# Need $2. $3 write.
DELETE = f"""
with w as materialized ({events.WRITE.format("$3")}),
n as (delete from customer_needs where workspace_id = $1 and id = $2 returning *)
{events.insert("n", NEED, "n.id")}"""


async def list_needs(
    con: Connection,
    context: Context,
    thread_id: UUID,
    project_ids: Sequence[UUID] | None = None,
    issue_ids: Sequence[UUID] | None = None,
) -> tuple[list[str], int]:
    """The JSON of a thread's needs, or of those for what is named; and the thread's version.

    Raises NotFound.
    """
    args = (context.workspace_id, thread_id, project_ids, issue_ids)
    row = or_404(await con.fetchrow(LIST, *args), "thread")
    return row["bodies"], row["version"]


async def get_needs(con: Connection, context: Context, thread_id: UUID) -> Answer:
    """All needs of a thread, in one page. Raises NotFound."""
    bodies, version = await list_needs(con, context, thread_id)
    return Answer(whole_page(bodies), version)
