-- Who is told over HTTP of what happens.

-- What a delivery tells of, where an event does; of an older program's it is not known.
alter table deliveries add column event_type text;
create index deliveries_target on deliveries
  (workspace_id, channel, target, created_at desc, id desc);

create table webhooks (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  url text not null,
  label text,
  events text[] not null,       -- types and patterns: thread.created, thread.*, *
  style text not null default 'standard' check (style in ('standard', 'productlane')),
  status text not null default 'active' check (status in ('active', 'paused', 'disabled')),
  status_reason text,           -- why it is not active, where that was not a person's wish
  secret_number int not null default 1,
  former_secret_until timestamptz,  -- the secret before this one signs as well until then
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  check ((status = 'active') <= (status_reason is null))
);
create index webhooks_newest on webhooks (workspace_id, created_at desc, id desc)
  where deleted_at is null;

-- What a webhook signs with, sealed: the one of its `secret_number`, and for a time the one before.
create table webhook_secrets (
  workspace_id uuid not null,
  webhook_id uuid not null,
  number int not null,
  sealed bytea not null,
  created_at timestamptz not null,
  primary key (workspace_id, webhook_id, number),
  foreign key (workspace_id, webhook_id) references webhooks
);
