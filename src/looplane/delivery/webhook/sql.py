"""Statements of what is sent to webhooks."""

# What each delivery needs: $1 workspaces, $2 deliveries, $3 webhooks, $4 events, $5 now. `body` is
# null where it is not kept; of a webhook that is deleted there is no row.
LOAD = """
select n.id, n.workspace_id, n.event_id, wh.id as webhook_id, wh.url, wh.style, b.body,
  d.event_type, s.numbers, s.sealed
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])
  as n(workspace_id, id, webhook_id, event_id)
join webhooks wh on wh.workspace_id = n.workspace_id and wh.id = n.webhook_id
  and wh.deleted_at is null
join deliveries d on d.workspace_id = n.workspace_id and d.id = n.id
left join event_bodies b on b.workspace_id = n.workspace_id and b.event_id = n.event_id
cross join lateral (
  select array_agg(s.number order by s.number desc) as numbers,
    array_agg(s.sealed order by s.number desc) as sealed
  from webhook_secrets s
  where s.workspace_id = wh.workspace_id and s.webhook_id = wh.id and (s.number = wh.secret_number
    or s.number = wh.secret_number - 1 and wh.former_secret_until > $5)) s"""

# Active webhooks that nothing has reached since $1, and at which something was tried.
FIND_FAILING = """
select q.workspace_id, wh.id
from delivery_queues q
join webhooks wh on wh.workspace_id = q.workspace_id and wh.id = q.queue::uuid
  and wh.deleted_at is null and wh.status = 'active'
join workspaces w on w.id = q.workspace_id and w.archived_at is null
where q.channel = 'webhook' and q.failing_since <= $1 and q.paused_at is null and exists (
  select from deliveries d where d.workspace_id = q.workspace_id and d.channel = 'webhook'
    and d.queue = q.queue and d.state = 'queued' and d.tries > 0)
limit 100"""
