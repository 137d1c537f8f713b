"""What is so when an event is told."""

# Who snoozed the thread of `e` the last time; it was made so where nobody did.
_SNOOZED_BY = """
(select (s.actor->>'member_id')::uuid from events s
  where s.workspace_id = $1 and s.aggregate_id = e.aggregate_id
    and (s.type = 'thread.updated' and s.after->>'snoozed_until' is not null
      or s.type = 'thread.created')
  order by s.position desc, s.id desc limit 1)"""

# Of the events $2, lists of id, type, subject_id and aggregate_id. $1 workspace.
FIND = f"""
select e.id, th.id as thread_id, ta.id as assignee_id, th.created_at as thread_created_at,
  array(select mn.member_id from comment_mentions mn
    where mn.workspace_id = $1 and mn.comment_id = cm.id) as mentioned,
  case when e.type = 'thread.status_changed' and ta.id is null then {_SNOOZED_BY} end
    as snoozed_by,
  ms."from"->>'email' as sender, coalesce(ms.is_opening, false) as is_opening,
  dl.kind as delivery_kind, dl.target as delivery_target, dm.user_id as sent_by
from jsonb_to_recordset($2) as e(id uuid, type text, subject_id uuid, aggregate_id uuid)
left join comments cm on cm.workspace_id = $1 and cm.id = e.subject_id and cm.deleted_at is null
  and e.type like 'comment.%'
left join messages ms on ms.workspace_id = $1 and ms.id = e.subject_id
  and e.type like 'message.%'
left join deliveries dl on dl.workspace_id = $1 and dl.id = e.subject_id
  and e.type like 'delivery.%'
left join messages dm on dm.workspace_id = $1 and dm.id = dl.subject_id and dl.kind = 'message'
left join threads th on th.workspace_id = $1
  and th.id = coalesce(dl.thread_id, e.aggregate_id) and th.deleted_at is null
left join members ta on ta.workspace_id = $1 and ta.id = th.assignee_id and ta.deleted_at is null"""
