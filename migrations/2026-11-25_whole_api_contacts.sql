-- keeps older programs: triggers keep memberships for whoever sets the primary company alone.

-- To which companies a contact belongs; `contacts.company_id` is the primary one of them.
create table contact_companies (
  workspace_id uuid not null references workspaces,
  contact_id uuid not null,
  company_id uuid not null,
  contact_created_at timestamptz not null,  -- never changes; lets members be paged by index
  created_at timestamptz not null,
  primary key (workspace_id, contact_id, company_id),
  foreign key (workspace_id, contact_id) references contacts,
  foreign key (workspace_id, company_id) references companies
);
create index contact_companies_company on contact_companies
  (workspace_id, company_id, contact_created_at desc, contact_id desc);
insert into contact_companies (workspace_id, contact_id, company_id, contact_created_at, created_at)
select workspace_id, id, company_id, created_at, created_at from contacts
where company_id is not null;

-- The primary company is one of the memberships: setting it makes one, clearing it takes it away.
create function keep_primary_membership() returns trigger language plpgsql as $$
begin
  if new.company_id is null then
    delete from contact_companies
    where workspace_id = old.workspace_id and contact_id = old.id and company_id = old.company_id;
  else
    insert into contact_companies
      (workspace_id, contact_id, company_id, contact_created_at, created_at)
    values (new.workspace_id, new.id, new.company_id, new.created_at, new.updated_at)
    on conflict do nothing;
  end if;
  return null;
end $$;
-- By their names they fire before the foreign key below is checked, which is called RI_….
create trigger "Primary_membership_of_new" after insert on contacts
  for each row when (new.company_id is not null) execute function keep_primary_membership();
create trigger "Primary_membership" after update on contacts
  for each row when (old.company_id is distinct from new.company_id)
  execute function keep_primary_membership();
alter table contacts add constraint contacts_primary_membership
  foreign key (workspace_id, id, company_id)
  references contact_companies (workspace_id, contact_id, company_id);

-- A value is stored in small letters, as this database makes them.
create function lower_blocked_value() returns trigger language plpgsql as $$
begin
  new.value := lower(new.value);
  return new;
end $$;
create trigger blocked_senders_lower before insert or update on blocked_senders
  for each row execute function lower_blocked_value();
create index blocked_senders_changed on blocked_senders (workspace_id, updated_at desc)
  where deleted_at is null;

-- Where a company went that was merged into another.
alter table companies
  add column merged_into_id uuid,
  add foreign key (workspace_id, merged_into_id) references companies;

-- What a merge did, so that it can be taken back.
create table company_merges (
  workspace_id uuid not null references workspaces,
  id uuid not null,
  survivor_id uuid not null,
  source_id uuid not null,
  filled jsonb not null,        -- what the survivor got, by field; of a set, what was added
  created_at timestamptz not null,
  undone_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, survivor_id) references companies,
  foreign key (workspace_id, source_id) references companies
);
-- A company is merged into one other.
create unique index company_merges_source on company_merges (workspace_id, source_id)
  where undone_at is null;

-- Which contacts a merge moved.
create table company_merge_contacts (
  workspace_id uuid not null,
  merge_id uuid not null,
  contact_id uuid not null,
  version bigint not null,      -- that the contact got by the merge
  member_since timestamptz not null,  -- since when it belonged to the source, …
  was_primary boolean not null,       -- … whether as to its primary company, …
  was_member boolean not null,        -- … and whether it belonged to the survivor already
  primary key (workspace_id, merge_id, contact_id),
  foreign key (workspace_id, merge_id) references company_merges
);
-- Which threads a merge moved, and the version that each got: a row for each statement that moved
-- some. A row for each thread took a third of the time of a merge.
create table company_merge_threads (
  workspace_id uuid not null,
  merge_id uuid not null,
  batch int not null,           -- counted from 0
  thread_ids uuid[] not null,
  versions bigint[] not null,
  primary key (workspace_id, merge_id, batch),
  foreign key (workspace_id, merge_id) references company_merges,
  check (cardinality(thread_ids) = cardinality(versions))
);

-- Whoever has read a company just before it was merged, and links to it, reads again: it waits for
-- the merge, and fails as two writes that got into each other's way do.
create function refuse_merged_company() returns trigger language plpgsql as $$
declare
  v_merged_into uuid;
begin
  select merged_into_id into v_merged_into from companies
  where workspace_id = new.workspace_id and id = new.company_id for key share;
  if v_merged_into is not null then
    raise exception 'the company % was merged into %', new.company_id, v_merged_into
      using errcode = 'serialization_failure';
  end if;
  return null;
end $$;
create trigger threads_company_of_new after insert on threads
  for each row when (new.company_id is not null) execute function refuse_merged_company();
-- A merge holds both companies, so nobody merges them meanwhile: it need not ask for each thread.
create trigger threads_company_of_changed after update on threads
  for each row when (new.company_id is not null and old.company_id is distinct from new.company_id
    and current_setting('looplane.holds_companies', true) is distinct from 'on')
  execute function refuse_merged_company();
create trigger contact_companies_company after insert on contact_companies
  for each row execute function refuse_merged_company();
