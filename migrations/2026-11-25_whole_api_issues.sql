-- keeps older programs: what is new has a default.

-- Names of labels elsewhere.
alter table issues add column label_ids text[] not null default '{}';
create index issues_changed on issues (workspace_id, updated_at desc) where deleted_at is null;
create index issues_project on issues (workspace_id, project_id, created_at desc, id desc)
  where deleted_at is null;
