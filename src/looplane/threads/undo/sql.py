"""Every statement that takes changes of a thread's needs back, but for the needs themselves."""

# The needs in $3 that have the priority that they got have again the one that they had. $1
# workspace, $2 thread, $4 when. Their ids.
RESTORE_PRIORITIES = """
update customer_needs n set priority = x.was, updated_at = $4
from jsonb_to_recordset($3) as x(id uuid, was double precision, became double precision)
where n.workspace_id = $1 and n.thread_id = $2 and n.id = x.id and n.priority = x.became
returning n.id"""

# The need for the project $3 is that of the field `project_id`, and no other one is; none where it
# is null. $1 workspace, $2 thread.
SET_PROJECT_FIELD = """
update customer_needs set is_of_project_field = project_id is not distinct from $3
where workspace_id = $1 and thread_id = $2 and project_id is not null
  and is_of_project_field is distinct from (project_id is not distinct from $3)"""

# Whether the project $3 is there, and linked as the field's.
IS_PROJECT_FIELD = """
select exists (
  select from customer_needs n
  join projects p on p.workspace_id = $1 and p.id = n.project_id and p.deleted_at is null
  where n.workspace_id = $1 and n.thread_id = $2 and n.project_id = $3 and n.is_of_project_field)"""
