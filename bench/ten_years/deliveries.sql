-- The deliveries from :first to :last, as the release before has them: of messages, by mail. One in
-- fifty could not be delivered.
insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, thread_id, state,
  attempts, reason, delivered_by, created_at, updated_at)
select ':workspace', made.id, made.id, 'message', 'email',
  'p' || n % 10000 || '@c' || n % 1000 || '.example', bench_id('6', n), bench_id('a', 1 + (n / 5) % :threads),
  case when n % 50 = 0 then 'failed' else 'delivered' end, 1,
  case when n % 50 = 0 then 'The server refused it: 550 5.1.1 There is no such user here' end,
  'smtp.mail.example', moment.at, moment.at + interval '2 s'
from generate_series(:first::bigint, :last) n,
  lateral (select ':begins'::timestamptz + (n - :first) * interval ':step us' as at) moment,
  lateral (select (left(first_id(moment.at)::text, 24) || lpad(to_hex(n), 12, '0'))::uuid as id) made;
