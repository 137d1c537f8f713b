-- Whom of the team something is told, by what, and when they want to be left alone.

-- One of a write for each member, and one for the channel of the team in Slack. What it says is put
-- together as it is read: nothing that was said, and nobody's name, is kept here once more.
create table notices (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  member_id uuid,               -- null: the team, in its channel in Slack
  write_id uuid not null,
  event_id uuid not null,       -- the event that is told
  event_type text not null,
  reason text not null,
  subject_id uuid not null,     -- of the event
  thread_id uuid,
  -- As the event names them, whatever became of them; both null: the program, or a customer.
  actor_member_id uuid,
  actor_key_id uuid,
  changed text[] not null default '{}',   -- the fields that changed, where that is what is told
  detail text,                  -- what is down or paused, as it is called
  is_in_app boolean not null,   -- whether the inbox shows it
  read_at timestamptz,
  created_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members,
  foreign key (workspace_id, thread_id) references threads
);
create unique index notices_once on notices (workspace_id, write_id, member_id)
  where member_id is not null;
create unique index notices_once_to_team on notices (workspace_id, write_id)
  where member_id is null;
create index notices_newest on notices (workspace_id, member_id, created_at desc, id desc)
  where is_in_app;
create index notices_unread on notices (workspace_id, member_id, created_at desc)
  where is_in_app and read_at is null;
create index notices_thread on notices (workspace_id, thread_id);
create index notices_age on notices (created_at);

-- What a member wants otherwise than it is for everybody.
create table notice_settings (
  workspace_id uuid not null,
  member_id uuid not null,
  channels jsonb not null default '{}',   -- by reason: those that differ, on or off
  quiet_hours jsonb,            -- from, to, time_zone, days; null: none
  updated_at timestamptz not null,
  primary key (workspace_id, member_id),
  foreign key (workspace_id, member_id) references members
);
