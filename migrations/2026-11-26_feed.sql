-- The last event of a workspace that is no longer kept: whoever has read no further than to one
-- before it has missed some.
alter table workspaces
  add column dropped_position bigint not null default 0,
  add column dropped_event_id uuid not null default '00000000-0000-0000-0000-000000000000';
