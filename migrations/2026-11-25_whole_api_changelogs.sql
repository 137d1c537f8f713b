-- Changelogs, their tags and translations, and what was broadcast of them.

create table changelog_tags (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  name_key text not null generated always as (fold_name(name)) stored,
  color text,
  icon text,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  check (num_nonnulls(color, icon) > 0)
);
create unique index changelog_tags_name on changelog_tags (workspace_id, name_key);

create table changelogs (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  title text not null,
  content text not null,        -- Markdown as it was sent
  html text not null,           -- what it means, clean
  html_version smallint not null,
  date timestamptz not null,    -- what readers see; `created_at` is when it was written down
  published boolean not null,
  archived boolean not null,
  image_url text,
  portal_instance_id uuid,      -- null is the main portal
  language text not null,       -- of this row; other languages have rows of their own
  languages text[] not null,
  broadcast_at timestamptz,     -- the last time
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, portal_instance_id) references portal_instances,
  check (language = any (languages))
);
create index changelogs_newest on changelogs (workspace_id, created_at desc, id desc)
  where deleted_at is null;
create index changelogs_changed on changelogs (workspace_id, updated_at desc)
  where deleted_at is null;
create index changelogs_portal on changelogs
  (workspace_id, portal_instance_id, created_at desc, id desc) where deleted_at is null;

-- What is null is shown as the changelog itself says it.
create table changelog_translations (
  workspace_id uuid not null,
  id uuid not null,
  changelog_id uuid not null,
  language text not null,
  title text,
  content text,
  html text,
  html_version smallint,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, changelog_id) references changelogs,
  check (num_nonnulls(content, html, html_version) in (0, 3))
);
create unique index changelog_translations_language on changelog_translations
  (workspace_id, changelog_id, language);

create table changelog_tag_links (
  workspace_id uuid not null,
  changelog_id uuid not null,
  tag_id uuid not null,
  primary key (workspace_id, changelog_id, tag_id),
  foreign key (workspace_id, changelog_id) references changelogs,
  foreign key (workspace_id, tag_id) references changelog_tags
);
create index changelog_tag_links_tag on changelog_tag_links (workspace_id, tag_id, changelog_id);

-- What was sent of a changelog to those who have subscribed: said once, and never changed. What is
-- to leave for it is planned in deliveries, under the same event.
create table broadcasts (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  changelog_id uuid not null,
  event_id uuid not null,
  email boolean not null,
  slack boolean not null,
  message text,
  subject text,
  sender_name text,
  from_email text,
  recipients int not null,      -- contacts that were subscribed at this moment
  created_at timestamptz not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, changelog_id) references changelogs,
  check (email or slack)
);
create index broadcasts_changelog on broadcasts (workspace_id, changelog_id, created_at desc);

-- Those who have subscribed are counted for each broadcast.
create index contacts_subscribed on contacts (workspace_id) where is_subscribed and deleted_at is null;
