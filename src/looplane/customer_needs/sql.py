"""Every statement on customer needs."""

from collections.abc import Sequence
from uuid import UUID

from looplane import events
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.paging import whole_page
from looplane.kit.sqltext import any_of, obj, row, stamps

noun = "customer need"
NEED = obj(row("n", "id", "thread_id", "project_id", "issue_id", "priority") | stamps("n"))

# A need is shown while what it asks for is there.
_SHOWN = """
from customer_needs n
left join projects np on np.workspace_id = n.workspace_id and np.id = n.project_id
left join issues ni on ni.workspace_id = n.workspace_id and ni.id = n.issue_id
where coalesce(np.id, ni.id) is not null and coalesce(np.deleted_at, ni.deleted_at) is null"""

# The needs of thread `t`, in the order they were linked.
OF_THREAD = f"""
(select coalesce(json_agg({NEED} order by n.created_at, n.id), '[]'::json) {_SHOWN}
 and n.workspace_id = t.workspace_id and n.thread_id = t.id)"""

# The version of a thread and its needs: all, or those for the projects $3 and the issues $4.
LIST = f"""
select t.version, array(select {NEED}::text {_SHOWN} and n.workspace_id = $1 and n.thread_id = $2
  and ($3::uuid[] is null or n.project_id = any ($3) or n.issue_id = any ($4))
  order by n.created_at, n.id) as bodies
from threads t where t.workspace_id = $1 and t.id = $2 and t.deleted_at is null"""

# What there is of the projects $3 and the issues $4, each with the need that links it, if any.
FIND = """
select named.project_id, named.issue_id, n.id, n.priority, n.by_field
from (
  select p.id as project_id, null::uuid as issue_id from projects p
  where p.workspace_id = $1 and p.id = any ($3) and p.deleted_at is null
  union all
  select null, i.id from issues i
  where i.workspace_id = $1 and i.id = any ($4) and i.deleted_at is null) as named
left join customer_needs n on n.workspace_id = $1 and n.thread_id = $2
  and (n.project_id = named.project_id or n.issue_id = named.issue_id)"""

# A need for each id in $7 and what it asks for, in $8 or $9. Only a project can be the field's.
INSERT = f"""
with n as (
  insert into customer_needs
    (workspace_id, thread_id, created_at, updated_at, priority, by_field, id, project_id, issue_id)
  select $1, $2, $3, $3, $5, $6 and x.project_id is not null, x.id, x.project_id, x.issue_id
  from unnest($7::uuid[], $8::uuid[], $9::uuid[]) as x(id, project_id, issue_id) returning *)
{events.record("$1", "$4", "n", NEED)} where e.subject_id = n.id"""

# The needs $2 are no longer the field's; their priority becomes $4, or stays.
UPDATE = """
update customer_needs set updated_at = $3, by_field = false, priority = coalesce($4, priority)
where workspace_id = $1 and id = any ($2)"""

DELETE = f"""
with n as (
  delete from customer_needs where workspace_id = $1 and id in (
    select n.id {_SHOWN} and n.workspace_id = $1 and n.thread_id = $2 and n.id = $3)
  returning *),
recorded as ({events.record("$1", "$4", "n", NEED)})
select n.id from n"""

# A part of thread_update: the need that the thread's `project_id` made gives way to another.
REPLACE = f"""
    delete from customer_needs n
    where n.workspace_id = p_workspace and n.thread_id = p_id and n.by_field
    returning {NEED} into v_unlinked;
    if p_project_id is not null then
      insert into customer_needs as n
        (workspace_id, id, thread_id, project_id, by_field, created_at, updated_at)
      values (p_workspace, p_need_id, p_id, p_project_id, true, p_now, p_now)
      returning {NEED} into v_linked;
    end if;"""

_WEIGHT = any_of({"t.pain_level = 'HIGH'": "3", "t.pain_level = 'MEDIUM'": "2"}, "1")


def score_of(alias: str, column: str) -> str:
    """SQL for the `thread_count` and `total_score` of `alias`, which needs name in `column`.

    The sum is exact, so that it does not depend on the order of its rows.
    """
    return f"""(
  select count(*) as thread_count,
    coalesce(sum({_WEIGHT} + n.priority::numeric), 0)::double precision as total_score
  from customer_needs n
  join threads t on t.workspace_id = n.workspace_id and t.id = n.thread_id and t.deleted_at is null
  where n.workspace_id = {alias}.workspace_id and n.{column} = {alias}.id)"""


async def list_needs(
    con: Connection,
    by: By,
    thread_id: UUID,
    project_ids: Sequence[UUID] | None = None,
    issue_ids: Sequence[UUID] | None = None,
) -> tuple[list[str], int]:
    """The JSON of a thread's needs, or of those for what is named; and the thread's version.

    Raises NotFound.
    """
    args = (by.workspace_id, thread_id, project_ids, issue_ids)
    row = found(await con.fetchrow(LIST, *args), "thread")
    return row["bodies"], row["version"]


async def get_needs(con: Connection, by: By, thread_id: UUID) -> Answer:
    """All needs of a thread, in one page. Raises NotFound."""
    bodies, version = await list_needs(con, by, thread_id)
    return Answer(whole_page(bodies), version)


async def find_named(
    con: Connection, by: By, thread_id: UUID, project_ids: list[UUID], issue_ids: list[UUID]
) -> list[Row]:
    """A row for each project and issue that is there, with its need in the thread, if any."""
    return await con.fetch(FIND, by.workspace_id, thread_id, project_ids, issue_ids)
