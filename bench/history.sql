-- :events events of the last twelve months: one in ten is of the first thread, the others are spread
-- over :size threads. Run by bench/history.py.
select make_events_partition(month::date)
from generate_series(date_trunc('month', now() at time zone 'UTC') - interval '12 months',
  date_trunc('month', now() at time zone 'UTC'), interval '1 month') month;
insert into events (workspace_id, position, id, write_id, type, subject_id, aggregate_id, version,
  actor, created_at, before, after, data)
select '00000000-0000-7000-8000-000000000001', n, made.id, made.id, 'thread.updated', thread.id,
  thread.id, n, '{"type": "rule", "rule": "bench", "key_id": null, "member_id": null}', moment.at,
  jsonb_build_object('title', 'Title ' || n - 1), jsonb_build_object('title', 'Title ' || n),
  json_build_object('id', thread.id, 'title', 'Title ' || n)
from generate_series(1, :events) n,
  lateral (select now() - (:events - n) * (interval '360 days' / :events) as at) moment,
  lateral (select (left(first_id(moment.at)::text, 24) || lpad(to_hex(n), 12, '0'))::uuid as id) made,
  lateral (select bench_id('a', case n % 10 when 0 then 1 else 2 + n % (:size - 1) end) as id) thread;
