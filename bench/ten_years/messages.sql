-- The messages from :first to :last, of :threads threads in turn.
insert into messages (workspace_id, id, thread_id, type, direction, subject, "from", "to", text, html,
  user_id, external_id, created_at)
select ':workspace', bench_id('6', n), bench_id('a', thread), 'email', direction, 'Re: Thread ' || thread,
  jsonb_build_object('name', 'Person ' || thread % 10000,
    'email', 'p' || thread % 10000 || '@c' || thread % 1000 || '.example'),
  '[{"name": "Support", "email": "support@firm.example", "mailboxHash": ""}]',
  b.plain, b.html, case when direction = 'outbound' then bench_id('d', 1 + n % 20) end,
  '<' || md5(n::text) || '@mail.example>', ':begins'::timestamptz + (n - :first) * interval ':step us'
from generate_series(:first::bigint, :last) n,
  lateral (select 1 + (n / 5) % :threads as thread,
    case n % 2 when 0 then 'outbound' else 'inbound' end as direction) x,
  bench_texts b
where b.number = 1 + n % 997;
