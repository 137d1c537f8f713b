-- keeps older programs: they use none of these indexes, and what they plan gets a queue later.
-- What a queue looks at: of each lane the first one alone, however many are behind it.

alter table deliveries
  -- Whether another one of its lane goes first.
  add column is_behind boolean not null default false,
  -- Since when it is being sent; what is left here by a worker that died was interrupted.
  add column attempt_started_at timestamptz;

drop index deliveries_queue;
create index deliveries_queue on deliveries
  (workspace_id, channel, queue, next_attempt_at, seq)
  where state = 'queued' and is_routed and not is_behind;
-- The next one of a lane.
create index deliveries_behind on deliveries (workspace_id, channel, queue, lane, seq)
  where state = 'queued' and is_behind;
-- What no queue knows of yet, and what one knows of that ended elsewhere, such as by a cancelation.
drop index deliveries_unrouted;
create index deliveries_unrouted on deliveries (seq) where is_routed <> (state = 'queued');

-- Those that fail are asked for apart, so that however many they are they hold up no others.
drop index delivery_queues_due;
create index delivery_queues_due on delivery_queues (((failures > 0)::int), due_at)
  where due_at is not null and paused_at is null;

-- What has happened so far is told to nobody once more; in a workspace that is new, all is.
insert into fan_outs (workspace_id, position, event_id)
select w.id, coalesce(e.position, w.dropped_position), coalesce(e.id, w.dropped_event_id)
from workspaces w left join lateral (
  select e.position, e.id from events e
  where e.workspace_id = w.id and e.position < event_horizon()
  order by e.position desc, e.id desc limit 1) e on true
on conflict do nothing;
