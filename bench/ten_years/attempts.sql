-- An attempt of each delivery, and what its mail was called: tables of this release.
insert into delivery_attempts (workspace_id, delivery_id, number, started_at, ended_at, outcome, reason,
  request, answer)
select workspace_id, id, 1, created_at, updated_at,
  case state when 'delivered' then 'delivered' else 'refused' end, reason,
  jsonb_build_object('host', 'smtp.mail.example', 'port', 587, 'from', 'support@firm.example',
    'to', jsonb_build_array(target), 'message_id', '<' || id || '@firm.example>', 'size', 4211),
  jsonb_build_object('code', 250, 'text', '2.0.0 Ok: queued as ' || left(md5(id::text), 11))
from deliveries;
insert into sent_mails (workspace_id, delivery_id, mailbox_id, thread_id, message_id, recipient, created_at)
select workspace_id, id, null, thread_id, '<' || id || '@firm.example>', target, created_at
from deliveries;
