"""What hangs on a thread, as a thread shows it. Who writes these rows are nouns of their own.

Customer needs are an exception: the field `project_id` of a thread makes and removes one, so their
statements are here too.
"""

from looplane import events
from looplane.kit.sqltext import columns, iso, json_object, timestamps
from looplane.members.sql import member_join, member_ref

NEED = json_object(
    columns("n", "id", "thread_id", "project_id", "issue_id", "priority") | timestamps("n")
)
NEED_EVENTS = ("customer_need.created", "customer_need.deleted")
# A need is shown while what it asks for is there.
SHOWN_NEEDS = """
from customer_needs n
left join projects np on np.workspace_id = n.workspace_id and np.id = n.project_id
left join issues ni on ni.workspace_id = n.workspace_id and ni.id = n.issue_id
where coalesce(np.id, ni.id) is not null and coalesce(np.deleted_at, ni.deleted_at) is null"""

# The needs of thread `t`, in the order they were linked.
NEEDS = f"""
(select coalesce(json_agg({NEED} order by n.created_at, n.id), '[]'::json) {SHOWN_NEEDS}
 and n.workspace_id = t.workspace_id and n.thread_id = t.id)"""

# A need for each id in $4 and what it asks for, in $5 or $6. Only a project can be the field's.
INSERT_NEEDS = f"""
with w as materialized ({events.WRITE.format("$3")}),
n as (
  insert into customer_needs (workspace_id, thread_id, created_at, updated_at, priority,
    is_of_project_field, id, project_id, issue_id)
  select $1, $2, w.created_at, w.created_at, $7, $8 and x.project_id is not null, x.id,
    x.project_id, x.issue_id
  from w, unnest($4::uuid[], $5::uuid[], $6::uuid[]) as x(id, project_id, issue_id) returning *)
{events.insert("n", NEED, "n.id")}"""

_MESSAGE = columns("ms", "id", "thread_id", "type", "direction") | columns(
    "ms", "subject", "from", "to", "cc", "bcc", "text", "html", "attachments", "user_id"
)
# What came of sending message `ms`; an older program has other words for two states.
_DELIVERY = """
case when ms.direction = 'outbound' then (
  select json_build_object(
    'state', case when s.bounced_at is not null then 'bounced'
      when d.state = 'planned' then 'queued' when d.state = 'failed' then 'dead' else d.state end,
    'reason', coalesce(s.bounce_reason, d.reason))
  from deliveries d
  left join sent_mails s on s.workspace_id = d.workspace_id and s.delivery_id = d.id
  where d.workspace_id = ms.workspace_id and d.subject_id = ms.id and d.kind = 'message'
  order by d.created_at desc, d.id desc limit 1) end"""
_PLANNED = """
case when ms.direction = 'outbound'
  then json_build_object('state', 'queued', 'reason', null) end"""


def _message(delivery: str) -> str:
    return json_object(_MESSAGE | {"delivery": delivery, "created_at": iso("ms.created_at")})


MESSAGE = _message(_DELIVERY)
# The same in the write that stores it, in which it is planned to leave.
NEW_MESSAGE = _message(_PLANNED)
MESSAGE_EVENTS = ("message.received", "message.sent")


def _opening(source: str) -> str:
    """SQL for what a thread of `source` says, as a message with the id of the thread.

    It is the first message, where none was received as one.
    """
    return f"""
select t.workspace_id, t.id, t.id as thread_id, 'feedback' as type, 'inbound' as direction,
  '' as subject, case when o.id is not null then json_build_object('email', o.email,
    'name', coalesce(o.name, ''))::jsonb end as "from", '[]'::jsonb as "to", '[]'::jsonb as cc,
  '[]'::jsonb as bcc, html_to_text(t.text) as text, t.text as html, '[]'::jsonb as attachments,
  null::uuid as user_id, t.created_at
from {source} t
left join contacts o on o.workspace_id = t.workspace_id and o.id = t.contact_id
  and o.deleted_at is null
where not exists (select from messages first where first.workspace_id = t.workspace_id
  and first.thread_id = t.id and first.is_opening)"""


_STORED = """
select ms.workspace_id, ms.id, ms.thread_id, ms.type, ms.direction, ms.subject, ms."from", ms."to",
  ms.cc, ms.bcc, ms.text, ms.html, ms.attachments, ms.user_id, ms.created_at
from messages ms"""
# The messages of all threads: to be asked for those of one.
EVERY_MESSAGE = f"{_opening('threads')} union all {_STORED}"
_THIS = "(select t.workspace_id, t.id, t.text, t.created_at, t.contact_id)"
# As many as an expanded thread shows of each: the rest is in lists of their own.
MAX_EXPANDED = 200

# The first messages of thread `t`, oldest first.
MESSAGES = f"""
(select coalesce(json_agg({MESSAGE} order by ms.created_at, ms.id), '[]'::json)
 from (select * from ({_opening(_THIS)} union all
   {_STORED} where ms.workspace_id = t.workspace_id and ms.thread_id = t.id) every
   order by every.created_at, every.id limit {MAX_EXPANDED}) ms)"""

# The members whom comment `cm` mentions, by name as people order names.
_MENTIONS = f"""
(select coalesce(json_agg({member_ref("mm")} order by fold_name(mm.name), mm.id), '[]'::json)
 from comment_mentions mn
 join members mm on mm.workspace_id = mn.workspace_id and mm.id = mn.member_id
   and mm.deleted_at is null
 where mn.workspace_id = cm.workspace_id and mn.comment_id = cm.id)"""
COMMENT = (
    columns("cm", "id", "thread_id")
    | {"author": member_ref("cma")}
    | columns("cm", "content", "attachments")
    | {"mentions": _MENTIONS}
    | timestamps("cm")
)
COMMENT_JOINS = member_join("cma", "cm.author_id")
# The first comments on thread `t`, oldest first.
COMMENTS = f"""
(select coalesce(json_agg({json_object(COMMENT)} order by cm.created_at, cm.id), '[]'::json)
 from (select * from comments each where each.workspace_id = t.workspace_id
   and each.thread_id = t.id and each.deleted_at is null
   order by each.created_at, each.id limit {MAX_EXPANDED}) cm
 {COMMENT_JOINS})"""
