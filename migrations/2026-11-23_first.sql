-- The first tables. Every primary, unique and foreign key starts with the workspace,
-- so no row can ever point across workspaces. Deletes are soft where `deleted_at` stands.

create table workspaces (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null
);

create table members (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  email text not null,
  name text,
  image_url text,
  role text not null check (role in ('ADMIN', 'USER', 'VIEWER')),
  watches_new_threads boolean not null default true,
  joined_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create unique index members_email on members (workspace_id, lower(email)) where deleted_at is null;
create index members_newest on members (workspace_id, joined_at desc, id desc) where deleted_at is null;

create table api_keys (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  hash bytea not null,          -- SHA-256 of the whole key; the key itself is not kept
  prefix text not null,         -- the first characters, to tell keys apart
  label text,
  scopes text[] not null,
  member_id uuid,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references members
);
-- The one look-up that cannot know the workspace: it finds it.
create index api_keys_hash on api_keys (hash);

create table companies (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  logo_url text,
  domains text[] not null default '{}',
  size bigint,
  revenue bigint,
  status_id uuid,
  tier_id uuid,
  owner_id uuid,
  external_ids text[] not null default '{}',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);

-- What a company's status and tier can be.
create table company_statuses (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  color text not null,
  position int not null,
  primary key (workspace_id, id)
);
create table company_tiers (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  position int not null,
  primary key (workspace_id, id)
);
alter table companies
  add foreign key (workspace_id, status_id) references company_statuses,
  add foreign key (workspace_id, tier_id) references company_tiers,
  add foreign key (workspace_id, owner_id) references members;
create index companies_newest on companies (workspace_id, created_at desc, id desc) where deleted_at is null;
create index companies_domains on companies using gin (domains) where deleted_at is null;
create index companies_external_ids on companies using gin (external_ids) where deleted_at is null;

create table contacts (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  email text not null,
  name text,
  image_url text,
  company_id uuid,              -- the primary company
  is_subscribed boolean not null default true,
  external_ids jsonb not null default '{}',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, company_id) references companies
);
create unique index contacts_email on contacts (workspace_id, lower(email)) where deleted_at is null;
create index contacts_newest on contacts (workspace_id, created_at desc, id desc) where deleted_at is null;
create index contacts_company on contacts (workspace_id, company_id, created_at desc, id desc) where deleted_at is null;
create index contacts_external_ids on contacts using gin (external_ids jsonb_path_ops) where deleted_at is null;

create table tag_groups (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  color text not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create index tag_groups_newest on tag_groups (workspace_id, created_at desc, id desc) where deleted_at is null;

create table tags (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  color text not null,
  icon text,
  tag_group_id uuid,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, tag_group_id) references tag_groups
);
create index tags_newest on tags (workspace_id, created_at desc, id desc) where deleted_at is null;
create index tags_group on tags (workspace_id, tag_group_id) where deleted_at is null;

create table teams (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  is_default boolean not null default false,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);

create table project_statuses (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  type text not null check (type in ('backlog', 'planned', 'started', 'completed', 'canceled')),
  color text not null,
  position int not null,
  primary key (workspace_id, id)
);

create table projects (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  team_id uuid not null,
  status_id uuid not null,
  name text not null,
  description text,
  icon text,
  color text,
  is_visible boolean not null default false,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, team_id) references teams,
  foreign key (workspace_id, status_id) references project_statuses
);
create index projects_newest on projects (workspace_id, created_at desc, id desc) where deleted_at is null;

create table workflow_states (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  team_id uuid not null,
  name text not null,
  type text not null check (type in ('triage', 'backlog', 'unstarted', 'started', 'completed', 'canceled')),
  color text not null,
  position int not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, team_id) references teams
);

create table issues (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  team_id uuid not null,
  state_id uuid not null,
  project_id uuid,
  assignee_id uuid,
  title text not null,
  description text,
  priority int not null default 0 check (priority between 0 and 4),
  is_visible boolean not null default false,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, team_id) references teams,
  foreign key (workspace_id, state_id) references workflow_states,
  foreign key (workspace_id, project_id) references projects,
  foreign key (workspace_id, assignee_id) references members
);
create index issues_newest on issues (workspace_id, created_at desc, id desc) where deleted_at is null;

create table threads (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  title text,
  text text not null check (text <> ''),
  pain_level text not null check (pain_level in ('UNKNOWN', 'LOW', 'MEDIUM', 'HIGH')),
  origin text not null,
  state text not null check (state in ('new', 'open', 'snoozed', 'done', 'closed')),
  -- What the outside calls the state. Stored, so that a view is one range of one index.
  status text not null generated always as
    (case state when 'new' then 'open' when 'closed' then 'done' else state end) stored,
  snoozed_until timestamptz,
  last_snoozed_until timestamptz,   -- remembered after waking, to be offered again
  last_inbound_message_at timestamptz,
  last_outbound_message_at timestamptz,
  -- Our answer is due: nothing went out, or something newer came in.
  waits boolean not null generated always as
    (last_outbound_message_at is null
     or coalesce(last_inbound_message_at > last_outbound_message_at, false)) stored,
  last_state_change_at timestamptz,
  is_read boolean not null default false,
  contact_id uuid,
  company_id uuid,
  assignee_id uuid,
  reporter_id uuid,
  external_ids jsonb not null default '{}',
  ai_draft_html text,
  ai_draft_sources jsonb,
  ai_draft_generated_at timestamptz,
  ai_draft_started_at timestamptz,
  ai_draft_error_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts,
  foreign key (workspace_id, company_id) references companies,
  foreign key (workspace_id, assignee_id) references members,
  foreign key (workspace_id, reporter_id) references members,
  check ((state = 'snoozed') = (snoozed_until is not null))
) with (fillfactor = 80);           -- room for the next version of a row on its page
create index threads_newest on threads (workspace_id, created_at desc, id desc) where deleted_at is null;
create index threads_status on threads (workspace_id, status, created_at desc, id desc) where deleted_at is null;
create index threads_new on threads (workspace_id, created_at desc, id desc)
  where deleted_at is null and state = 'new';
create index threads_assignee on threads (workspace_id, assignee_id, created_at desc, id desc)
  where deleted_at is null;
create index threads_mine on threads (workspace_id, assignee_id, created_at desc, id desc)
  where deleted_at is null and status = 'open';
create index threads_waiting on threads (workspace_id, assignee_id, created_at desc, id desc)
  where deleted_at is null and status = 'open' and waits;
create index threads_contact on threads (workspace_id, contact_id, created_at desc, id desc) where deleted_at is null;
create index threads_company on threads (workspace_id, company_id, created_at desc, id desc) where deleted_at is null;
create index threads_external_ids on threads using gin (external_ids jsonb_path_ops)
  where deleted_at is null and external_ids <> '{}';
-- The periodic waking asks over all workspaces at once.
create index threads_wake on threads (snoozed_until) where deleted_at is null and state = 'snoozed';

create table thread_tags (
  workspace_id uuid not null,
  thread_id uuid not null,
  tag_id uuid not null,
  thread_created_at timestamptz not null,   -- never changes; lets a tag's threads be paged by index
  primary key (workspace_id, thread_id, tag_id),
  foreign key (workspace_id, thread_id) references threads,
  foreign key (workspace_id, tag_id) references tags
);
create index thread_tags_tag on thread_tags (workspace_id, tag_id, thread_created_at desc, thread_id desc);

create table customer_needs (
  workspace_id uuid not null,
  id uuid not null,
  thread_id uuid not null,
  project_id uuid,
  issue_id uuid,
  priority double precision not null default 0,
  by_field boolean not null default false,  -- made by the thread's `project_id`, and replaced by it
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, thread_id) references threads,
  foreign key (workspace_id, project_id) references projects,
  foreign key (workspace_id, issue_id) references issues,
  check (num_nonnulls(project_id, issue_id) = 1)
);
-- Whole, not partial: they also find a thread's needs.
create unique index customer_needs_project on customer_needs (workspace_id, thread_id, project_id);
create unique index customer_needs_issue on customer_needs (workspace_id, thread_id, issue_id);
create unique index customer_needs_field on customer_needs (workspace_id, thread_id) where by_field;
create index customer_needs_of_project on customer_needs (workspace_id, project_id, thread_id);
create index customer_needs_of_issue on customer_needs (workspace_id, issue_id, thread_id);

create table messages (
  workspace_id uuid not null,
  id uuid not null,
  thread_id uuid not null,
  type text not null check (type in ('email', 'slack', 'chat', 'live_chat', 'feedback')),
  direction text not null check (direction in ('inbound', 'outbound')),
  subject text not null default '',
  "from" jsonb,
  "to" jsonb not null default '[]',
  cc jsonb not null default '[]',
  bcc jsonb not null default '[]',
  text text not null,
  html text not null,
  attachments jsonb not null default '[]',
  user_id uuid,                 -- the member who sent it, where one did
  created_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, thread_id) references threads,
  foreign key (workspace_id, user_id) references members
);
create index messages_thread on messages (workspace_id, thread_id, created_at, id);

-- Apart from messages on purpose: what is said among the team can never be sent.
create table comments (
  workspace_id uuid not null,
  id uuid not null,
  thread_id uuid not null,
  author_id uuid,
  content text not null,
  attachments jsonb not null default '[]',
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, thread_id) references threads,
  foreign key (workspace_id, author_id) references members
);
create index comments_thread on comments (workspace_id, thread_id, created_at, id) where deleted_at is null;

-- Activity feed, audit trail, outbox and webhook payload in one row.
create table events (
  workspace_id uuid not null references workspaces,
  id uuid not null,             -- outside: evt_ and 32 hex digits
  type text not null,
  subject_id uuid not null,
  actor jsonb not null,
  at timestamptz not null,
  before jsonb,                 -- the fields that changed, as they were …
  after jsonb,                  -- … and as they are
  notify jsonb,                 -- who in the team is to be told
  data json not null,           -- the resource as it was at the event
  primary key (workspace_id, id)
);
create index events_subject on events (workspace_id, subject_id, id);

create table idempotent_answers (
  workspace_id uuid not null references workspaces,
  key_id uuid not null,
  idempotency_key text not null,
  request_hash bytea not null,
  headers jsonb not null,
  body text not null,
  created_at timestamptz not null,
  primary key (workspace_id, key_id, idempotency_key),
  foreign key (workspace_id, key_id) references api_keys
);
create index idempotent_answers_age on idempotent_answers (created_at);
