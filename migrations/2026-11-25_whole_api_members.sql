-- Members that change, invites, and keys that are made and changed over the API.

alter table members
  add column version bigint not null default 1,
  add column updated_at timestamptz not null default now();
update members set updated_at = joined_at;
-- Whether there is another one is asked before an ADMIN goes.
create index members_admins on members (workspace_id, id)
  where deleted_at is null and role = 'ADMIN';

create table invites (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  email text not null,
  name text not null,
  role text not null check (role in ('ADMIN', 'USER', 'VIEWER')),
  state text not null default 'PENDING' check (state in ('PENDING', 'ACCEPTED')),
  invited_by_id uuid,           -- null where a key without a member invited
  expires_at timestamptz not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, invited_by_id) references members
);
create unique index invites_pending on invites (workspace_id, lower(email))
  where deleted_at is null and state = 'PENDING';
create index invites_newest on invites (workspace_id, created_at desc, id desc)
  where deleted_at is null;

-- What opens an invite: one token was shown to who invited, and each mail has one of its own.
create table invite_tokens (
  workspace_id uuid not null,
  hash bytea not null,          -- SHA-256 of the token; the token itself is not kept
  invite_id uuid not null,
  created_at timestamptz not null,
  primary key (workspace_id, hash),
  foreign key (workspace_id, invite_id) references invites
);
-- Whoever accepts has the token alone: it finds the workspace.
create index invite_tokens_hash on invite_tokens (hash);

alter table api_keys
  add column expires_at timestamptz,    -- null: never
  add column allowed_ips text[] not null default '{}',  -- addresses and ranges; none: everywhere
  add column last_used_at timestamptz,  -- up to a minute late
  add column version bigint not null default 1,
  add column updated_at timestamptz not null default now();
update api_keys set updated_at = coalesce(revoked_at, created_at);
create index api_keys_newest on api_keys (workspace_id, created_at desc, id desc);
