-- Saved filters of the list of threads: the team's, or one member's own.

create table views (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  name_key text not null generated always as (fold_name(name)) stored,
  filters jsonb not null,       -- as the API takes them, but for those that are null
  sort text not null,
  is_shared boolean not null,
  owner_id uuid,                -- whoever made it, if a member did
  position double precision not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, owner_id) references members,
  check (is_shared or owner_id is not null)
);
-- What a member sees is in two parts, each in its order.
create index views_shared on views (workspace_id, position, id)
  where is_shared and deleted_at is null;
create index views_personal on views (workspace_id, owner_id, position, id)
  where not is_shared and deleted_at is null;
create unique index views_shared_name on views (workspace_id, name_key)
  where is_shared and deleted_at is null;
create unique index views_personal_name on views (workspace_id, owner_id, name_key)
  where not is_shared and deleted_at is null;
