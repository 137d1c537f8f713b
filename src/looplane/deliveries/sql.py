"""Every statement that plans a delivery."""

# $1 workspace, then the columns in their order; due at once. No queue knows of it yet: whoever
# writes shares no lock with those who deliver.
INSERT = """
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, thread_id,
  queue, lane, state, created_at, updated_at, next_attempt_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11, $11, $11)"""


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
