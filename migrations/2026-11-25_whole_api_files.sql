-- Files that were uploaded or imported. Their bytes are in the storage, under `storage_key`.

create table files (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  content_type text not null,
  size bigint not null,
  sha256 text not null,
  url text not null,
  -- Who knows the secret in the URL may read the file. It is looked up by its digest: how long a
  -- comparison took tells nothing of it.
  secret_hash bytea not null,
  storage_key text not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create index files_newest on files (workspace_id, created_at desc, id desc)
  where deleted_at is null;
create index files_changed on files (workspace_id, updated_at desc) where deleted_at is null;
-- Both are asked over all workspaces: the secret and the key say which one.
create index files_secret on files (secret_hash);
create index files_storage_key on files (storage_key);

-- How many files each workspace took in on a day, counted in the write that takes one in.
create table upload_days (
  workspace_id uuid not null references workspaces,
  day date not null,
  uploads int not null,
  primary key (workspace_id, day)
);
create index upload_days_day on upload_days (day);
