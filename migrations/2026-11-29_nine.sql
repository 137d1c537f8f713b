-- keeps older programs: they read what is not routed in another order, and know nothing of the table.
-- What no queue knows of, and which queues are due, workspace by workspace: however much one of them
-- has, none of the others waits behind it.
drop index deliveries_unrouted;
create index deliveries_unrouted on deliveries (((channel = 'webhook')::int), workspace_id, seq)
  where is_routed <> (state = 'queued');
create index delivery_queues_waiting on delivery_queues
  (((failures > 0)::int), workspace_id, due_at) where due_at is not null and paused_at is null;

-- Events that could not be fanned out, and are passed over until somebody asks for them again.
create table fan_out_failures (
  workspace_id uuid not null references workspaces,
  event_id uuid not null,
  position bigint not null,
  event_type text not null,
  reason text not null,
  tries int not null,
  failed_at timestamptz not null,
  primary key (workspace_id, event_id)
);

-- Addresses that mail came back from can be listed, and lifted one by one.
alter table bounced_addresses
  add column id uuid not null default gen_random_uuid(),
  add column version bigint not null default 1,
  add column updated_at timestamptz not null default now(),
  add unique (workspace_id, id);
create index bounced_addresses_newest on bounced_addresses (workspace_id, created_at desc, id desc);
