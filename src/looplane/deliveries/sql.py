"""Every statement that plans a delivery."""

from looplane.kit.paging import Listing
from looplane.kit.sqltext import columns, iso, json_object, timestamps

# The state of a delivery `d` as it is told: two are an older program's words.
STATE = "case d.state when 'planned' then 'queued' when 'failed' then 'dead' else d.state end"
# The JSON of a delivery `d`.
DELIVERY = json_object(
    columns("d", "id", "kind", "channel", "target")
    | {"event_id": "'evt_' || replace(d.event_id::text, '-', '')"}
    | columns("d", "event_type", "thread_id", "subject_id")
    | {"state": STATE}
    | columns("d", "attempts")
    | {"next_attempt_at": iso("d.next_attempt_at")}
    | columns("d", "reason", "delivered_by")
    | timestamps("d")
)
LISTING = Listing("d", "deliveries d", DELIVERY)

# $1 workspace, then the columns in their order; due at once. No queue knows of it yet: whoever
# writes shares no lock with those who deliver.
INSERT = """
insert into deliveries (workspace_id, id, event_id, event_type, kind, channel, target, subject_id,
  thread_id, queue, lane, state, created_at, updated_at, next_attempt_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12, $12, $12)"""

# Several at once, in the order in which they are given: each of a queue, and of a lane in it.
# $1 workspace, $2 now, $3 channel, then arrays: $4 ids, $5 events, $6 their types, $7 kinds,
# $8 targets, $9 subjects, $10 threads, $11 queues, $12 lanes.
INSERT_QUEUED = """
insert into deliveries (workspace_id, id, event_id, event_type, kind, channel, target, subject_id,
  thread_id, queue, lane, state, created_at, updated_at, next_attempt_at)
select $1, n.id, n.event_id, n.event_type, n.kind, $3, n.target, n.subject_id, n.thread_id, n.queue,
  n.lane, 'queued', $2, $2, $2
from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::uuid[],
  $11::text[], $12::uuid[]) with ordinality as n(id, event_id, event_type, kind, target, subject_id,
  thread_id, queue, lane, place)
order by n.place"""


def insert_many(planned: str, subjects: str) -> str:
    """SQL that plans many deliveries; those that are planned already are left alone.

    `planned` is a parameter with a list of objects, of which those count whose `subject_id` is an
    `id` of `subjects`. Due at `due_at`, or dead from the beginning where that is null.
    $1 workspace.
    """
    return f"""insert into deliveries (workspace_id, id, event_id, event_type, kind, channel,
    target, subject_id, thread_id, state, reason, created_at, updated_at, next_attempt_at)
  select $1, y.id, y.event_id, y.event_type, y.kind, y.channel, y.target, y.subject_id,
    y.thread_id,
    case when y.due_at is null then 'dead' else 'queued' end, y.reason, y.created_at, y.created_at,
    y.due_at
  from jsonb_to_recordset({planned}) as y(id uuid, event_id uuid, event_type text,
    kind text, channel text, target text, subject_id uuid, thread_id uuid, reason text,
    created_at timestamptz, due_at timestamptz)
  join {subjects} s on s.id = y.subject_id
  order by y.created_at, y.id
  on conflict do nothing"""
