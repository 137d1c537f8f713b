"""Every statement on threads, but for their lists and for what hangs on them."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from looplane import events
from looplane.companies.sql import COMPANY
from looplane.contacts.sql import CONTACT, external_id_filter
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.functions import StoredFunction
from looplane.kit.references import reference_id, reference_ids
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import case_when, columns, iso, json_object, timestamps
from looplane.members.sql import member_join, member_ref
from looplane.resources import Filter, Resource, equals, refers_to
from looplane.tags.sql import OF_THREAD as TAGS
from looplane.threads.children.sql import COMMENTS, MESSAGES, NEED, NEEDS
from looplane.threads.schemas import ExpandQuery


def tab(member: str) -> str:
    """SQL for the tab as `member` (a parameter, may be null) sees it: the most specific."""
    mine = f"t.assignee_id = {member}"
    return case_when(
        {
            "t.status <> 'open'": "t.status",
            "t.state = 'new'": "'new'",
            f"{mine} and t.needs_response": "'needs-response'",
            mine: "'my'",
        },
        "'open'",
    )


def _moments(*names: str) -> dict[str, str]:
    return {name: iso(f"t.{name}") for name in names}


def thread_body(member: str) -> dict[str, str]:
    """The fields of a thread as `member` sees it, as SQL of `t` and JOINS."""
    return (
        columns("t", "id")
        | timestamps("t")
        | columns("t", "title", "text", "pain_level", "origin", "status")
        | {"tab": tab(member)}
        | _moments("snoozed_until", "last_inbound_message_at", "last_outbound_message_at")
        | _moments("last_state_change_at")
        | columns("t", "is_read")
        | {"contact": f"case when ct.id is not null then {CONTACT.body} end"}
        | {"company": f"case when co.id is not null then {COMPANY.body} end"}
        | {"assignee": member_ref("ta"), "reporter": member_ref("tr")}
        | {"tags": TAGS, "customer_needs": NEEDS}
        | columns("t", "external_ids", "ai_draft_html", "ai_draft_sources")
        | _moments("ai_draft_generated_at", "ai_draft_started_at", "ai_draft_error_at")
    )


# What was deleted is shown nowhere.
JOINS = f"""
left join contacts ct on ct.workspace_id = t.workspace_id and ct.id = t.contact_id
  and ct.deleted_at is null {CONTACT.joins}
left join companies co on co.workspace_id = t.workspace_id and co.id = t.company_id
  and co.deleted_at is null {COMPANY.joins}
{member_join("ta", "t.assignee_id")}
{member_join("tr", "t.reporter_id")}"""


def _asked_for(column: str, table: str) -> Filter:
    return Filter(
        f"""exists (select from customer_needs n
  join {table} x on x.workspace_id = n.workspace_id and x.id = n.{column} and x.deleted_at is null
  where n.workspace_id = t.workspace_id and n.thread_id = t.id and n.{column} = {{0}})""",
        refers_to("").convert,
    )


# As nobody in particular sees it: so events show it to everyone.
THREAD = Resource(
    noun="thread",
    table="threads",
    alias="t",
    columns=(
        "title",
        "text",
        "pain_level",
        "origin",
        "state",
        "snoozed_until",
        "last_snoozed_until",
        "last_state_change_at",
        "is_read",
        "contact_id",
        "company_id",
        "assignee_id",
        "reporter_id",
        "external_ids",
        "ai_draft_html",
        "ai_draft_sources",
        "ai_draft_generated_at",
        "ai_draft_started_at",
        "ai_draft_error_at",
        "html_version",
    ),
    json=thread_body("null::uuid"),
    joins=JOINS,
    filters={
        "status": equals("t.status"),
        "pain_level": equals("t.pain_level"),
        "origin": equals("t.origin"),
        "assignee_id": refers_to("t.assignee_id", "members"),
        "contact_id": refers_to("t.contact_id", "contacts"),
        "company_id": refers_to("t.company_id", "companies"),
        "issue_id": _asked_for("issue_id", "issues"),
        "project_id": _asked_for("project_id", "projects"),
        "external_id": external_id_filter("t"),
    },
    size="octet_length(t.text) + coalesce(octet_length(t.ai_draft_html), 0)",
)

GET = f"""
select {json_object(thread_body("$3"))}::text as body, t.version,
  case when $4 then {MESSAGES}::text end as messages,
  case when $5 then {COMMENTS}::text end as comments
from threads t {JOINS} where t.workspace_id = $1 and t.id = $2 and t.deleted_at is null"""

# What a thread is now: all that a change of its own fields needs to know.
FIND = THREAD.find()


def _named(table: str, id: str, column: str = "id") -> str:
    """SQL for a column of the thing with this id; null where none is named, or none is there."""
    there = f"select x.{column} from {table} x where x.workspace_id = $1 and x.id = {id}"
    return f"case when {id}::uuid is not null then ({there} and x.deleted_at is null) end"


_WATCHERS = """array(select m.id from members m
  where m.workspace_id = $1 and m.watches_new_threads and m.role <> 'VIEWER'
    and m.deleted_at is null)"""

# The same, and what a change of links needs to know: what there is of what it names.
FIND_WITH_LINKS = THREAD.find(
    f"""array(select g.id from thread_tags tt
    join tags g on g.workspace_id = $1 and g.id = tt.tag_id and g.deleted_at is null
    where tt.workspace_id = $1 and tt.thread_id = t.id) as tag_ids,
  fn.id as need_id, fp.id as project_id,
  array(select n.project_id from customer_needs n
    where n.workspace_id = $1 and n.thread_id = t.id and not n.is_of_project_field
      and n.project_id is not null) as linked_project_ids,
  {_named("members", "$3", "role")} as assignee_role,
  tc.id as contact_found, tcc.id as contact_company_id,
  {_named("companies", "$5")} as company_found,
  case when $6::uuid[] is not null then array(select g.id from tags g
    where g.workspace_id = $1 and g.id = any ($6) and g.deleted_at is null) end as tags_found,
  {_named("projects", "$7")} as project_found,
  ct.id as present_contact_id, co.id as present_company_id, ta.id as present_assignee_id,
  {_WATCHERS} as watchers""",
    """
-- The need that the field `project_id` made.
left join customer_needs fn on fn.workspace_id = $1 and fn.thread_id = t.id
  and fn.is_of_project_field
left join projects fp on fp.workspace_id = $1 and fp.id = fn.project_id and fp.deleted_at is null
-- The contact that the thread will have, and that contact's company.
left join contacts tc on tc.workspace_id = $1 and tc.id = coalesce($4, t.contact_id)
  and tc.deleted_at is null
left join companies tcc on tcc.workspace_id = $1 and tcc.id = tc.company_id
  and tcc.deleted_at is null""",
)
# The fields of a change that are links, or look at one.
_LINKS = {"assignee_id", "contact_id", "company_id", "tag_ids", "project_id"}

_IN_WRITE = f"with w as materialized ({events.WRITE.format('p_write')})"
_SET = ", ".join(THREAD.columns)
_CONTACT_EVENTS = events.insert(
    f"""(select ct.* from contacts ct where ct.workspace_id = p_workspace
      and ct.id = (p_links->'contact'->>'id')::uuid) ct {CONTACT.joins}""",
    CONTACT.body,
    "ct.id",
    "ct.version",
    workspace="p_workspace",
    created_at="v_contact_moment",
)

# The atomic write of a change. It holds no rules: what the thread is to be comes in, and it is
# written only if the version is still the one that was read. No row is answered when it is not.
UPDATE_FUNCTION = StoredFunction(
    "thread_update",
    f"""create function <name>(
  p_workspace uuid, p_id uuid, p_version bigint,
  p_columns jsonb,    -- the columns that change
  p_links jsonb,      -- those that change: tag_ids; contact, its company; need, its project
  p_write jsonb,      -- who writes, when, and the events
  p_member uuid       -- who sees the answer
) returns table (body text, tab text) language plpgsql as $$
#variable_conflict use_column
declare
  v_created_at timestamptz;
  v_contact_moment timestamptz;
  v_body json;
  v_tab text;
begin
  update threads t set version = t.version + 1,
    updated_at = (p_write->>'created_at')::timestamptz,
    ({_SET}) = (select {_SET} from jsonb_populate_record(t, p_columns))
  where workspace_id = p_workspace and id = p_id and version = p_version and deleted_at is null
  returning created_at into v_created_at;
  if not found then return; end if;
  if p_links ? 'tag_ids' then
    delete from thread_tags tt
    where tt.workspace_id = p_workspace and tt.thread_id = p_id
      and not p_links->'tag_ids' ? tt.tag_id::text;
    insert into thread_tags (workspace_id, thread_id, tag_id, thread_created_at)
    select p_workspace, p_id, tag_id::uuid, v_created_at
    from jsonb_array_elements_text(p_links->'tag_ids') as tag_id
    on conflict do nothing;
  end if;
  if p_links ? 'need' then
    {_IN_WRITE},
    n as (
      delete from customer_needs n
      where n.workspace_id = p_workspace and n.thread_id = p_id and n.is_of_project_field
      returning n.*)
    {events.insert("n", NEED, "n.id", workspace="p_workspace")};
    {_IN_WRITE},
    n as (
      insert into customer_needs
        (workspace_id, id, thread_id, project_id, is_of_project_field, created_at, updated_at)
      select p_workspace, (p_links->'need'->>'id')::uuid, p_id,
        (p_links->'need'->>'project_id')::uuid, true, w.created_at, w.created_at
      from w where p_links->'need'->>'project_id' is not null returning *)
    {events.insert("n", NEED, "n.id", workspace="p_workspace")};
  end if;
  if p_links ? 'contact' then
    update contacts ct set version = ct.version + 1,
      updated_at = greatest((p_write->>'created_at')::timestamptz,
        ct.updated_at + interval '1 millisecond'),
      company_id = (p_links->'contact'->>'company_id')::uuid
    where ct.workspace_id = p_workspace and ct.id = (p_links->'contact'->>'id')::uuid
    returning ct.updated_at into v_contact_moment;
    {_IN_WRITE}
    {_CONTACT_EVENTS};
  end if;
  select {THREAD.body}, {tab("p_member")} into v_body, v_tab from threads t {JOINS}
  where t.workspace_id = p_workspace and t.id = p_id;
  {_IN_WRITE}
  {events.insert("(select 1) once", "v_body", "p_id", "p_version + 1", "p_workspace")};
  return query select v_body::text, v_tab;
end $$""",
)
UPDATE = f"select body, tab from {UPDATE_FUNCTION.name}($1, $2, $3, $4, $5, $6, $7)"

# What a new thread names.
FIND_NAMED = f"""
select {_named("members", "$2", "role")} as assignee_role,
  {_named("companies", "$3")} as company_found, {_named("projects", "$4")} as project_found,
  {_named("issues", "$5")} as issue_found, {_WATCHERS} as watchers"""

# Those whose time has come, but for those in $2 that were tried just now.
FIND_DUE = """
select workspace_id, id from threads
where state = 'snoozed' and snoozed_until <= $1 and deleted_at is null and id <> all ($2)
order by snoozed_until limit $3"""

# One of them, if it still is, and nobody else holds it.
LOCK_DUE = """
select version from threads
where workspace_id = $1 and id = $2 and state = 'snoozed' and snoozed_until <= $3
  and deleted_at is null
for update skip locked"""


async def get_thread(con: Connection, context: Context, id: UUID, query: ExpandQuery) -> Answer:
    """One thread as the caller sees it, with what is to be expanded. Raises NotFound."""
    wanted = (query.expand or "").split(",")
    flags = ("messages" in wanted, "comments" in wanted)
    args = (context.workspace_id, id, context.member_id, *flags)
    row = or_404(await con.fetchrow(GET, *args), THREAD.noun)
    body = row["body"]
    for name in ("messages", "comments"):
        if row[name] is not None:
            body = f'{body[:-1]}, "{name}" : {row[name]}}}'
    return Answer(body, row["version"])


async def find(con: Connection, context: Context, id: UUID, sent: Mapping[str, Any]) -> Row:
    """The thread, and what there is of what a change names. Raises NotFound."""
    key = (context.workspace_id, id)
    if not looks_at_links(sent):
        return or_404(await con.fetchrow(FIND, *key), THREAD.noun)
    fields = ("assignee_id", "contact_id", "company_id")
    ids = [reference_id(sent, field) for field in fields]
    tag_ids = reference_ids(sent, "tag_ids") if "tag_ids" in sent else None
    project_id = reference_id(sent, "project_id")
    row = await con.fetchrow(FIND_WITH_LINKS, *key, *ids, tag_ids, project_id)
    return or_404(row, THREAD.noun)


def looks_at_links(sent: Mapping[str, Any]) -> bool:
    """Whether a change is about links, or tells those whom they lead to."""
    return bool(sent.keys() & _LINKS or (sent.get("notify") or {}).get("email"))


async def find_named(con: Connection, context: Context, sent: Mapping[str, Any]) -> Row:
    """What the body of a new thread names, null where it is not there."""
    ids = [reference_id(sent, f"{each}_id") for each in ("assignee", "company", "project", "issue")]
    row = await con.fetchrow(FIND_NAMED, context.workspace_id, *ids)
    return or_404(row, THREAD.noun)


def as_seen(row: Row) -> str:
    """The JSON of a thread that was put together for everyone, with the tab of the caller."""
    body: str = row["body"]
    # Inside of JSON text quotes are escaped: only a key looks like this, and ours comes first.
    return re.sub('"tab" : "[a-z-]+"', f'"tab" : "{row["tab"]}"', body, count=1)
