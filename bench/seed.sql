-- :size threads of one workspace, spread over what a workspace has. Run by bench/world.py.
insert into workspaces values ('00000000-0000-7000-8000-000000000001', 'Bench', now());
insert into teams (workspace_id, id, name, is_default, created_at)
values ('00000000-0000-7000-8000-000000000001', bench_id('9', 1), 'Bench', true, now());
insert into project_statuses (workspace_id, id, name, type, color, position)
values ('00000000-0000-7000-8000-000000000001', bench_id('9', 2), 'Started', 'started', '#336699', 0);
insert into members (workspace_id, id, email, name, role, joined_at)
select '00000000-0000-7000-8000-000000000001', bench_id('d', n), 'm' || n || '@team.example', 'Member ' || n, 'USER', now()
from generate_series(1, 20) n;
insert into companies (workspace_id, id, name, domains, size, revenue, owner_id, created_at, updated_at)
select '00000000-0000-7000-8000-000000000001', bench_id('c', n), 'Company ' || n, array['c' || n || '.example'], n, n * 1000,
  bench_id('d', 1 + n % 20), now(), now()
from generate_series(1, 1000) n;
insert into contacts (workspace_id, id, email, name, company_id, created_at, updated_at)
select '00000000-0000-7000-8000-000000000001', bench_id('b', n), 'p' || n || '@c' || (1 + n % 1000) || '.example', 'Person ' || n,
  bench_id('c', 1 + n % 1000), now() - n * interval '1 minute', now()
from generate_series(1, 10000) n;
insert into tag_groups (workspace_id, id, name, color, created_at, updated_at)
values ('00000000-0000-7000-8000-000000000001', bench_id('f', 1), 'Area', '#336699', now(), now());
insert into tags (workspace_id, id, name, color, icon, tag_group_id, created_at, updated_at)
select '00000000-0000-7000-8000-000000000001', bench_id('e', n), 'Tag ' || n, '#336699', 'Notepad', bench_id('f', 1), now(), now()
from generate_series(1, 30) n;
insert into threads (workspace_id, id, title, text, pain_level, origin, state, snoozed_until, contact_id, company_id,
  assignee_id, last_inbound_message_at, last_outbound_message_at, created_at, updated_at)
select '00000000-0000-7000-8000-000000000001', bench_id('a', n), 'Thread ' || n,
  '<p>' || repeat('What a customer says about the product. ', 12) || '</p>',
  (array['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH'])[1 + n % 4], (array['email', 'slack', 'widget', 'api'])[1 + n % 4],
  s, case s when 'snoozed' then now() + interval '30 days' end,
  bench_id('b', 1 + n % 10000), bench_id('c', 1 + n % 1000),
  case when n % 3 = 0 then bench_id('d', 1 + (n / 3) % 3) end,
  now() - (n + 30) * interval '1 second', case when n % 2 = 0 then now() - n * interval '1 second' end,
  now() - n * interval '1 minute', now() - n * interval '1 second'
from generate_series(1, :size) n,
  lateral (select (array['open', 'done', 'new', 'open', 'snoozed', 'done', 'closed', 'open', 'new', 'done'])[1 + (n / 7) % 10] s) x;
insert into thread_tags (workspace_id, thread_id, tag_id, thread_created_at)
select t.workspace_id, t.id, bench_id('e', 1 + (n + k) % 30), t.created_at
from generate_series(1, :size) n join threads t
  on t.workspace_id = '00000000-0000-7000-8000-000000000001' and t.id = bench_id('a', n),
  generate_series(1, 2) k;
insert into projects (workspace_id, id, team_id, status_id, name, created_at, updated_at)
select t.workspace_id, bench_id('7', n), t.id, s.id, 'Project ' || n, now(), now()
from teams t join project_statuses s on s.workspace_id = t.workspace_id, generate_series(1, 500) n;
-- Scores are set once below: in one transaction each need would find all former versions of its
-- project.
alter table customer_needs disable trigger user;
insert into customer_needs (workspace_id, id, thread_id, project_id, created_at, updated_at)
select t.workspace_id, bench_id('8', n * 10), t.id, bench_id('7', 1 + n % 500), t.created_at, t.created_at
from generate_series(1, :size / 10) n join threads t
  on t.workspace_id = '00000000-0000-7000-8000-000000000001' and t.id = bench_id('a', n * 10);
alter table customer_needs enable trigger user;
update projects p set score = s.score, thread_count = s.thread_count
from (select n.project_id, count(*) as thread_count, sum(pain_weight(t.pain_level)) as score
  from customer_needs n join threads t on t.workspace_id = n.workspace_id and t.id = n.thread_id
  group by 1) s
where p.workspace_id = '00000000-0000-7000-8000-000000000001' and p.id = s.project_id;
