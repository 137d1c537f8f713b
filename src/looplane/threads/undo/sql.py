"""Every statement that takes changes of a thread's needs back."""

from looplane import events
from looplane.threads.children.sql import NEED

# What the write $4 told of needs in the history of the aggregate $2; $3 is the first id that its
# events can have. $1 workspace.
FIND_NEED_EVENTS = """
select type, data::text from events
where workspace_id = $1 and aggregate_id = $2 and id >= $3 and write_id = $4
  and type in ('customer_need.created', 'customer_need.deleted') order by id"""

# Whether the write $2 made a thread; $3 as above. $1 workspace.
MADE_A_THREAD = """
select exists (select from events
  where workspace_id = $1 and write_id = $2 and id >= $3 and type = 'thread.created')"""

# The projects and issues in $2 that are there, held in the order in which scores are changed.
HOLD_ASKED_FOR = """
select id from (select id from projects
  where workspace_id = $1 and id = any ($2::uuid[]) and deleted_at is null
  order by id for no key update) p
union all
select id from (select id from issues
  where workspace_id = $1 and id = any ($2::uuid[]) and deleted_at is null
  order by id for no key update) i"""

# Needs of the thread $2 as they are in $3; those that have another priority by now stay. $4 write.
DELETE_NEEDS = f"""
with w as materialized ({events.WRITE.format("$4")}),
n as (
  delete from customer_needs n
  using jsonb_to_recordset($3) as x(id uuid, priority double precision)
  where n.workspace_id = $1 and n.thread_id = $2 and n.id = x.id and n.priority = x.priority
  returning n.*),
recorded as ({events.insert("n", NEED, "n.id")})
select id from n"""

# Needs of the thread $2, as they were, from their JSON in $3. $4 write.
INSERT_NEEDS = f"""
with w as materialized ({events.WRITE.format("$4")}),
n as (
  insert into customer_needs
    (workspace_id, id, thread_id, project_id, issue_id, priority, created_at, updated_at)
  select $1, r.id, $2, r.project_id, r.issue_id, r.priority, r.created_at, r.updated_at
  from jsonb_populate_recordset(null::customer_needs, $3) as r returning *)
{events.insert("n", NEED, "n.id")}"""

# Needs of the thread $2 that have the priority that they got have again the one that they had, both
# in $3. $4 when.
RESTORE_PRIORITIES = """
update customer_needs n set priority = x.was, updated_at = $4
from jsonb_to_recordset($3) as x(id uuid, was double precision, became double precision)
where n.workspace_id = $1 and n.thread_id = $2 and n.id = x.id and n.priority = x.became
returning n.id"""

# The need for the project $3 is that of the field `project_id`, and no other one is; none where it
# is null. $2 thread.
SET_PROJECT_FIELD = """
update customer_needs set is_of_project_field = project_id is not distinct from $3
where workspace_id = $1 and thread_id = $2 and project_id is not null
  and is_of_project_field is distinct from (project_id is not distinct from $3)"""

# Whether the project $3 is linked as the field's. $2 thread.
IS_PROJECT_FIELD = """
select exists (select from customer_needs
  where workspace_id = $1 and thread_id = $2 and project_id = $3 and is_of_project_field)"""
