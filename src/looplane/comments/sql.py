"""Every statement on internal comments."""

from looplane.kit.sqltext import obj, row, stamps
from looplane.members.sql import member_join, member_ref

COMMENT = obj(
    row("cm", "id", "thread_id")
    | {"author": member_ref("cma")}
    | row("cm", "content", "attachments")
    | stamps("cm")
)

# The comments on thread `t`, oldest first.
OF_THREAD = f"""
(select coalesce(json_agg({COMMENT} order by cm.created_at, cm.id), '[]'::json) from comments cm
 {member_join("cma", "cm.author_id")}
 where cm.workspace_id = t.workspace_id and cm.thread_id = t.id and cm.deleted_at is null)"""
