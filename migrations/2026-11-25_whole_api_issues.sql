-- keeps older programs: what is new may be left out, and the new triggers keep the same sums.

-- Names of labels elsewhere.
alter table issues add column label_ids text[] not null default '{}';
create index issues_changed on issues (workspace_id, updated_at desc) where deleted_at is null;
create index issues_project on issues (workspace_id, project_id, created_at desc, id desc)
  where deleted_at is null;

-- Of the end of a project or an issue: the threads that asked for it, the oldest first, at most
-- 1,000. How many there were is in the resource.
alter table events add column thread_ids uuid[];

-- Scores are written once for each statement and not for each need: one transaction may link a
-- hundred thousand threads to a project, and would leave as many versions of its row to be passed.
drop trigger customer_needs_score on customer_needs;
drop trigger customer_needs_rescore on customer_needs;
drop trigger threads_score on threads;
drop function score_need();
drop function score_thread();
drop function add_to_score(uuid, uuid, uuid, numeric, int);

create type score_change as (
  workspace_id uuid, project_id uuid, issue_id uuid, score numeric, threads int
);
create type need_change as (
  workspace_id uuid, thread_id uuid, project_id uuid, issue_id uuid, priority numeric, sign int
);

-- Whoever changes several scores does it in one order, so that no two wait for each other: first
-- those of projects, then those of issues (nulls are last), each by their ids.
create function add_to_scores(p_changes score_change[]) returns void language plpgsql as $$
declare
  v_change score_change;
begin
  for v_change in select * from unnest(p_changes) order by project_id, issue_id loop
    if v_change.project_id is not null then
      update projects
      set score = score + v_change.score, thread_count = thread_count + v_change.threads
      where workspace_id = v_change.workspace_id and id = v_change.project_id;
    else
      update issues
      set score = score + v_change.score, thread_count = thread_count + v_change.threads
      where workspace_id = v_change.workspace_id and id = v_change.issue_id;
    end if;
  end loop;
end $$;

-- A need counts with its thread as it is now: the thread is held while its needs change. `sign` is
-- 1 for a need that is there now, and -1 for one as it was before.
create function score_needs(p_changes need_change[]) returns void language plpgsql as $$
begin
  if p_changes is null then return; end if;
  perform add_to_scores(array_agg(
    (s.workspace_id, s.project_id, s.issue_id, s.score, s.threads)::score_change))
  from (
    select workspace_id, project_id, issue_id, sum(sign * (pain + priority)) as score,
      sum(sign)::int as threads
    from (
      select c.*, pain_weight(t.pain_level) as pain
      from unnest(p_changes) c
      join threads t on t.workspace_id = c.workspace_id and t.id = c.thread_id
        and t.deleted_at is null
      order by t.workspace_id, t.id for key share of t) held
    group by workspace_id, project_id, issue_id) s
  where s.score <> 0 or s.threads <> 0;
end $$;

create function score_links() returns trigger language plpgsql as $$
begin
  perform score_needs(array_agg((n.workspace_id, n.thread_id, n.project_id, n.issue_id,
    n.priority::numeric, case tg_op when 'INSERT' then 1 else -1 end)::need_change))
  from changed_needs n;
  return null;
end $$;
create trigger customer_needs_linked after insert on customer_needs
  referencing new table as changed_needs for each statement execute function score_links();
create trigger customer_needs_unlinked after delete on customer_needs
  referencing old table as changed_needs for each statement execute function score_links();

create function score_changed_links() returns trigger language plpgsql as $$
begin
  perform score_needs(array_agg((n.workspace_id, n.thread_id, n.project_id, n.issue_id,
    n.priority::numeric, n.sign)::need_change))
  from (select *, -1 as sign from old_needs union all select *, 1 from new_needs) n;
  return null;
end $$;
create trigger customer_needs_changed after update on customer_needs
  referencing old table as old_needs new table as new_needs
  for each statement execute function score_changed_links();

-- For each row, since only this way a change that is not about pain costs nothing.
create function score_pain() returns trigger language plpgsql as $$
declare
  v_before numeric := case when old.deleted_at is null then pain_weight(old.pain_level) end;
  v_after numeric := case when new.deleted_at is null then pain_weight(new.pain_level) end;
  v_threads int := num_nonnulls(v_after) - num_nonnulls(v_before);
begin
  perform add_to_scores(array_agg((n.workspace_id, n.project_id, n.issue_id,
    coalesce(v_after, 0) - coalesce(v_before, 0) + v_threads * n.priority::numeric,
    v_threads)::score_change))
  from customer_needs n where n.workspace_id = new.workspace_id and n.thread_id = new.id;
  return null;
end $$;
create trigger threads_pain after update on threads for each row
  when (old.pain_level is distinct from new.pain_level
    or (old.deleted_at is null) is distinct from (new.deleted_at is null))
  execute function score_pain();
