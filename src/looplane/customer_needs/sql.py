"""Every statement on customer needs."""

from looplane import events
from looplane.kit.sqltext import obj, row, stamps

NEED = obj(row("n", "id", "thread_id", "project_id", "issue_id", "priority") | stamps("n"))

# A need is shown while what it asks for is there.
ALIVE = """
left join projects np on np.workspace_id = n.workspace_id and np.id = n.project_id
left join issues ni on ni.workspace_id = n.workspace_id and ni.id = n.issue_id"""
IS_ALIVE = "coalesce(np.id, ni.id) is not null and coalesce(np.deleted_at, ni.deleted_at) is null"

# The needs of thread `t`, in the order they were linked.
OF_THREAD = f"""
(select coalesce(json_agg({NEED} order by n.created_at, n.id), '[]'::json) from customer_needs n
 {ALIVE}
 where n.workspace_id = t.workspace_id and n.thread_id = t.id and {IS_ALIVE})"""

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

INSERT = f"""
with n as (
  insert into customer_needs
    (workspace_id, id, thread_id, project_id, issue_id, priority, by_field, created_at, updated_at)
  values ($1, $2, $5, $6, $7, $8, $9, $3, $3) returning *),
recorded as ({events.record("$1", "$4", "n", NEED)})
select {NEED}::text as body from n"""
