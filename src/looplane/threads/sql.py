"""Every statement on threads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from looplane import events
from looplane.comments.sql import OF_THREAD as COMMENTS
from looplane.companies.sql import COMPANY, JOINS as COMPANY_JOINS
from looplane.contacts.sql import CONTACT, JOIN as CONTACT_JOIN, MOVE as MOVE_CONTACT
from looplane.customer_needs.sql import OF_THREAD as NEEDS, REPLACE as REPLACE_NEED
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.references import sought
from looplane.kit.sqltext import any_of, iso, obj, row, stamps
from looplane.members.sql import member_join, member_ref
from looplane.messages.sql import OF_THREAD as MESSAGES
from looplane.tags.sql import OF_THREAD as TAGS
from looplane.threads.schemas import ExpandQuery

noun = "thread"
# Which resource an event of an update shows.
_DATA = any_of(
    {
        "e.type = 'contact.updated'": "v_contact",
        "e.type = 'customer_need.created'": "v_linked",
        "e.type = 'customer_need.deleted'": "v_unlinked",
    },
    "v_data",
)


def _tab(member: str) -> str:
    """SQL for the tab as `member` (a parameter, may be null) sees it: the most specific."""
    mine = f"t.assignee_id = {member}"
    return any_of(
        {
            "t.status <> 'open'": "t.status",
            "t.state = 'new'": "'new'",
            f"{mine} and t.waits": "'needs-response'",
            mine: "'my'",
        },
        "'open'",
    )


def _dates(*names: str) -> dict[str, str]:
    return {name: iso(f"t.{name}") for name in names}


def thread(member: str) -> str:
    """SQL for a thread's JSON as `member` sees it, of `t` and JOINS."""
    return obj(
        row("t", "id")
        | stamps("t")
        | row("t", "title", "text", "pain_level", "origin", "status")
        | {"tab": _tab(member)}
        | _dates("snoozed_until", "last_inbound_message_at", "last_outbound_message_at")
        | _dates("last_state_change_at")
        | row("t", "is_read")
        | {"contact": f"case when ct.id is not null then {CONTACT} end"}
        | {"company": f"case when co.id is not null then {COMPANY} end"}
        | {"assignee": member_ref("ta"), "reporter": member_ref("tr")}
        | {"tags": TAGS, "customer_needs": NEEDS}
        | row("t", "external_ids", "ai_draft_html", "ai_draft_sources")
        | _dates("ai_draft_generated_at", "ai_draft_started_at", "ai_draft_error_at")
    )


# What `thread` reads beside the thread itself. What was deleted is shown nowhere.
JOINS = f"""
left join contacts ct on ct.workspace_id = t.workspace_id and ct.id = t.contact_id
  and ct.deleted_at is null {CONTACT_JOIN}
left join companies co on co.workspace_id = t.workspace_id and co.id = t.company_id
  and co.deleted_at is null {COMPANY_JOINS}
{member_join("ta", "t.assignee_id")}
{member_join("tr", "t.reporter_id")}"""

_THIS = "t.workspace_id = $1 and t.id = $2 and t.deleted_at is null"

SELECT = (
    f"select {thread('$2')}::text as body, t.version, t.created_at, t.id from threads t {JOINS}"
)
GET = f"""
select {thread("$3")}::text as body, t.version,
  case when $4 then {MESSAGES}::text end as messages,
  case when $5 then {COMMENTS}::text end as comments
from threads t {JOINS} where {_THIS}"""

LOCK = """
select version from threads
where workspace_id = $1 and id = $2 and deleted_at is null for update"""


def _named(table: str, id: str, column: str = "id") -> str:
    """SQL for a column of the thing with this id; null where none is named, or none is there."""
    there = f"select x.{column} from {table} x where x.workspace_id = $1 and x.id = {id}"
    return f"case when {id}::uuid is not null then ({there} and x.deleted_at is null) end"


# The thread, and what the PATCH names, in one look; what it leaves alone is not looked up.
FIND = f"""
select t.version, t.title, t.text, t.pain_level, t.state, t.snoozed_until, t.last_snoozed_until,
  t.last_state_change_at, t.is_read, ct.id as contact_id, co.id as company_id, ta.id as assignee_id,
  t.ai_draft_html, t.ai_draft_sources, t.ai_draft_generated_at, t.ai_draft_started_at,
  t.ai_draft_error_at,
  case when $6::uuid[] is not null then array(select g.id from thread_tags tt
    join tags g on g.workspace_id = $1 and g.id = tt.tag_id and g.deleted_at is null
    where tt.workspace_id = $1 and tt.thread_id = t.id) else '{{}}' end as tag_ids,
  fn.id as need_id, fp.id as project_id,
  case when $10 then array(select n.project_id from customer_needs n
    where n.workspace_id = $1 and n.thread_id = t.id and not n.by_field
      and n.project_id is not null) else '{{}}' end as linked_project_ids,
  {_named("members", "$3", "role")} as assignee_role,
  tc.id as contact_found, tcc.id as target_company_id,
  {_named("companies", "$5")} as company_found,
  case when $6::uuid[] is not null then array(select g.id from tags g
    where g.workspace_id = $1 and g.id = any ($6) and g.deleted_at is null) end as tags_found,
  {_named("projects", "$7")} as project_found,
  case when $8 then array(select m.id from members m where m.workspace_id = $1
    and m.watches_new_threads and m.role <> 'VIEWER' and m.deleted_at is null) end as watchers
from threads t
left join contacts ct on ct.workspace_id = $1 and ct.id = t.contact_id and ct.deleted_at is null
left join companies co on co.workspace_id = $1 and co.id = t.company_id and co.deleted_at is null
{member_join("ta", "t.assignee_id")}
-- The need that the field `project_id` made.
left join customer_needs fn on $10 and fn.workspace_id = $1 and fn.thread_id = t.id and fn.by_field
left join projects fp on fp.workspace_id = $1 and fp.id = fn.project_id and fp.deleted_at is null
-- The contact that the thread will have, and that contact's company.
left join contacts tc on $9 and tc.workspace_id = $1 and tc.id = coalesce($4, t.contact_id)
  and tc.deleted_at is null
left join companies tcc on tcc.workspace_id = $1 and tcc.id = tc.company_id
  and tcc.deleted_at is null
where {_THIS}"""

DELETE = f"""
with t as (
  update threads set deleted_at = $3, version = version + 1
  where workspace_id = $1 and id = $2 and deleted_at is null returning *),
seen as (select {thread("null::uuid")} as data, t.version, t.id from t {JOINS})
{events.record("$1", "$4", "seen", "seen.data")}"""

# A write to what hangs on a thread is a write to the thread: its version says so.
TOUCH = """
update threads set version = version + 1, updated_at = $3
where workspace_id = $1 and id = $2 and deleted_at is null"""

_INSERTED = [
    "title",
    "text",
    "pain_level",
    "origin",
    "state",
    "snoozed_until",
    "last_snoozed_until",
    "contact_id",
    "company_id",
    "assignee_id",
    "reporter_id",
    "external_ids",
    "created_at",
    "updated_at",
]
INSERT = f"""
insert into threads (workspace_id, id, {", ".join(_INSERTED)})
values ({", ".join(f"${n}" for n in range(1, len(_INSERTED) + 3))})"""

# Records events of a thread as it now is, and answers it as `$3` sees it.
RECORD = f"""
with seen as (
  select {thread("null::uuid")} as data, {thread("$3")} as body, t.version
  from threads t {JOINS} where {_THIS}),
recorded as ({events.record("$1", "$4", "seen", "seen.data")})
select seen.body::text as body, seen.version from seen"""

# The atomic write of an update. It holds no rules: what the thread is to be comes in, and it is
# written only if the version is still the one that was read. Answers null when it is not.
FUNCTIONS = f"""
create or replace function thread_update(
  p_workspace uuid, p_id uuid, p_version bigint, p_now timestamptz, p_events jsonb, p_member uuid,
  p_title text, p_text text, p_pain_level text, p_state text, p_snoozed_until timestamptz,
  p_last_snoozed_until timestamptz, p_last_state_change_at timestamptz, p_is_read boolean,
  p_contact_id uuid, p_company_id uuid, p_assignee_id uuid, p_ai_draft_html text,
  p_ai_draft_sources jsonb, p_ai_draft_generated_at timestamptz,
  p_ai_draft_started_at timestamptz, p_ai_draft_error_at timestamptz,
  p_tag_ids uuid[],             -- null: the tags stay
  p_moves_contact boolean,      -- the contact gets p_company_id as its company
  p_replaces_need boolean,      -- the need of the field gives way to one for p_project_id
  p_project_id uuid, p_need_id uuid
) returns text language plpgsql as $$
declare
  v_created_at timestamptz;
  v_data json;
  v_body json;
  v_contact json;
  v_unlinked json;
  v_linked json;
begin
  update threads t set version = version + 1, updated_at = p_now,
    title = p_title, text = p_text, pain_level = p_pain_level, state = p_state,
    snoozed_until = p_snoozed_until, last_snoozed_until = p_last_snoozed_until,
    last_state_change_at = p_last_state_change_at, is_read = p_is_read,
    contact_id = p_contact_id, company_id = p_company_id, assignee_id = p_assignee_id,
    ai_draft_html = p_ai_draft_html, ai_draft_sources = p_ai_draft_sources,
    ai_draft_generated_at = p_ai_draft_generated_at,
    ai_draft_started_at = p_ai_draft_started_at, ai_draft_error_at = p_ai_draft_error_at
  where workspace_id = p_workspace and id = p_id and version = p_version and deleted_at is null
  returning created_at into v_created_at;
  if not found then return null; end if;
  if p_tag_ids is not null then
    delete from thread_tags tt
    where tt.workspace_id = p_workspace and tt.thread_id = p_id and tt.tag_id <> all (p_tag_ids);
    insert into thread_tags (workspace_id, thread_id, tag_id, thread_created_at)
    select p_workspace, p_id, tag_id, v_created_at from unnest(p_tag_ids) as tag_id
    on conflict do nothing;
  end if;
  if p_replaces_need then {REPLACE_NEED} end if;
  if p_moves_contact then {MOVE_CONTACT} end if;
  select {thread("p_member")} into v_body from threads t {JOINS}
  where t.workspace_id = p_workspace and t.id = p_id;
  v_data := v_body;
  -- A tab is what the caller sees; an event is for everyone.
  if p_member = p_assignee_id and p_state = 'open' then
    select {thread("null::uuid")} into v_data from threads t {JOINS}
    where t.workspace_id = p_workspace and t.id = p_id;
  end if;
  {events.record("p_workspace", "p_events", "(select 1) as once", _DATA)};
  return v_body::text;
end $$;
"""

UPDATE = f"select thread_update({', '.join(f'${n}' for n in range(1, 28))})"

# What a new thread names.
FIND_NAMED = f"""
select {_named("members", "$2", "role")} as assignee_role, {_named("issues", "$5")} as issue_found,
  {_named("companies", "$3")} as company_found, {_named("projects", "$4")} as project_found,
  case when $6 then array(select m.id from members m where m.workspace_id = $1
    and m.watches_new_threads and m.role <> 'VIEWER' and m.deleted_at is null) end as watchers"""

# Those whose time has come.
FIND_DUE = """
select workspace_id, id from threads
where state = 'snoozed' and snoozed_until <= $1 and deleted_at is null
order by snoozed_until limit $2"""

# One of them, if it still is, and nobody else holds it.
LOCK_DUE = """
select version from threads
where workspace_id = $1 and id = $2 and state = 'snoozed' and snoozed_until <= $3
  and deleted_at is null
for update skip locked"""


async def get_thread(con: Connection, by: By, id: UUID, query: ExpandQuery) -> Answer:
    """One thread as the caller sees it, with what is to be expanded. Raises NotFound."""
    wanted = (query.expand or "").split(",")
    flags = ("messages" in wanted, "comments" in wanted)
    row = found(await con.fetchrow(GET, by.workspace_id, id, by.member_id, *flags), noun)
    body = row["body"]
    for name in ("messages", "comments"):
        if row[name] is not None:
            body = f'{body[:-1]}, "{name}" : {row[name]}}}'
    return Answer(body, row["version"])


async def find(  # noqa: PLR0913  # all that a PATCH can name
    con: Connection,
    by: By,
    id: UUID,
    *,
    assignee_id: UUID | None = None,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    tag_ids: list[UUID] | None = None,
    project_id: UUID | None = None,
    watchers: bool = False,
    company_matters: bool = False,
    project_matters: bool = False,
) -> Row:
    """The thread, and what is asked for beside it. Raises NotFound."""
    named = (assignee_id, contact_id, company_id, tag_ids, project_id, watchers)
    args = (by.workspace_id, id, *named, company_matters, project_matters)
    return found(await con.fetchrow(FIND, *args), noun)


async def find_named(con: Connection, by: By, sent: Mapping[str, Any]) -> Row:
    """What the body of a new thread names, null where it is not there."""
    ids = [sought(sent, f"{each}_id") for each in ("assignee", "company", "project", "issue")]
    watchers = bool(sent.get("notify", {}).get("email"))
    return found(await con.fetchrow(FIND_NAMED, by.workspace_id, *ids, watchers), "thread")


async def insert(con: Connection, by: By, id: UUID, thread: Mapping[str, Any]) -> None:
    """Stores a new thread; its reporter is the member who makes it."""
    row = {**thread, "reporter_id": by.member_id}
    await con.execute(INSERT, by.workspace_id, id, *[row[name] for name in _INSERTED])
