-- What the inbox keeps beyond the API: who is at which thread, text that is not sent yet, and
-- messages that are held back.

-- Who looks at what now. Nothing is lost with it: the next beat is there within seconds.
create unlogged table presence (
  workspace_id uuid not null,
  member_id uuid not null,
  tab_id uuid not null,           -- of the browser; it shows one thread at a time
  thread_id uuid not null,
  doing text not null check (doing in ('looking', 'writing')),
  since timestamptz not null,     -- they do that
  beat_at timestamptz not null,
  primary key (workspace_id, member_id, tab_id)
);
create index presence_thread on presence (workspace_id, thread_id);
create index presence_beat on presence (beat_at);

-- Of a member alone: nobody else ever sees it.
create table unsent_texts (
  workspace_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  thread_id uuid not null,
  mode text not null check (mode in ('reply', 'comment')),
  html text not null,
  html_version int not null,
  cc jsonb not null default '[]',
  bcc jsonb not null default '[]',
  attachments jsonb not null default '[]',  -- whole, as a message takes them
  ai_draft_generated_at timestamptz,        -- of the draft that it began with
  problem text,                             -- why it could not be sent
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, thread_id) references threads,
  foreign key (workspace_id, member_id) references members
);
create unique index unsent_texts_place
  on unsent_texts (workspace_id, member_id, thread_id, mode);
create index unsent_texts_thread on unsent_texts (workspace_id, thread_id);

-- What is to be sent in a moment. One that has ended says so for a day, without its words.
create table held_messages (
  workspace_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  thread_id uuid not null,
  state text not null default 'held'
    check (state in ('held', 'sent', 'taken_back', 'returned')),
  html text not null,
  html_version int not null,
  cc jsonb not null,
  bcc jsonb not null,
  attachments jsonb not null,
  channel_id text,
  expected_last_message_id uuid,
  changes jsonb not null,         -- of the thread, once it is sent
  ai_draft_generated_at timestamptz,
  message_id uuid,                -- what was sent
  created_at timestamptz not null,
  updated_at timestamptz not null,
  due_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, thread_id) references threads,
  foreign key (workspace_id, member_id) references members,
  check ((state = 'sent') = (message_id is not null))
);
create index held_messages_member on held_messages (workspace_id, member_id, due_at)
  where state = 'held';
create index held_messages_thread on held_messages (workspace_id, thread_id);
-- The worker asks over all workspaces at once.
create index held_messages_due on held_messages (due_at) where state = 'held';
create index held_messages_ended on held_messages (updated_at) where state <> 'held';
