-- Where mail leaves by, what left, and what was caught where nothing was set up.

create table mailboxes (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  address text not null,
  smtp_host text not null,
  smtp_port int not null,
  security text not null check (security in ('starttls', 'tls', 'none')),
  username text,
  password bytea,               -- sealed
  made_default_at timestamptz,  -- the one with the latest is the default, or else the oldest
  daily_budget int not null,
  per_thread_per_hour int not null,
  status text not null default 'active' check (status in ('active', 'paused')),
  status_reason text,           -- why it is paused
  paused_until timestamptz,     -- null: until somebody makes it active
  down_since timestamptz,       -- null while the last mail reached its server
  down_reason text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create unique index mailboxes_address on mailboxes (workspace_id, lower(address))
  where deleted_at is null;
create index mailboxes_newest on mailboxes (workspace_id, created_at desc, id desc)
  where deleted_at is null;

-- How many mails a mailbox took on in a day (UTC).
create table mailbox_days (
  workspace_id uuid not null,
  mailbox_id uuid not null,
  day date not null,
  mails int not null default 0,
  primary key (workspace_id, mailbox_id, day),
  foreign key (workspace_id, mailbox_id) references mailboxes
);

-- What a mail is called, the same one over all attempts, and what is known of it since.
create table sent_mails (
  workspace_id uuid not null references workspaces,
  delivery_id uuid not null,
  mailbox_id uuid,              -- null where it was caught
  thread_id uuid,
  message_id text not null,     -- as its head says it
  recipient text not null,
  created_at timestamptz not null,
  bounced_at timestamptz,
  bounce_reason text,
  primary key (workspace_id, delivery_id)
);
create unique index sent_mails_message_id on sent_mails (workspace_id, message_id);
create index sent_mails_thread on sent_mails (workspace_id, thread_id, created_at)
  where thread_id is not null;

-- Until when the mails of a thread wait.
create table mail_thread_pauses (
  workspace_id uuid not null,
  thread_id uuid not null,
  until timestamptz not null,
  primary key (workspace_id, thread_id),
  foreign key (workspace_id, thread_id) references threads
);

-- Addresses that nothing is sent to any more, because a mail came back.
create table bounced_addresses (
  workspace_id uuid not null references workspaces,
  address text not null,        -- in small letters, the domain in ASCII
  reason text not null,
  created_at timestamptz not null,
  primary key (workspace_id, address)
);

create table caught_mail (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  delivery_id uuid not null,
  kind text not null,
  sender text not null,
  recipients text[] not null,   -- all who would have got it
  subject text not null,
  source bytea not null,        -- as it would have been sent
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index caught_mail_delivery on caught_mail (workspace_id, delivery_id);
create index caught_mail_newest on caught_mail (workspace_id, created_at desc, id desc);
create index caught_mail_oldest on caught_mail (created_at);

-- What a message's delivery came to. By the id first, so that what asks for a queue of a workspace
-- has no reason to go by it.
create index deliveries_subject on deliveries (subject_id, workspace_id);
