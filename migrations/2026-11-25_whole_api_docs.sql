-- The help center: articles in groups, their translations, and proposals to change them.

create table doc_groups (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  name text not null,
  position double precision not null,
  portal_instance_id uuid,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, portal_instance_id) references portal_instances
);
create index doc_groups_order on doc_groups (workspace_id, position, created_at, id)
  where deleted_at is null;

create table doc_articles (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  title text not null,
  content text not null,        -- Markdown as it was sent
  html text not null,           -- what it means, clean
  html_version smallint not null default 1,
  -- The same as long as title and content are: whether a draft still is about this text.
  text_key text not null generated always as (md5(title) || md5(content)) stored,
  summary text,
  group_id uuid,
  portal_instance_id uuid,
  published boolean not null default false,
  archived boolean not null default false,
  visibility text not null default 'public'
    check (visibility in ('public', 'agent', 'internal', 'unlisted')),
  show_on_home_page boolean not null default false,
  icon text,
  kind text not null default 'doc' check (kind in ('doc', 'link')),
  language text not null,       -- of this row
  languages text[] not null,    -- of this row and of its translations, in their order
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, group_id) references doc_groups,
  foreign key (workspace_id, portal_instance_id) references portal_instances
);
create index doc_articles_newest on doc_articles (workspace_id, created_at desc, id desc)
  where deleted_at is null;
create index doc_articles_changed on doc_articles (workspace_id, updated_at desc)
  where deleted_at is null;
create index doc_articles_group on doc_articles (workspace_id, group_id, created_at desc, id desc)
  where deleted_at is null;

-- The texts of an article in another language; what is null there is shown in the article's own.
create table doc_article_translations (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  article_id uuid not null,
  language text not null,
  title text,
  content text,
  html text,
  html_version smallint,
  summary text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, article_id, language),
  foreign key (workspace_id, article_id) references doc_articles
);

-- A proposal to change, add or remove an article. What it leaves alone is null.
create table doc_drafts (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  kind text not null check (kind in ('edit', 'create', 'delete')),
  status text not null check (status in ('draft', 'open', 'accepted', 'rejected', 'superseded')),
  article_id uuid,              -- of one to be added, once it was accepted
  article_version bigint,       -- when it was proposed
  article_text_key text,
  title text,
  content text,
  html text,
  html_version smallint not null default 1,
  group_id uuid,
  allow_image_removal boolean not null default false,
  author_id uuid,
  reviewed_by_id uuid,
  reviewed_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, article_id) references doc_articles,
  foreign key (workspace_id, group_id) references doc_groups,
  foreign key (workspace_id, author_id) references members,
  foreign key (workspace_id, reviewed_by_id) references members,
  check (kind = 'create' or article_id is not null),
  check ((reviewed_at is null) = (status in ('draft', 'open')))
);
create index doc_drafts_newest on doc_drafts (workspace_id, created_at desc, id desc)
  where deleted_at is null;
create index doc_drafts_changed on doc_drafts (workspace_id, updated_at desc)
  where deleted_at is null;
create index doc_drafts_status on doc_drafts
  (workspace_id, status, created_at desc, id desc) where deleted_at is null;
create index doc_drafts_article on doc_drafts
  (workspace_id, article_id, created_at desc, id desc) where deleted_at is null;
create index doc_drafts_group on doc_drafts
  (workspace_id, group_id, created_at desc, id desc) where deleted_at is null;
