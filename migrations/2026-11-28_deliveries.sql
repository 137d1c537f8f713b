-- keeps older programs: what they plan is 'planned' as before, and is queued from there; what is queued they do not see.
-- What leaves for the outside: each delivery in a queue of its target, each attempt a row.

alter table deliveries
  drop constraint deliveries_kind_check,
  drop constraint deliveries_channel_check,
  drop constraint deliveries_state_check,
  drop constraint deliveries_check,
  -- How those follow each other that keep their order.
  add column seq bigint generated always as identity,
  -- What can be slow or away as a whole: of webhooks the endpoint, of other channels all of it.
  add column queue text not null default '',
  -- What keeps its order within a queue; null where nothing does.
  add column lane uuid,
  -- Whether its queue knows of it.
  add column is_routed boolean not null default false,
  -- Under which the attempts of an older plan do not count against a new one.
  add column tries int not null default 0,
  add constraint deliveries_kind_check check (kind in
    ('message', 'broadcast', 'invite', 'notice', 'sign_in_link', 'event', 'test')),
  add constraint deliveries_channel_check check (channel in
    ('email', 'slack', 'live_chat', 'teams', 'webhook')),
  -- 'planned' and 'failed' are an older program's words for 'queued' and 'dead'.
  add constraint deliveries_state_check check (state in
    ('planned', 'queued', 'delivered', 'failed', 'dead', 'canceled')),
  add constraint deliveries_next_attempt_check
    check ((state in ('planned', 'queued')) = (next_attempt_at is not null));
update deliveries set state = 'dead' where state = 'failed';

-- The first of a queue, and of a lane in it.
create index deliveries_queue on deliveries
  (workspace_id, channel, queue, next_attempt_at, seq) where state = 'queued';
create index deliveries_lane on deliveries
  (workspace_id, channel, queue, lane, seq) where state = 'queued';
-- What no queue knows of yet, of all workspaces.
create index deliveries_unrouted on deliveries (seq) where state = 'queued' and not is_routed;
create index deliveries_newest on deliveries (workspace_id, created_at desc, id desc);
create index deliveries_event on deliveries (workspace_id, event_id);

-- One try each.
create table delivery_attempts (
  workspace_id uuid not null,
  delivery_id uuid not null,
  number int not null,          -- from 1
  started_at timestamptz not null,
  ended_at timestamptz not null,
  -- 'failed' is tried again, 'refused' is not, 'interrupted' was cut off and nobody knows its end.
  outcome text not null check (outcome in ('delivered', 'failed', 'refused', 'interrupted')),
  reason text,
  request jsonb,                -- what was sent, without secrets
  answer jsonb,                 -- what was answered
  primary key (workspace_id, delivery_id, number),
  foreign key (workspace_id, delivery_id) references deliveries on delete cascade
);

-- What can be slow or away as a whole. One worker at a time has it, until `leased_until`.
create table delivery_queues (
  workspace_id uuid not null references workspaces,
  channel text not null,
  queue text not null,
  due_at timestamptz,           -- null where nothing is queued
  lease uuid,                   -- whose turn it is
  leased_until timestamptz,
  failing_since timestamptz,    -- null while the last attempt reached it
  failures int not null default 0,  -- in a row, of the target as a whole
  paused_at timestamptz,
  paused_reason text,
  primary key (workspace_id, channel, queue)
);
create index delivery_queues_due on delivery_queues (due_at)
  where due_at is not null and paused_at is null;

-- How far the events of a workspace were fanned out.
create table fan_outs (
  workspace_id uuid not null primary key references workspaces,
  position bigint not null,
  event_id uuid not null
);

-- The bytes of an event as webhooks get them: the same ones at each attempt, and in a replay.
create table event_bodies (
  workspace_id uuid not null references workspaces,
  event_id uuid not null,
  body bytea not null,
  created_at timestamptz not null,
  primary key (workspace_id, event_id)
);
