"""Every statement on messages."""

from looplane.kit.sqltext import iso, obj, row

_COLUMNS = ("subject", "from", "to", "cc", "bcc", "text", "html", "attachments", "user_id")
MESSAGE = obj(
    row("ms", "id", "thread_id", "type", "direction", *_COLUMNS)
    | {"created_at": iso("ms.created_at")}
)

# The messages of thread `t`, oldest first.
OF_THREAD = f"""
(select coalesce(json_agg({MESSAGE} order by ms.created_at, ms.id), '[]'::json) from messages ms
 where ms.workspace_id = t.workspace_id and ms.thread_id = t.id)"""
