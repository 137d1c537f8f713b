"""Every statement that only the taking back of changes of threads needs."""

# The thread that the event $4 was told along with, if any, and whether it was made by that write,
# which is $2; $3 is the first id that its events can have. $1 workspace.
FIND_THREAD_BESIDE = """
select t.subject_id as id, t.type = 'thread.created' as is_new
from events e
join events t on t.workspace_id = $1 and t.write_id = $2 and t.id >= $3 and t.position = e.position
  and t.type in ('thread.created', 'thread.updated')
where e.workspace_id = $1 and e.write_id = $2 and e.id >= $3 and e.id = $4"""
