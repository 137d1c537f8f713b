-- keeps older programs: one constraint less, and tables that they do not know.

-- A session acts as a key does, and its answers are kept by the id of its member.
alter table idempotent_answers
  drop constraint idempotent_answers_workspace_id_key_id_fkey;

-- A member at a screen.
create table sessions (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  hash bytea not null,            -- SHA-256 of the secret in the cookie; the secret is not kept
  member_id uuid not null,
  agent text not null,            -- what the browser said of itself
  address text not null,          -- from where it signed in
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members
);
-- The one look-up that cannot know the workspace: it finds it.
create index sessions_hash on sessions (hash);
create index sessions_member on sessions (workspace_id, member_id, created_at desc);

-- Links that sign a member in, once.
create table sign_in_links (
  workspace_id uuid not null references workspaces,
  hash bytea not null,            -- SHA-256 of the token in the link
  member_id uuid not null,
  purpose text not null check (purpose in ('first_run', 'sign_in')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, hash),
  foreign key (workspace_id, member_id) references members
);
create index sign_in_links_hash on sign_in_links (hash);
create index sign_in_links_member on sign_in_links (workspace_id, member_id, created_at);
