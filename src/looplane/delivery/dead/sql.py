"""Statements that tell of deliveries that died."""

from looplane import events
from looplane.kit.sqltext import columns, json_object

# Neither to whom it was nor what was answered: an event is kept for longer, and shown to others.
_DEAD = json_object(columns("d", "id", "kind", "channel", "event_id", "subject_id", "thread_id"))
# $1 workspace, $2 write
INSERT_EVENTS = f"""
with w as materialized ({events.WRITE.format("$2")}),
dead as (
  select d.id, {_DEAD} as data from w, jsonb_to_recordset(w.events) as e(subject_id uuid)
  join deliveries d on d.workspace_id = $1 and d.id = e.subject_id)
{events.insert("dead", "dead.data", "dead.id")}"""
# Of what dies the team is told, but for what told the team itself, and what was for a webhook that
# was deleted just as this was planned. $1 workspace, $2 ids
LIST_TOLD = """
select d.id, d.thread_id from deliveries d
where d.workspace_id = $1 and d.id = any ($2)
  and d.kind in ('message', 'broadcast', 'invite', 'event')
  and not (d.channel = 'webhook' and exists (
    select from webhooks wh where wh.workspace_id = $1 and wh.id::text = d.target
      and wh.deleted_at is not null))
order by d.seq"""
