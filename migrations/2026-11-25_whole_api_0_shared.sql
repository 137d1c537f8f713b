-- What several nouns of the whole API stand on.

-- Parts of names are found by an index, whatever their accents and capitals.
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- Who can neither open threads nor write on those there are, and is not told.
create table blocked_senders (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  type text not null check (type in ('EMAIL', 'DOMAIN')),
  value text not null check (value = lower(value)),
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create unique index blocked_senders_value on blocked_senders (workspace_id, type, value)
  where deleted_at is null;
create index blocked_senders_newest on blocked_senders (workspace_id, created_at desc, id desc)
  where deleted_at is null;

-- The portals of a workspace beside its main one, which null stands for elsewhere.
create table portal_instances (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  slug text not null,
  language text not null default 'en',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create unique index portal_instances_slug on portal_instances (workspace_id, slug)
  where deleted_at is null;

-- What is to leave for the outside: planned in the write that it tells of. The plan is the row;
-- what wakes the one who delivers is a hint.
create table deliveries (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  event_id uuid not null,       -- of the write that planned it
  kind text not null check (kind in ('message', 'broadcast', 'invite', 'notice')),
  channel text not null check (channel in ('email', 'slack', 'live_chat', 'teams')),
  target text not null,         -- to whom or where, as the channel spells it
  subject_id uuid not null,     -- the message, the changelog, the invite
  thread_id uuid,               -- what is of one thread keeps its order
  state text not null default 'planned'
    check (state in ('planned', 'delivered', 'failed', 'canceled')),
  attempts int not null default 0,
  next_attempt_at timestamptz,  -- null once nothing more will be tried
  reason text,                  -- why the last attempt did not succeed
  delivered_by text,            -- what took it, such as `console`
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, thread_id) references threads,
  check ((state = 'planned') = (next_attempt_at is not null))
);
create unique index deliveries_once on deliveries (workspace_id, event_id, channel, target);
create index deliveries_thread on deliveries (workspace_id, thread_id, created_at, id);
-- The worker asks over all workspaces at once.
create index deliveries_due on deliveries (next_attempt_at) where state = 'planned';
