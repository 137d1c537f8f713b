-- What is queued for webhooks, as a fan-out leaves it: $1 events, each told to all endpoints.
with events as (
  insert into event_bodies (workspace_id, event_id, body, created_at)
  select ':workspace', bench_id('5', n), convert_to(jsonb_build_object(
    'id', 'evt_' || replace(bench_id('5', n)::text, '-', ''), 'type', 'thread.updated',
    'created_at', now(), 'data', jsonb_build_object('id', bench_id('a', 1 + n % 1000),
      'text', repeat('What a customer says about the product. ', 24)))::text, 'UTF8'), now()
  from generate_series(1, $1::int) n)
insert into deliveries (workspace_id, id, event_id, event_type, kind, channel, target, subject_id,
  thread_id, queue, lane, state, created_at, updated_at, next_attempt_at)
select ':workspace', uuidv7(), bench_id('5', n), 'thread.updated', 'event', 'webhook', w.id::text,
  bench_id('a', 1 + n % 1000), bench_id('a', 1 + n % 1000), w.id::text, bench_id('a', 1 + n % 1000),
  'queued', now(), now(), now()
from generate_series(1, $1::int) n
cross join (select id from webhooks where workspace_id = ':workspace' and status = 'active') w
order by n, w.id
