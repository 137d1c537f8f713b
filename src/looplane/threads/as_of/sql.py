"""Every statement that finds what was so at a moment: by events, and what tells more than they do.

$1 is the workspace. Of a thing the last event is the one with the highest version: positions may
stand otherwise, where a transaction began earlier and wrote later. That cannot be far apart, since
such a transaction waits for seconds only, so a number of the last events by position is read, and
the one with the highest version taken. What the id says of time lets whole months be passed over.
"""

from looplane.kit.sqltext import json_object
from looplane.threads.children.sql import COMMENT, COMMENT_JOINS, MAX_EXPANDED, MESSAGE, NEED
from looplane.threads.sql import JOINS, THREAD

# As many events of one thing are read to find the last one of them.
_WINDOW = 100


def _until(moment: str) -> str:
    """SQL for the events `e` of the time to `moment`.

    The id may be a little later than the moment of the write, for which a day is more than enough.
    No id is older than the epoch; the first moment that can be sent is infinitely far from it.
    """
    bound = f"first_id(greatest({moment}::timestamptz, 'epoch') + interval '1 day')"
    return f"e.created_at <= {moment} and e.id < {bound}"


_LAST_FIRST = "order by version desc nulls last, created_at desc, id desc limit 1"
_FIRST_FIRST = "order by version nulls first, created_at, id limit 1"


def _told(key: str) -> str:
    """SQL for what the last event that changed a field made of it, and when; null if none did."""
    made = f"jsonb_build_object('value', after->'{key}', 'at', created_at)"
    return f"(select {made} from own where after ? '{key}' {_LAST_FIRST})"


_TOLD = ", ".join(
    f"'{key}', {_told(key)}" for key in ("contact_id", "company_id", "assignee_id", "tag_ids")
)
_OLDEST = ", ".join(f"'{key}', data->'{key}'->'id'" for key in ("contact", "company", "assignee"))

# Thread $2 at the moment $3. `type`, `at` and `body` are of its last event then, null where none is
# kept. `told` is what earlier events made of its links, and `oldest` the links in the oldest event
# that was read: what a thread refers to and was deleted by then is in neither body nor row.
# `hidden_needs` are needs that it still had and did not show.
FIND = f"""
with seen as materialized (
  select e.type, e.subject_id, e.version, e.created_at, e.id, e.after, e.data from events e
  where e.workspace_id = $1 and e.aggregate_id = $2 and {_until("$3")}
    and (e.type like 'thread.%' or e.type like 'customer_need.%')
  order by e.position desc, e.id desc limit {_WINDOW}),
own as (select * from seen where subject_id = $2 and data is not null),
last as (select * from own {_LAST_FIRST}),
oldest as (select * from own {_FIRST_FIRST}),
needs as (
  select n->>'id' as id, n from oldest, json_array_elements(oldest.data->'customer_needs') n
  union all
  select subject_id::text, data from seen where type = 'customer_need.created' and data is not null)
select last.type, last.created_at as at, last.data::text as body,
  jsonb_build_object({_TOLD}) as told,
  (select jsonb_build_object({_OLDEST}, 'reporter', data->'reporter'->'id', 'at', created_at,
    'tag_ids', jsonb_path_query_array(data::jsonb, '$.tags[*].id')) from oldest) as oldest,
  array(
    select distinct on (needs.id) coalesce((
      select n from own, json_array_elements(own.data->'customer_needs') n
      where n->>'id' = needs.id
      order by own.version desc nulls last, own.created_at desc, own.id desc limit 1),
      needs.n)::text
    from needs
    where needs.id not in (
        select n->>'id' from json_array_elements(last.data->'customer_needs') n)
      and needs.id not in (
        select subject_id::text from seen where type = 'customer_need.deleted')) as hidden_needs
from last"""

# Of the things $2 the last event at the moment $3, and `ref`: the company of a contact, the owner
# of a company, as far as it is known, though it may not have been there then.
LAST_EVENTS = f"""
select x.id::text as id, found.*
from unnest($2::uuid[]) as x(id)
cross join lateral (
  with own as materialized (
    select e.type, e.version, e.created_at, e.id, e.after, e.data from events e
    where e.workspace_id = $1 and e.aggregate_id = x.id and {_until("$3")}
      and e.subject_id = x.id and e.data is not null
    order by e.position desc, e.id desc limit {_WINDOW})
  select last.type, last.created_at as at, last.data::text as body,
    case when told.id is not null then told.ref else (
      select coalesce(data->>'company_id', data->'owner'->>'id') from own {_FIRST_FIRST}) end as ref
  from (select * from own {_LAST_FIRST}) last
  left join (
    select id, coalesce(after->>'company_id', after->>'owner_id') as ref from own
    where after ?| array['company_id', 'owner_id'] {_LAST_FIRST}) told on true) found"""

# Whether the contact still belonged to the survivor when the merge was taken back.
_STAYED = """
coalesce((
  select case when e.after ? 'company_ids' then e.after->'company_ids' ? m.survivor_id::text
    else e.after->>'company_id' is not null end
  from events e
  where e.workspace_id = $1 and e.aggregate_id = $4 and e.subject_id = $4
    and e.created_at > m.created_at and e.created_at <= m.undone_at
    and (e.after ? 'company_ids' or e.after->>'company_id' = m.survivor_id::text
      or (e.before->>'company_id' = m.survivor_id::text and e.after->>'company_id' is null
        and e.after ? 'company_id'))
  order by e.version desc limit 1), true)"""

# The merges, to the moment $5, that may have moved the thread $2 since it had the company $3, and
# those that moved the contact $4. What moves has no event of its own.
MERGES = f"""
with recursive places(id) as (
  select $3::uuid where $3 is not null
  union
  select next.id from places p cross join lateral (
    select m.survivor_id as id from company_merges m
    where m.workspace_id = $1 and m.source_id = p.id and m.created_at <= $5
    union all
    select m.source_id from company_merges m
    where m.workspace_id = $1 and m.survivor_id = p.id and m.undone_at <= $5) next)
select m.id, m.source_id::text as source_id, m.survivor_id::text as survivor_id, m.created_at,
  case when m.undone_at <= $5 then m.undone_at end as undone_at, false as is_of_contact,
  m.undone_at <= $5 and exists (select from company_merge_threads mt
    where mt.workspace_id = $1 and mt.merge_id = m.id and $2::uuid = any (mt.thread_ids))
    as moves_back
from places p
join company_merges m on m.workspace_id = $1 and m.source_id = p.id and m.created_at <= $5
union all
select m.id, case when mc.was_primary then m.source_id::text end, m.survivor_id::text, m.created_at,
  case when m.undone_at <= $5 then m.undone_at end, true, m.undone_at <= $5 and {_STAYED}
from company_merge_contacts mc
join company_merges m on m.workspace_id = $1 and m.id = mc.merge_id and m.created_at <= $5
where mc.workspace_id = $1 and mc.contact_id = $4"""

# The tags $2, each as JSON, by name as people order names; the words of the HTML $3; and, where $6,
# the messages of the thread $4 at the moment $5, and whether it began with one.
FINISH = f"""
select array(select x.tag from unnest($2::text[]) as x(tag)
    order by fold_name(x.tag::json->>'name'), (x.tag::json->>'id')::uuid) as tags,
  html_to_text($3) as words,
  case when $6 then exists (select from messages ms where ms.workspace_id = $1
    and ms.thread_id = $4 and ms.is_opening) end as has_opening,
  case when $6 then (
    select coalesce(json_agg({MESSAGE} order by ms.created_at, ms.id), '[]'::json)::text
    from (select * from messages every where every.workspace_id = $1 and every.thread_id = $4
      and every.created_at <= $5
      order by every.created_at, every.id limit {MAX_EXPANDED}) ms) end as messages"""

# A thread of which no event is kept to the moment $3: its row, which tells what was then where it
# has not changed since. `links` are what it refers to, though it may not be there now, and so is
# `refs` of its contact and company; `has_lost_tags` says that a tag was deleted since, which it may
# have had. `first_…` is the first event that is kept of it.
PRESENT = f"""
select {THREAD.body}::text as body, t.updated_at,
  jsonb_build_object('contact', t.contact_id, 'company', t.company_id, 'assignee', t.assignee_id,
    'reporter', t.reporter_id) as links,
  jsonb_build_object('contact', ct.company_id, 'company', co.owner_id) as refs,
  exists (select from tags g where g.workspace_id = $1 and g.deleted_at > $3) as has_lost_tags,
  array(select {NEED}::text from customer_needs n
    left join projects np on np.workspace_id = n.workspace_id and np.id = n.project_id
    left join issues ni on ni.workspace_id = n.workspace_id and ni.id = n.issue_id
    where n.workspace_id = $1 and n.thread_id = $2
      and coalesce(np.deleted_at, ni.deleted_at) > $3) as hidden_needs,
  first.type as first_type, first.created_at as first_at
from threads t {JOINS}
left join lateral (
  select own.type, own.created_at from (
    select e.type, e.version, e.created_at, e.id from events e
    where e.workspace_id = $1 and e.aggregate_id = $2 and e.subject_id = $2
    order by e.position, e.id limit {_WINDOW}) own {_FIRST_FIRST}) first on true
where t.workspace_id = $1 and t.id = $2 and t.created_at <= $3
  and (t.deleted_at is null or t.deleted_at > $3)"""

# Since when events of the workspace are kept.
KEPT_SINCE = """
select e.created_at from events e where e.workspace_id = $1 order by e.position, e.id limit 1"""

# As many changes of comments on one thread are gone over.
MAX_COMMENT_EVENTS = 5000

# The comments on the thread $2 at the moment $3, oldest first: each as its last event tells (`at`),
# or where none is kept, as its row does, or the event of its deletion later on. `events` is how
# many events were read.
COMMENTS = f"""
with told as materialized (
  select e.subject_id, e.type, e.version, e.created_at, e.id, e.data from events e
  where e.workspace_id = $1 and e.aggregate_id = $2 and {_until("$3")}
    and e.type like 'comment.%' and e.data is not null
  order by e.position desc, e.id desc limit {MAX_COMMENT_EVENTS + 1}),
last as (
  select distinct on (subject_id) * from told
  order by subject_id, version desc nulls last, created_at desc, id desc),
later as materialized (
  select e.subject_id, e.created_at, e.data from events e
  where e.workspace_id = $1 and e.aggregate_id = $2 and e.created_at > $3
    and e.type = 'comment.deleted' and e.data is not null
    and e.subject_id not in (select subject_id from last)
  order by e.position, e.id limit {MAX_COMMENT_EVENTS + 1}),
found as (
  select cm.id, cm.created_at, cm.author_id, last.created_at as at, last.data as body
  from last
  join comments cm on cm.workspace_id = $1 and cm.id = last.subject_id
  where last.type <> 'comment.deleted'
  union all
  select cm.id, cm.created_at, cm.author_id, null, later.data from later
  join comments cm on cm.workspace_id = $1 and cm.id = later.subject_id
  union all
  select cm.id, cm.created_at, cm.author_id, null, {json_object(COMMENT)}
  from comments cm {COMMENT_JOINS}
  where cm.workspace_id = $1 and cm.thread_id = $2 and cm.deleted_at is null
    and cm.created_at <= $3 and cm.id not in (select subject_id from last))
select author_id::text as author_id, at, body::text as body,
  (select count(*) from told) + (select count(*) from later) as events
from found where created_at <= $3 order by created_at, id limit {MAX_EXPANDED}"""
