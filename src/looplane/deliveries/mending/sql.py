"""Statements that mend deliveries.

None of them locks a queue. What is to be tried again is not routed, and what is canceled is: either
way the worker finds by that what its queue does not know of yet.
"""

from looplane import events
from looplane.deliveries.sql import DELIVERY, STATE, VERSION
from looplane.kit.conditions import Conditions
from looplane.kit.sqltext import columns, json_object

# Neither to whom it was nor what was answered: an event is kept for longer, and shown to others.
_TOLD = json_object(columns("d", "id", "kind", "channel", "event_id", "subject_id", "thread_id"))
_LATER = "greatest($3, d.updated_at + interval '1 ms')"

# Holds deliveries $2. $1 workspace
HOLD = f"""
select d.id, {STATE} as state, d.target = 'erased-' || d.id as is_erased, d.next_attempt_at,
  {VERSION} as version, {DELIVERY}::text as body, {_TOLD}::text as told
from deliveries d where d.workspace_id = $1 and d.id = any ($2::uuid[])
order by d.id for update"""

# What waits is tried at once, and what had ended has all of the schedule before it. Each keeps its
# place: what died one after the other leaves in that order again. An older program had no lanes.
# $1 workspace, $2 ids, of deliveries that are held, $3 now
RETRY = f"""
update deliveries d set is_routed = false, next_attempt_at = $3, updated_at = {_LATER},
  state = case when d.state = 'planned' then d.state else 'queued' end,
  tries = case when {STATE} = 'queued' then d.tries else 0 end,
  reason = case when {STATE} = 'queued' then d.reason end, delivered_by = null,
  lane = coalesce(d.lane, case d.kind when 'message' then d.thread_id end)
where d.workspace_id = $1 and d.id = any ($2::uuid[])"""
# It is routed, although its queue may not know of it: by that the worker lets go on what is behind
# it, also what was put there meanwhile.
CANCEL = f"""
update deliveries d set state = 'canceled', is_routed = true, next_attempt_at = null,
  reason = 'It was canceled.', updated_at = {_LATER}
where d.workspace_id = $1 and d.id = any ($2::uuid[])"""

# Leaves the one event of a write. $1 workspace, $2 write, $3 what it shows
INSERT_EVENT = f"""
with w as materialized ({events.WRITE.format("$2")}),
told as (
  select e.subject_id as id, $3::text::json as data
  from w, jsonb_to_recordset(w.events) as e(subject_id uuid))
{events.insert("told", "told.data", "told.id")}"""


def find(conditions: Conditions, most: int) -> str:
    """The first `most` of those that meet the conditions, the oldest first."""
    return f"""
select d.id, d.created_at from deliveries d where {conditions}
order by d.created_at, d.id limit {conditions.number(most)}"""
