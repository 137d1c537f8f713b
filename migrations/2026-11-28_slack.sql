-- How a workspace writes in Slack: by the newest of its connections.
create table slack_connections (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  token text not null,               -- sealed, in base64
  notification_channel text,         -- where the team is told
  announcement_channel text,         -- where changelogs are posted
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create index slack_connections_newest on slack_connections (workspace_id, created_at desc, id desc)
  where deleted_at is null;
