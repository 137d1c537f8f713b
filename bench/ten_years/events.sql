-- The events from :first to :last, of one month. Of ten, six carry a document: a message, and five
-- changes of threads; the other four came with one of those.
insert into events (workspace_id, position, id, write_id, type, subject_id, aggregate_id, version,
  actor, cause, created_at, before, after, data_event_id, data)
select ':workspace', n, made.id, made.carrier, kind.type,
  case kind.place when 0 then bench_id('6', 1 + n / 10) else thread.id end, thread.id,
  case when kind.place > 0 then n end,
  jsonb_build_object('rule', null, 'type', 'person', 'key_id', bench_id('f', 1),
    'member_id', bench_id('d', 1 + n % 20)),
  'req_' || left(md5(n::text), 16), moment.at,
  case when kind.place > 0
    then jsonb_build_object('status', 'open', 'last_state_change_at', null, 'assignee_id', null) end,
  case when kind.place > 0 then jsonb_build_object('status', 'done',
    'last_state_change_at', moment.at, 'assignee_id', bench_id('d', 1 + n % 20)) end,
  case when kind.place > 5 then made.carrier end,
  case when kind.place = 0 then d.message when kind.place < 6 then d.thread end
from generate_series(:first::bigint, :last) n,
  lateral (select ':begins'::timestamptz + (n - :first) * interval ':step us' as at) moment,
  lateral (select (n % 10)::int as place, (array['message.received', 'thread.updated', 'thread.updated',
    'thread.updated', 'thread.updated', 'thread.updated', 'thread.status_changed',
    'thread.status_changed', 'thread.assigned', 'thread.tagged'])[n % 10 + 1] as type) kind,
  lateral (select (left(first_id(moment.at)::text, 24) || lpad(to_hex(n), 12, '0'))::uuid as id,
    (left(first_id(moment.at)::text, 24) || lpad(to_hex(n - case when n % 10 > 5 then 5 else 0 end), 12,
      '0'))::uuid as carrier) made,
  -- Some threads are talked about at a time.
  lateral (select bench_id('a', 1 + (n / 50 + n % 7 * 31) % :threads) as id) thread,
  bench_documents d
where d.number = n % 997;
