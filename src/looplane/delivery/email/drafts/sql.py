"""What mails say, as statements find it."""

# $1 workspace, $2 messages. `earlier` is what the messages before it are called, the newest first,
# and `reached` whom the last one that came in was for.
FIND_MESSAGES = """
select ms.id, ms.subject, ms."from", ms."to", ms.cc, ms.bcc, ms.text, ms.html, ms.attachments,
  ms.external_id,
  array(select e.external_id from messages e
    where e.workspace_id = ms.workspace_id and e.thread_id = ms.thread_id
      and e.external_id is not null and (e.created_at, e.id) < (ms.created_at, ms.id)
    order by e.created_at desc, e.id desc limit 20) as earlier,
  (select e."to" from messages e
    where e.workspace_id = ms.workspace_id and e.thread_id = ms.thread_id
      and e.direction = 'inbound' and (e.created_at, e.id) < (ms.created_at, ms.id)
    order by e.created_at desc, e.id desc limit 1) as reached
from messages ms where ms.workspace_id = $1 and ms.id = any ($2)"""

# $1 workspace, $2 invites.
FIND_INVITES = """
select i.id, i.email, i.name, i.role, i.expires_at, m.name as inviter
from invites i
left join members m on m.workspace_id = i.workspace_id and m.id = i.invited_by_id
  and m.deleted_at is null
where i.workspace_id = $1 and i.id = any ($2) and i.deleted_at is null"""

# $1 workspace, $2 members.
FIND_MEMBERS = """
select id, name, email from members
where workspace_id = $1 and id = any ($2) and deleted_at is null"""

FIND_WORKSPACE = "select name from workspaces where id = $1"

# $1 workspace, $2 broadcasts.
FIND_BROADCASTS = """
select b.id, b.subject, b.message, b.sender_name, b.from_email, cl.id as changelog_id, cl.title,
  cl.html, html_to_text(cl.html) as text, cl.published and not cl.archived as is_shown
from broadcasts b
join changelogs cl on cl.workspace_id = b.workspace_id and cl.id = b.changelog_id
  and cl.deleted_at is null
where b.workspace_id = $1 and b.id = any ($2)"""

# Those who are still subscribed, of the addresses in $2 in small letters. $1 workspace.
FIND_SUBSCRIBERS = """
select id, lower(email) as address, coalesce(name, '') as name from contacts
where workspace_id = $1 and lower(email) = any ($2) and is_subscribed and deleted_at is null"""

# How many mails wait for the server but for $2, up to $4. $1 workspace, $3 now.
COUNT_WAITING = """
select count(*)::int from (select from deliveries
  where workspace_id = $1 and channel = 'email' and queue = '' and state = 'queued'
    and is_routed and not is_behind and next_attempt_at <= $3 and id <> $2 limit $4) waiting"""
# A delivery, of the ids in $3, for each of as many contacts that are subscribed and have none of
# broadcast delivery $2; how many there were. $1 workspace, $4 now.
INSERT_RECIPIENTS = """
with parent as (
  select event_id, subject_id from deliveries where workspace_id = $1 and id = $2),
next as (
  select ct.email, row_number() over (order by ct.id) as number
  from contacts ct, parent p
  where ct.workspace_id = $1 and ct.is_subscribed and ct.deleted_at is null and not exists (
    select from deliveries d where d.workspace_id = $1 and d.event_id = p.event_id
      and d.channel = 'email' and d.target = ct.email)
  order by ct.id limit cardinality($3::uuid[])),
planned as (
  insert into deliveries (workspace_id, id, event_id, kind, channel, target, subject_id, state,
    created_at, updated_at, next_attempt_at)
  select $1, i.id, p.event_id, 'broadcast', 'email', n.email, p.subject_id, 'queued', $4, $4, $4
  from parent p, next n
  join unnest($3::uuid[]) with ordinality as i(id, number) on i.number = n.number
  on conflict (workspace_id, event_id, channel, target) do nothing)
select count(*) from next"""
