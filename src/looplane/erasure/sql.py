"""Statements that remove a person's words and names, wherever they were kept."""

from looplane.comments.sql import COMMENT
from looplane.contacts.sql import CONTACT
from looplane.resources import Resource
from looplane.threads.children.sql import MESSAGE
from looplane.threads.sql import THREAD

# What stands where words were: a thread is never without text.
ERASED = "<p>Erased.</p>"

LIFT_TIME_LIMIT = "set local statement_timeout = 0"

# One address is one person: whoever was deleted and wrote again has several contacts.
_NAMED_CONTACTS = """
from contacts where workspace_id = $1 and lower(email) in (
  select lower(email) from contacts
  where workspace_id = $1 and (id = $2 or lower(email) = lower($3)))"""
# For update, not for less: a thread that is being made holds its contact for key share.
HOLD_CONTACTS = f"""
select id, lower(email) as address {_NAMED_CONTACTS}
order by id = $2 desc nulls last, deleted_at desc nulls first, id for update"""
HOLD_THREADS = f"""
select from threads where workspace_id = $1 and contact_id in (select id {_NAMED_CONTACTS})
order by id for update"""

# What those contacts ($2) were reached by before, as far as events tell, unless that is the address
# of another contact by now.
FIND_FORMER_ADDRESSES = """
select distinct lower(e.before->>'email') as address from events e
where e.workspace_id = $1 and e.aggregate_id = any ($2) and e.type = 'contact.updated'
  and e.before->>'email' is not null and not exists (
    select from contacts c where c.workspace_id = $1 and lower(c.email) = lower(e.before->>'email')
      and c.deleted_at is null and c.id <> all ($2))"""

FIND_THREADS = "select id from threads where workspace_id = $1 and contact_id = any ($2)"

ERASE_CONTACT = """
update contacts set email = 'erased-' || id || '@erased.invalid', name = null, image_url = null,
  external_ids = '{}', is_subscribed = false, version = version + 1,
  updated_at = greatest($3, updated_at + interval '1 ms'),
  deleted_at = coalesce(deleted_at, $3)
where workspace_id = $1 and id = any ($2)"""

ERASE_THREADS = """
update threads set title = null, text = $4, external_ids = '{}', ai_draft_html = null,
  ai_draft_sources = null, ai_draft_generated_at = null, ai_draft_started_at = null,
  ai_draft_error_at = null, version = version + 1,
  updated_at = greatest($3, updated_at + interval '1 ms')
where workspace_id = $1 and id = any ($2)"""

# Answers quote what they answer, and comments speak of it.
ERASE_MESSAGES = """
update messages set subject = '', "from" = null, "to" = '[]', cc = '[]', bcc = '[]',
  text = 'Erased.', html = $3, attachments = '[]', external_id = case
    when external_id like 'sha256:%' then external_id
    else 'sha256:' || encode(sha256(convert_to(external_id, 'UTF8')), 'hex') end
where workspace_id = $1 and thread_id = any ($2)"""
DELETE_FILES = """
delete from message_attachments f using messages m
where f.workspace_id = $1 and m.workspace_id = $1 and m.id = f.message_id
  and m.thread_id = any ($2)"""

# In what others wrote and got, the words stay, and nobody is named by these addresses ($2). The ids
# of the messages.
_NAMED = "exists (select from jsonb_array_elements(m.{0}) r where lower(r->>'email') = any ($2))"
_WITHOUT = """(select coalesce(jsonb_agg(r order by n), '[]')
    from jsonb_array_elements(m.{0}) with ordinality as x(r, n)
    where lower(r->>'email') is null or lower(r->>'email') <> all ($2))"""
_LISTS = ('"to"', "cc", "bcc")
ERASE_NAMES = f"""
update messages m set
  "from" = case when lower(m."from"->>'email') = any ($2) then null else m."from" end,
  {", ".join(f"{name} = {_WITHOUT.format(name)}" for name in _LISTS)}
where m.workspace_id = $1 and (lower(m."from"->>'email') = any ($2)
  or {" or ".join(_NAMED.format(name) for name in _LISTS)})
returning m.id"""

# What members wrote about their threads and did not send speaks of them as well; what is held back
# there is never sent.
DELETE_UNSENT = "delete from unsent_texts where workspace_id = $1 and thread_id = any ($2)"
DELETE_HELD = "delete from held_messages where workspace_id = $1 and thread_id = any ($2)"
# The files that these name, and those whose bytes went to them; held, so that nobody names one
# anew.
HOLD_OUTGOING = """
with named as materialized (
  select a->>'file_id' as id from (
    select attachments from unsent_texts where workspace_id = $1 and thread_id = any ($2)
    union all
    select attachments from held_messages where workspace_id = $1 and thread_id = any ($2)) t,
    jsonb_array_elements(t.attachments) a)
select f.id from outgoing_files f
where f.workspace_id = $1 and (f.id::text in (select id from named) or exists (
  select from messages m
  join message_attachments c on c.workspace_id = $1 and c.message_id = m.id
  where m.workspace_id = $1 and m.thread_id = any ($2) and c.content = f.content))
order by f.id for update of f"""


def _erase_copies(table: str) -> str:
    """SQL that takes these addresses ($2) out of whom a text goes to as well."""
    lists = ("cc", "bcc")
    return f"""
update {table} m set {", ".join(f"{name} = {_WITHOUT.format(name)}" for name in lists)}
where m.workspace_id = $1 and ({" or ".join(_NAMED.format(name) for name in lists)})"""


ERASE_UNSENT_NAMES = _erase_copies("unsent_texts")
ERASE_HELD_NAMES = _erase_copies("held_messages")

# What was to go to them goes nowhere, and what went says no more to whom.
ERASE_DELIVERIES = """
update deliveries set target = 'erased-' || id,
  reason = case when state in ('planned', 'queued') then 'Whom it was for was erased.' end,
  updated_at = greatest($4, updated_at),
  state = case when state in ('planned', 'queued') then 'canceled' else state end,
  is_routed = is_routed or state in ('planned', 'queued'),  -- so that what is behind it goes on
  next_attempt_at = null
where workspace_id = $1 and (thread_id = any ($2) or lower(target) = any ($3)) returning id"""
# $2 deliveries
ERASE_ATTEMPTS = """
update delivery_attempts set reason = null, request = null, answer = null
where workspace_id = $1 and delivery_id = any ($2)"""
# Those of all events: they are put together anew of what the events say by now.
DELETE_BODIES = "delete from event_bodies where workspace_id = $1"
# Whose addresses these are ($2), or what is of these threads ($3).
DELETE_CAUGHT = """
delete from caught_mail c where c.workspace_id = $1 and (
  exists (select from unnest(c.recipients) as address where lower(address) = any ($2))
  or c.delivery_id in (select d.id from deliveries d
    where d.workspace_id = $1 and d.thread_id = any ($3)))"""
ERASE_SENT_MAILS = """
update sent_mails set recipient = '',
  bounce_reason = case when bounced_at is not null then '' end
where workspace_id = $1 and (lower(recipient) = any ($2) or thread_id = any ($3))"""
# What was told of lifting a bounce, and of letting go of what was caught.
ERASE_MAIL_EVENTS = """
update events e set data = (e.data::jsonb || case when e.type like 'bounced_address.%'
  then '{"address": "", "reason": ""}' else '{"to": [], "subject": ""}' end::jsonb)::json
where e.workspace_id = $1 and e.data is not null
  and (e.type = 'bounced_address.deleted' and e.data->>'address' = any ($2)
    or e.type = 'caught_mail.deleted' and exists (
      select from json_array_elements_text(e.data->'to') as address
      where lower(address) = any ($2)))"""
DELETE_BOUNCED = "delete from bounced_addresses where workspace_id = $1 and address = any ($2)"
# What was said of sending the messages $2 to others, which named them.
ERASE_ATTEMPTS_OF_MESSAGES = """
update delivery_attempts a set reason = null, request = null, answer = null from deliveries d
where d.workspace_id = $1 and d.subject_id = any ($2)
  and a.workspace_id = $1 and a.delivery_id = d.id"""
ERASE_COMMENTS = """
update comments set content = $4, attachments = '[]', version = version + 1,
  updated_at = greatest($3, updated_at + interval '1 ms')
where workspace_id = $1 and thread_id = any ($2)"""

# What the words called members goes with the words; who was listed stays listed.
ERASE_WRITTEN_MENTIONS = """
delete from comment_mentions mn using comments cm
where cm.workspace_id = $1 and cm.thread_id = any ($2) and mn.workspace_id = $1
  and mn.comment_id = cm.id and not mn.is_listed"""
ERASE_LISTED_MENTIONS = """
update comment_mentions mn set written_as = '{}' from comments cm
where cm.workspace_id = $1 and cm.thread_id = any ($2) and mn.workspace_id = $1
  and mn.comment_id = cm.id and mn.written_as <> '{}'"""

# An event goes on saying that something happened, when, and by whom; the resource is shown as it
# is now, without words.
_WORDS = (
    "{title,text,content,attachments,ai_draft_html,ai_draft_sources,email,name,image_url,"
    "external_ids}"
)
# Of what no event tells, whom a comment mentioned, and as what.
_STRIPPED = (
    f"before = before - '{_WORDS}'::text[], after = after - '{_WORDS}'::text[],"
    " internal_before = internal_before - 'mentions'"
)


def _erase_events(resource: Resource, erased: str, history: str = "true") -> str:
    """SQL for the events of those things that are `erased`, in a `history` if it is another's."""
    alias = resource.alias
    return f"""
with shown as materialized (
  select {alias}.id, {resource.body} as body from {resource.table} {alias} {resource.joins}
  where {alias}.workspace_id = $1 and {alias}.{erased} = any ($2))
update events e set {_STRIPPED}, data = case when e.data is not null then shown.body end
from shown
where e.workspace_id = $1 and {history} and e.subject_id = shown.id
  and e.type like '{resource.noun}.%'"""


ERASE_THREAD_EVENTS = _erase_events(THREAD, "id")
ERASE_CONTACT_EVENTS = _erase_events(CONTACT, "id")
ERASE_COMMENT_EVENTS = _erase_events(COMMENT, "thread_id", "e.aggregate_id = any ($2)")

ERASE_MESSAGE_EVENTS = f"""
update events e set data = {MESSAGE} from messages ms
where e.workspace_id = $1 and ms.workspace_id = $1 and e.subject_id = ms.id
  and e.type like 'message.%' and e.data is not null
  and (ms.thread_id = any ($2) or ms.id = any ($3))"""

# A thread that is another contact's by now says what that one wrote; who had it before is no
# longer shown.
ERASE_FORMER_CONTACT = """
update events e set data = (e.data::jsonb || '{"contact": null}')::json
where e.workspace_id = $1 and e.type like 'thread.%' and e.subject_id <> all ($3)
  and e.data->'contact'->>'id' = any ($2::uuid[]::text[])"""

# Whoever keeps events in memory, for those who follow them, sees by this row that they are others.
CHANGE_EDITION = "update workspaces set name = name where id = $1"

# Whatever answer shows a contact, an address ($3) or one of the threads; it would not be given
# again for long.
DELETE_ANSWERS = """
delete from idempotent_answers a
where a.workspace_id = $1 and exists (
  select from unnest($2::uuid[]::text[] || $3::text[]) as named(word)
  where position(named.word in lower(a.body)) > 0)"""
