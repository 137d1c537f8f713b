-- The columns that an event says nothing of, as they were before it: a write is taken back with them.
alter table events add column internal_before jsonb;
-- The only member who may see an event; null where everyone may.
alter table events add column visible_to uuid;
-- All that one request did.
create index events_write on events (workspace_id, write_id);
