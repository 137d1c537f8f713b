"""Every statement on messages as they are shown."""

from looplane.threads.children.sql import EVERY_MESSAGE

_THREAD = """exists (select from threads t
  where t.workspace_id = $1 and t.id = ms.thread_id and t.deleted_at is null)"""

# $1 workspace, $2 thread, $3 message.
FIND_SHOWN = f"""
select ms.html, ms.attachments from ({EVERY_MESSAGE}) ms
where ms.workspace_id = $1 and ms.thread_id = $2 and ms.id = $3 and {_THREAD}"""

_OF_FILE = f"""from message_attachments a
join messages ms on ms.workspace_id = $1 and ms.id = a.message_id
where a.workspace_id = $1 and a.message_id = $2 and a.id = $3 and {_THREAD}"""
# $1 workspace, $2 message, $3 file.
FIND_FILE = f"select octet_length(a.content) as size, ms.attachments {_OF_FILE}"
# From the byte $4 on, the first of which is 1, so many as $5.
FIND_PART = f"select substring(a.content from $4 for $5) {_OF_FILE}"
