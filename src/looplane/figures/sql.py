"""Statements on what waits, in all workspaces; however much that is, each reads a bounded part."""

from looplane.workspaces.sql import IS_LIVE

# What is counted of each: more is told as so many.
MOST = 10_000
# … and of the events, or the dead deliveries, of one workspace.
MOST_OF_ONE = 1_000

CONNECTIONS = """
select count(*)::int as used, current_setting('max_connections')::int as most
from pg_stat_activity where backend_type = 'client backend'"""
SIZE = "select pg_database_size(current_database())"

_UNTOLD = "e.workspace_id = b.id and (e.position, e.id) > (b.position, b.event_id)"
# Events that were not fanned out yet, and the seconds that the oldest of them has waited.
# $1 and $2 before all events
UNTOLD = f"""
with b as (
  select w.id, coalesce(f.position, $1) as position, coalesce(f.event_id, $2) as event_id
  from workspaces w left join fan_outs f on f.workspace_id = w.id where w.archived_at is null)
select coalesce(sum(untold.count), 0)::int as events,
  coalesce(extract(epoch from now() - min(first.created_at)), 0)::float as seconds
from b
cross join lateral (select e.created_at from events e where {_UNTOLD}
  order by e.position, e.id limit 1) first
cross join lateral (select count(*) from (
  select from events e where {_UNTOLD} order by e.position, e.id limit {MOST_OF_ONE}) x) untold"""
# Events that no try got past, and that nobody was told of.
SET_ASIDE = f"select count(*)::int from (select from fan_out_failures limit {MOST}) found"
# Seconds since the first of the threads that still sleep should have been woken; negative before.
SNOOZE = f"""
select extract(epoch from now() - min(snoozed_until))::float
from threads where deleted_at is null and state = 'snoozed' and {IS_LIVE}"""
# Of each channel the targets that fail and that something waits for, those that are paused, and the
# seconds for which something has been due to a target that is neither.
QUEUES = f"""
select channel,
  count(*) filter (where failures > 0 and paused_at is null and due_at is not null)::int as failing,
  count(*) filter (where paused_at is not null)::int as paused,
  coalesce(extract(epoch from now() - min(due_at) filter (where failures = 0 and paused_at is null
    and (leased_until is null or leased_until <= now()))), 0)::float as seconds
from delivery_queues where {IS_LIVE} group by channel"""
# $1 channels
QUEUED = f"""
select c.channel, queued.count::int from unnest($1::text[]) as c(channel)
cross join lateral (select count(*) from (
  select from delivery_queues q
  cross join lateral (
    select from deliveries d where d.workspace_id = q.workspace_id and d.channel = q.channel
      and d.queue = q.queue and d.state = 'queued' limit {MOST}) d
  where q.channel = c.channel and q.due_at is not null limit {MOST}) found) queued"""
# What was planned, and no worker has seen yet: of webhooks and of all else apart, as the index is.
UNROUTED = f"""
select channel, count(*)::int from (
  (select channel from deliveries
  where is_routed <> (state = 'queued') and (channel = 'webhook')::int = 0 limit {MOST})
  union all
  (select channel from deliveries
  where is_routed <> (state = 'queued') and (channel = 'webhook')::int = 1 limit {MOST})) found
group by channel"""
# The state is spelled as its index has it.
DEAD = f"""
select channel, count(*)::int from (
  select d.channel from workspaces w
  cross join lateral (
    select channel from deliveries d where d.workspace_id = w.id and d.state <> 'delivered'
      and (case d.state when 'planned' then 'queued' when 'failed' then 'dead'
        else d.state end) = 'dead'
      and d.created_at > now() - interval '1 day'
    order by d.created_at desc, d.id desc limit {MOST_OF_ONE}) d
  limit {MOST}) found
group by channel"""
