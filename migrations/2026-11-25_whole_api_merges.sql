-- keeps older programs: what they do not set is as before, and the threads of their merges are moved.

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
insert into company_merge_threads (workspace_id, merge_id, batch, thread_ids, versions)
select workspace_id, merge_id, (number - 1) / 10000,
  array_agg(item_id order by number), array_agg(version order by number)
from (select *, row_number() over (partition by workspace_id, merge_id order by item_id) as number
  from company_merge_items where kind = 'thread') numbered
group by 1, 2, 3;
delete from company_merge_items where kind = 'thread';

-- A merge holds both companies, so nobody merges them meanwhile: it need not ask for each thread.
drop trigger threads_company_of_changed on threads;
create trigger threads_company_of_changed after update on threads
  for each row when (new.company_id is not null and old.company_id is distinct from new.company_id
    and current_setting('looplane.holds_companies', true) is distinct from 'on')
  execute function refuse_merged_company();
