-- breaks older programs: events and some columns have other names.

-- Names are compared and ordered without accents and capitals.
create extension if not exists unaccent;
create function fold_name(name text) returns text language sql immutable strict parallel safe
  as $$ select lower(public.unaccent('public.unaccent', name)) $$;
alter table tags add column name_key text not null generated always as (fold_name(name)) stored;

-- What acts through a key: a person, a program, or an AI.
alter table api_keys
  add column kind text not null default 'program' check (kind in ('person', 'program', 'ai'));

-- Our answer is due: nothing went out, or something newer came in.
alter table threads rename column waits to needs_response;
-- Made by the thread's `project_id`, and replaced by it.
alter table customer_needs rename column by_field to is_of_project_field;

-- Which version of the cleaner has cleaned the HTML of a row, at the least.
alter table threads add column html_version smallint not null default 1;
alter table messages add column html_version smallint not null default 1;
alter table comments add column html_version smallint not null default 1;

-- The message with which a thread began, where one was received: it is the thread's text.
alter table messages add column is_opening boolean not null default false;
update messages m set is_opening = true
from threads t
where t.workspace_id = m.workspace_id and t.id = m.thread_id and t.text = m.html
  and not exists (select from messages e
    where e.workspace_id = m.workspace_id and e.thread_id = m.thread_id
      and (e.created_at, e.id) < (m.created_at, m.id));
-- A thread begins once.
create unique index messages_opening on messages (workspace_id, thread_id) where is_opening;

-- The words of clean HTML, which has no other entities than these.
create function html_to_text(html text) returns text language sql immutable strict parallel safe
  as $$
  select btrim(replace(replace(replace(replace(replace(
    regexp_replace(regexp_replace(html, '<(br|/p|/div|/li|/tr|/h[1-6]|/blockquote|/pre)[^>]*>',
      E'\n', 'g'), '<[^>]*>', '', 'g'),
    '&nbsp;', chr(160)), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&'), E' \n\t')
$$;

-- What changed since a moment is found by an index.
create index threads_changed on threads (workspace_id, updated_at desc) where deleted_at is null;
create index contacts_changed on contacts (workspace_id, updated_at desc) where deleted_at is null;
create index companies_changed on companies (workspace_id, updated_at desc)
  where deleted_at is null;
create index tags_changed on tags (workspace_id, updated_at desc) where deleted_at is null;
create index projects_changed on projects (workspace_id, updated_at desc) where deleted_at is null;

-- A contact may name its company by its name.
create index companies_name on companies (workspace_id, name) where deleted_at is null;

-- The score of a project or an issue: the pain of each thread that asks for it, and the priority
-- of its need. Kept with each write, so that lists are read in its order from an index; numeric,
-- so that what is added can be taken away to the last digit.
create function pain_weight(pain_level text) returns int
  language sql immutable strict parallel safe
  as $$ select case pain_level when 'HIGH' then 3 when 'MEDIUM' then 2 else 1 end $$;

alter table projects
  add column score numeric not null default 0,
  add column thread_count int not null default 0,
  add column total_score double precision not null
    generated always as (score::double precision) stored;
alter table issues
  add column score numeric not null default 0,
  add column thread_count int not null default 0,
  add column total_score double precision not null
    generated always as (score::double precision) stored;

update projects p set score = s.score, thread_count = s.thread_count
from (select n.workspace_id, n.project_id, count(*) as thread_count,
    sum(pain_weight(t.pain_level) + n.priority::numeric) as score
  from customer_needs n
  join threads t on t.workspace_id = n.workspace_id and t.id = n.thread_id
  where t.deleted_at is null and n.project_id is not null group by 1, 2) s
where s.workspace_id = p.workspace_id and s.project_id = p.id;
update issues i set score = s.score, thread_count = s.thread_count
from (select n.workspace_id, n.issue_id, count(*) as thread_count,
    sum(pain_weight(t.pain_level) + n.priority::numeric) as score
  from customer_needs n
  join threads t on t.workspace_id = n.workspace_id and t.id = n.thread_id
  where t.deleted_at is null and n.issue_id is not null group by 1, 2) s
where s.workspace_id = i.workspace_id and s.issue_id = i.id;

create index projects_score on projects (workspace_id, total_score desc, id desc)
  where deleted_at is null;
create index issues_score on issues (workspace_id, total_score desc, id desc)
  where deleted_at is null;

-- Whoever changes several scores does it in one order, so that no two wait for each other: first
-- those of projects, then those of issues, each by their ids.
create function add_to_score(
  p_workspace uuid, p_project uuid, p_issue uuid, p_score numeric, p_threads int
) returns void language sql as $$
  update projects set score = score + p_score, thread_count = thread_count + p_threads
  where workspace_id = p_workspace and id = p_project and (p_score <> 0 or p_threads <> 0);
  update issues set score = score + p_score, thread_count = thread_count + p_threads
  where workspace_id = p_workspace and id = p_issue and (p_score <> 0 or p_threads <> 0);
$$;

-- A need counts with the thread as it is now: the thread is held while its needs change.
create function score_need() returns trigger language plpgsql as $$
declare
  v_pain text;
begin
  if tg_op <> 'INSERT' then
    select pain_level into v_pain from threads
    where workspace_id = old.workspace_id and id = old.thread_id and deleted_at is null
    for key share;
    if found then
      perform add_to_score(old.workspace_id, old.project_id, old.issue_id,
        -(pain_weight(v_pain) + old.priority::numeric), -1);
    end if;
  end if;
  if tg_op <> 'DELETE' then
    select pain_level into v_pain from threads
    where workspace_id = new.workspace_id and id = new.thread_id and deleted_at is null
    for key share;
    if found then
      perform add_to_score(new.workspace_id, new.project_id, new.issue_id,
        pain_weight(v_pain) + new.priority::numeric, 1);
    end if;
  end if;
  return null;
end $$;
create trigger customer_needs_score after insert or delete on customer_needs
  for each row execute function score_need();
create trigger customer_needs_rescore
  after update of priority, thread_id, project_id, issue_id on customer_needs
  for each row execute function score_need();

create function score_thread() returns trigger language plpgsql as $$
declare
  v_before numeric := case when old.deleted_at is null then pain_weight(old.pain_level) end;
  v_after numeric := case when new.deleted_at is null then pain_weight(new.pain_level) end;
  v_threads int := num_nonnulls(v_after) - num_nonnulls(v_before);
begin
  perform add_to_score(n.workspace_id, n.project_id, n.issue_id,
    coalesce(v_after, 0) - coalesce(v_before, 0) + v_threads * n.priority::numeric, v_threads)
  from (select * from customer_needs
    where workspace_id = new.workspace_id and thread_id = new.id
    order by project_id, issue_id) n;
  return null;
end $$;
create trigger threads_score after update on threads for each row
  when (old.pain_level is distinct from new.pain_level
    or (old.deleted_at is null) is distinct from (new.deleted_at is null))
  execute function score_thread();

-- Activity feed, audit trail, outbox and webhook payload in one row; partitioned by month, by the
-- time in the id, so that old ones are dropped and not deleted.
alter table events rename to events_first;
alter table events_first rename constraint events_pkey to events_first_pkey;
alter index events_subject rename to events_first_subject;

create table events (
  workspace_id uuid not null references workspaces,
  -- Follows the order of commits as far as a reader needs: whoever has read all positions below
  -- event_horizon() finds no new one there.
  position bigint not null,
  id uuid not null,             -- outside: evt_ and 32 hex digits
  write_id uuid not null,       -- the same for all events of one write
  type text not null,
  subject_id uuid not null,
  aggregate_id uuid not null,   -- to whose history it belongs: of a customer need, its thread
  version bigint,               -- of the subject, where it has one
  actor jsonb not null,
  cause text,                   -- the request or the rule
  created_at timestamptz not null,
  before jsonb,                 -- the fields that changed, as they were …
  after jsonb,                  -- … and as they are
  notify jsonb,                 -- who in the team is to be told
  data_event_id uuid,           -- the event of this write that carries the resource …
  data json,                    -- … as it was then
  primary key (workspace_id, position, id),
  check ((data is null) = (data_event_id is not null))
) partition by range (id);
create index events_history on events (workspace_id, aggregate_id, position, id);

create table events_default partition of events default;

-- What the numbers of transactions are counted from: raised where the rows were moved to a server
-- that counts from a lower number.
create table event_positions (base bigint not null);
create unique index event_positions_one on event_positions ((true));
insert into event_positions values (0);
alter table events alter column position set default pg_current_xact_id()::text::bigint;
create function event_horizon() returns bigint language sql stable as $$
  select base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint from event_positions
$$;

-- The first id of version 7 of a moment.
create function first_id(moment timestamptz) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0')
    || '00000000000000000000')::uuid
$$;
-- Makes the partition of a month, unless it is there.
create function make_events_partition(month date) returns void language plpgsql as $$
declare
  v_name text := 'events_' || to_char(month, 'YYYY_MM');
begin
  execute format('create table if not exists %I partition of events for values from (%L) to (%L)',
    v_name, first_id(month::timestamp at time zone 'UTC'),
    first_id((month + interval '1 month')::timestamp at time zone 'UTC'));
end $$;

select make_events_partition(month::date)
from generate_series(
  date_trunc('month', coalesce((select min(at) from events_first), now()) at time zone 'UTC'),
  date_trunc('month', now() at time zone 'UTC') + interval '3 months',
  interval '1 month') month;

insert into events (workspace_id, position, id, write_id, type, subject_id, aggregate_id, actor,
  created_at, before, after, notify, data)
select workspace_id, 0, id, id, type, subject_id,
  case when type like 'customer_need.%' then (data->>'thread_id')::uuid else subject_id end,
  case actor->>'type'
    when 'key' then jsonb_build_object('type', 'program', 'key_id', actor->'id',
      'member_id', actor->'member_id', 'rule', null)
    else jsonb_build_object('type', 'rule', 'key_id', null, 'member_id', null, 'rule', actor->'id')
  end,
  at, before - '{contact_company_id,last_snoozed_until}'::text[],
  after - '{contact_company_id,last_snoozed_until}'::text[], notify, data
from events_first;
create function pg_temp.without_by_field(changed jsonb) returns jsonb language sql as $$
  select changed || jsonb_build_object('customer_needs', (
    select coalesce(jsonb_object_agg(key, value - 'by_field'), '{}')
    from jsonb_each(changed->'customer_needs')))
$$;
update events set before = pg_temp.without_by_field(before), after = pg_temp.without_by_field(after)
where after ? 'customer_needs';
drop table events_first;

-- Stored functions have other names since, and are made by the program.
drop function if exists thread_update;
