-- Whom a comment mentions: members whom its writer listed by their ids, and those whom its text
-- names. Kept by id, so that somebody with a new name is still the one who was meant.
create table comment_mentions (
  workspace_id uuid not null,
  comment_id uuid not null,
  member_id uuid not null,
  is_listed boolean not null,
  written_as text[] not null,   -- what the text calls them, as fold_name() makes it
  primary key (workspace_id, comment_id, member_id),
  foreign key (workspace_id, comment_id) references comments,
  foreign key (workspace_id, member_id) references members,
  check (is_listed or written_as <> '{}')
);

create table snippet_folders (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  name_key text not null generated always as (fold_name(name)) stored,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create unique index snippet_folders_name on snippet_folders (workspace_id, name_key)
  where deleted_at is null;
create index snippet_folders_newest on snippet_folders (workspace_id, created_at desc, id desc)
  where deleted_at is null;

-- Replies that are written often.
create table snippets (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  folder_id uuid,
  title text not null,
  title_key text not null generated always as (fold_name(title)) stored,
  html text not null,
  html_version smallint not null default 1,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, folder_id) references snippet_folders
);
create index snippets_newest on snippets (workspace_id, created_at desc, id desc)
  where deleted_at is null;
create index snippets_folder on snippets (workspace_id, folder_id, created_at desc, id desc)
  where deleted_at is null;
-- Found by a part of the title; what is written is found at once, as it is with other names.
create index snippets_title_part on snippets using gin (title_key gin_trgm_ops)
  with (fastupdate = off) where deleted_at is null;
create index snippets_changed on snippets (workspace_id, updated_at desc) where deleted_at is null;
