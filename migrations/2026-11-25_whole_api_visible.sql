-- What the public sees is found by its score, however much it does not see.
create index projects_visible on projects (workspace_id, total_score desc, id desc)
  where is_visible and deleted_at is null;
create index issues_visible on issues (workspace_id, total_score desc, id desc)
  where is_visible and deleted_at is null;
