-- keeps older programs: columns with defaults, tables that they do not know, a further kind of
-- delivery.

-- How somebody signed in: who came by a link may set a password without the former one.
alter table sessions
  add column opened_by text not null default 'link' check (opened_by in ('password', 'link', 'invite'));

-- What a member proves themselves with.
create table credentials (
  workspace_id uuid not null references workspaces,
  member_id uuid not null,
  password_hash text,           -- argon2id, with its parameters; null: none was set
  totp_secret bytea,            -- sealed; null: no second factor
  totp_pending bytea,           -- sealed; one that waits for its first code
  totp_last_step bigint,        -- no code of this step or an earlier one is good any more
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, member_id),
  foreign key (workspace_id, member_id) references members
);

-- Codes that stand in for one of the second factor, each once.
create table recovery_codes (
  workspace_id uuid not null references workspaces,
  member_id uuid not null,
  hash bytea not null,          -- SHA-256; the code has 80 random bits and is not kept
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, member_id, hash),
  foreign key (workspace_id, member_id) references members
);

-- How often signing in was tried, by what was tried: also for addresses that no member has, in no
-- workspace therefore.
create table sign_in_attempts (
  account bytea primary key,    -- SHA-256 of the address, or of what else was guessed at
  attempts int not null,
  last_at timestamptz not null,
  paused_until timestamptz not null
);
create index sign_in_attempts_last on sign_in_attempts (last_at);

-- Whoever signs in says an address and no workspace.
create index members_address on members (lower(email)) where deleted_at is null;

alter table deliveries
  drop constraint deliveries_kind_check,
  add constraint deliveries_kind_check
    check (kind in ('message', 'broadcast', 'invite', 'notice', 'sign_in_link'));
