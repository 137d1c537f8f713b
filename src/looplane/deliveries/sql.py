"""Every statement on deliveries."""

# $1 workspace, then the columns in their order; due at once.
INSERT = """
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, thread_id,
  created_at, updated_at, next_attempt_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)"""


def insert_many(planned: str, subjects: str) -> str:
    """SQL that plans many deliveries; those that are planned already are left alone.

    `planned` is a parameter with a list of objects, of which those count whose `subject_id` is an
    `id` of `subjects`. Due at `due_at`, or dead from the beginning where that is null.
    $1 workspace.
    """
    return f"""insert into deliveries (workspace_id, id, event_id, kind, channel, target,
    subject_id, thread_id, state, reason, created_at, updated_at, next_attempt_at)
  select $1, y.id, y.event_id, y.kind, y.channel, y.target, y.subject_id, y.thread_id,
    case when y.due_at is null then 'dead' else 'queued' end, y.reason, y.created_at, y.created_at,
    y.due_at
  from jsonb_to_recordset({planned}) as y(id uuid, event_id uuid, kind text, channel text,
    target text, subject_id uuid, thread_id uuid, reason text, created_at timestamptz,
    due_at timestamptz)
  join {subjects} s on s.id = y.subject_id
  order by y.created_at, y.id
  on conflict do nothing"""


# The next one of all workspaces that is due at $1, held by nobody but us from now on. What one
# channel is to have of one thread leaves in the order in which it was planned.
TAKE_DUE = """
select d.workspace_id, d.id, d.kind, d.channel, d.target, d.subject_id, d.thread_id, d.attempts
from deliveries d
where d.state = 'planned' and d.next_attempt_at <= $1 and not exists (
  select from deliveries e
  where e.workspace_id = d.workspace_id and e.thread_id = d.thread_id and e.kind = d.kind
    and e.channel = d.channel and e.state = 'planned'
    and (e.created_at, e.id) < (d.created_at, d.id))
order by d.next_attempt_at limit 1 for update of d skip locked"""

# $1 workspace, $2 id, $3 now, $4 what took it.
MARK_DELIVERED = """
update deliveries set state = 'delivered', attempts = attempts + 1, next_attempt_at = null,
  reason = null, delivered_by = $4, updated_at = $3
where workspace_id = $1 and id = $2"""

# $1 workspace, $2 id, $3 now, $4 the reason, $5 when to try again, null for never.
MARK_FAILED = """
update deliveries set state = case when $5::timestamptz is null then 'failed' else 'planned' end,
  attempts = attempts + 1, next_attempt_at = $5, reason = $4, updated_at = $3
where workspace_id = $1 and id = $2"""
