"""What mails are called, and how many left."""

# $1 workspace, $2 deliveries.
FIND_SENT = """
select delivery_id, message_id from sent_mails
where workspace_id = $1 and delivery_id = any ($2)"""

# How many mails mailboxes $2 took on in day $3, held. $1 workspace.
HOLD_DAYS = """
with days as (
  insert into mailbox_days (workspace_id, mailbox_id, day)
  select $1, mailbox_id, $3 from unnest($2::uuid[]) as mailbox_id order by mailbox_id
  on conflict (workspace_id, mailbox_id, day) do update set mails = mailbox_days.mails
  returning mailbox_id, mails)
select mailbox_id, mails from days"""

# $1 workspace, $2 mailbox, $3 day, $4 how many more.
ADD_MAILS = """
update mailbox_days set mails = mails + $4
where workspace_id = $1 and mailbox_id = $2 and day = $3"""

# Of threads $2, the mails since $3: how many, and the first one; of notices for each of `whose`
# they are. $1 workspace.
COUNT_IN_THREADS = """
select m.thread_id, case d.kind when 'notice' then m.recipient else '' end as whose,
  count(*) as mails, min(m.created_at) as first_at
from sent_mails m join deliveries d on d.workspace_id = $1 and d.id = m.delivery_id
where m.workspace_id = $1 and m.thread_id = any ($2) and m.created_at > $3
  and m.mailbox_id is not null
group by 1, 2"""

# $1 workspace, $2 rows, $3 now.
INSERT_SENT = """
insert into sent_mails (workspace_id, delivery_id, mailbox_id, thread_id, message_id, recipient,
  created_at)
select $1, r.delivery_id, r.mailbox_id, r.thread_id, r.message_id, r.recipient, $3
from jsonb_to_recordset($2) as r(delivery_id uuid, mailbox_id uuid, thread_id uuid,
  message_id text, recipient text)
on conflict (workspace_id, delivery_id) do nothing"""

# So that an answer to a message finds its thread. $1 workspace, $2 messages, $3 their names.
NAME_MESSAGES = """
update messages ms set external_id = named.name
from unnest($2::uuid[], $3::text[]) as named(id, name)
where ms.workspace_id = $1 and ms.id = named.id and ms.external_id is null"""

# True where the thread did not wait already. $1 workspace, $2 thread, $3 until when, $4 now.
PAUSE_THREAD = """
insert into mail_thread_pauses (workspace_id, thread_id, until) values ($1, $2, $3)
on conflict (workspace_id, thread_id) do update set until = excluded.until
where mail_thread_pauses.until <= $4
returning true"""

# Of the addresses $2, those that mail came back from. $1 workspace.
FIND_BOUNCED = """
select address, reason from bounced_addresses where workspace_id = $1 and address = any ($2)"""
