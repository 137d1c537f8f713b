-- A workspace that rests, one whose deletion has begun, and the demo, by whatever name.
alter table workspaces
  add column archived_at timestamptz,
  add column deletion_began_at timestamptz,
  add column is_demo boolean not null default false,
  add check (deletion_began_at is null or archived_at is not null);
-- What programs before this one made.
update workspaces w set is_demo = true
where w.name = 'Rungwell' and exists (select from members m
  where m.workspace_id = w.id and m.email = 'maren@rungwell.example');

-- What was: no row of any other table names it.
create table deleted_workspaces (
  workspace_id uuid primary key,
  name text not null,
  is_demo boolean not null,
  deleted_at timestamptz not null
);
