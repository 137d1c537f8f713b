"""How a change of a thread is decided and written: one look, and one atomic call."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from looplane import events
from looplane.contacts.sql import CONTACT
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.functions import StoredFunction
from looplane.kit.references import reference_id, reference_ids
from looplane.kit.responses import or_404
from looplane.notices import sql as notices
from looplane.threads.children.sql import NEED
from looplane.threads.rules import TAG_FIELDS, TEXTS
from looplane.threads.sql import JOINS, THREAD, WATCHERS, existing, tab

# What a thread is now: all that a change of its own fields needs to know.
FIND_THREAD = THREAD.find()

# What there is of what a change names: of the members $3, of the contacts $4, the companies $5, the
# tags $6, the projects $7.
_TAGS_FOUND = """case when $6::uuid[] is not null then array(select g.id from tags g
    where g.workspace_id = $1 and g.id = any ($6) and g.deleted_at is null) end as tags_found"""
_FOUND = f"""{existing("members", "$3", "role")} as assignee_role,
  {existing("companies", "$5")} as company_found, {_TAGS_FOUND},
  {existing("projects", "$7")} as project_found"""
# What a change of links needs to know of a thread beside its columns.
_LINKED = f"""array(select tt.tag_id from thread_tags tt
    where tt.workspace_id = $1 and tt.thread_id = t.id
      -- Each by its own key: joined, all tags of a small workspace would be read to find them.
      and (select g.deleted_at is null from tags g
        where g.workspace_id = $1 and g.id = tt.tag_id)) as tag_ids,
  fn.id as need_id,
  -- As above.
  (select fp.id from projects fp where fp.workspace_id = $1 and fp.id = fn.project_id
    and fp.deleted_at is null) as project_id,
  array(select n.project_id from customer_needs n
    where n.workspace_id = $1 and n.thread_id = t.id and not n.is_of_project_field
      and n.project_id is not null) as linked_project_ids,
  tc.id as contact_found, tcc.id as contact_company_id, {_FOUND},
  ct.id as present_contact_id, co.id as present_company_id, ta.id as present_assignee_id,
  {WATCHERS} as watchers"""
_LINK_JOINS = """
-- The need that the field `project_id` made.
left join customer_needs fn on fn.workspace_id = $1 and fn.thread_id = t.id
  and fn.is_of_project_field
-- The contact that the thread will have, and that contact's company.
left join contacts tc on tc.workspace_id = $1 and tc.id = coalesce($4, t.contact_id)
  and tc.deleted_at is null
left join companies tcc on tcc.workspace_id = $1 and tcc.id = tc.company_id
  and tcc.deleted_at is null"""
FIND_WITH_LINKS = THREAD.find(_LINKED, _LINK_JOINS)

# The same of many threads at once. They may have very much text, so it is read where a change is
# about it, and otherwise stands as none before and after.
_WITH_TEXT = replace(
    THREAD, reads_as={name: f"case when {{with_text}} then t.{name} end" for name in TEXTS}
)


def _many(with_text: str, more: str = "", joined: str = "") -> str:
    return _WITH_TEXT.find(more, joined, many=True).replace("{with_text}", with_text)


FIND_MANY = _many("$3")
FIND_MANY_WITH_LINKS = _many("$8", _LINKED, _LINK_JOINS)

# What there is of what a change of many threads names; $2 is no thread here.
FIND_REFERENCES = f"""select {_FOUND}, {existing("contacts", "$4")} as contact_found
where $2::uuid is null"""
# The fields of a change that are links, or look at one.
_LINKS = {"assignee_id", "contact_id", "company_id", "project_id", *TAG_FIELDS}

_IN_WRITE = f"with w as materialized ({events.WRITE.format('p_write')})"
_SET = ", ".join(THREAD.columns)
_CONTACT_EVENTS = events.insert(
    f"""(select ct.* from contacts ct where ct.workspace_id = p_workspace
      and ct.id = v_contact) ct {CONTACT.joins}""",
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
  p_links jsonb,      -- those that change: tag_ids; contact, its company, the place of its event
                      -- among those of p_write; need, its project
  p_write jsonb,      -- who writes, when, and the events
  p_member uuid       -- who sees the answer
) returns table (body text, tab text) language plpgsql as $$
#variable_conflict use_column
declare
  v_created_at timestamptz;
  v_contact uuid;
  v_company uuid;
  v_company_before uuid;
  v_contact_moment timestamptz;
  v_body json;
  v_tab text;
begin
  if p_links ? 'need' then
    -- All whose scores may change, in the order in which scores are changed.
    perform from threads
    where workspace_id = p_workspace and id = p_id and version = p_version and deleted_at is null
    for no key update;
    if not found then return; end if;
    perform from projects where workspace_id = p_workspace and id in (
      select project_id from customer_needs where workspace_id = p_workspace and thread_id = p_id
      union all select (p_links->'need'->>'project_id')::uuid)
    order by id for no key update;
  end if;
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
    v_contact := (p_links->'contact'->>'id')::uuid;
    v_company := (p_links->'contact'->>'company_id')::uuid;
    -- Other threads and the contact itself change it too, so it is held, and the event tells of
    -- what is there now. One that was deleted meanwhile stays as it is.
    perform from contacts ct
    where ct.workspace_id = p_workspace and ct.id = v_contact and ct.deleted_at is null for update;
    if found then
      select cc.id into v_company_before from contacts ct {CONTACT.joins}
      where ct.workspace_id = p_workspace and ct.id = v_contact;
      if v_company_before is distinct from v_company then
        update contacts ct set version = ct.version + 1, company_id = v_company,
          updated_at = greatest((p_write->>'created_at')::timestamptz,
            ct.updated_at + interval '1 millisecond')
        where ct.workspace_id = p_workspace and ct.id = v_contact
        returning ct.updated_at into v_contact_moment;
        p_write := jsonb_set(p_write, array['events', p_links->'contact'->>'event', 'before'],
          jsonb_build_object('company_id', v_company_before));
        {_IN_WRITE}
        {_CONTACT_EVENTS};
      end if;
    end if;
  end if;
  select {THREAD.body}, {tab("p_member")} into v_body, v_tab from threads t {JOINS}
  where t.workspace_id = p_workspace and t.id = p_id;
  {_IN_WRITE}
  {events.insert("(select 1) once", "v_body", "p_id", "p_version + 1", "p_workspace")};
  return query select v_body::text, v_tab;
end $$""",
)
UPDATE = f"select body, tab from {UPDATE_FUNCTION.name}($1, $2, $3, $4, $5, $6, $7)"
# The same, with the notices $8 that it asks for, and the deliveries $9 that take them.
UPDATE_AND_TELL = f"""
with u as materialized ({UPDATE}), {notices.insert("u,", "$8", "$9").lstrip()}
select u.body, u.tab, (select coalesce(jsonb_agg(d order by d.id), '[]') from d) as planned
from u"""


async def find(con: Connection, context: Context, id: UUID, sent: Mapping[str, Any]) -> Row:
    """The thread, and what there is of what a change names. Raises NotFound."""
    key = (context.workspace_id, id)
    if not looks_at_links(sent):
        return or_404(await con.fetchrow(FIND_THREAD, *key), THREAD.noun)
    return or_404(await con.fetchrow(FIND_WITH_LINKS, *key, *_named(sent)), THREAD.noun)


async def find_many(
    con: Connection, context: Context, ids: Sequence[UUID], sent: Mapping[str, Any]
) -> dict[UUID, Row]:
    """What `find` finds of each of these threads that is there, in one look and in their order."""
    key, with_text = (context.workspace_id, ids), bool(sent.keys() & {*TEXTS})
    if looks_at_links(sent):
        rows = await con.fetch(FIND_MANY_WITH_LINKS, *key, *_named(sent), with_text)
    else:
        rows = await con.fetch(FIND_MANY, *key, with_text)
    found = {row["id"]: row for row in rows}
    return {id: found[id] for id in ids if id in found}


async def find_references(con: Connection, context: Context, sent: Mapping[str, Any]) -> Row:
    """What there is of what a change names, whichever thread it is of."""
    row = await con.fetchrow(FIND_REFERENCES, context.workspace_id, None, *_named(sent))
    assert row is not None, "a select without a table answers one row"
    return row


def _named(sent: Mapping[str, Any]) -> list[object]:
    """The ids that a change names, as the statements take them."""
    ids = [reference_id(sent, field) for field in ("assignee_id", "contact_id", "company_id")]
    tag_ids = [id for name in ("tag_ids", "add_tag_ids") for id in reference_ids(sent, name)]
    return [*ids, tag_ids, reference_id(sent, "project_id")]


def looks_at_links(sent: Mapping[str, Any]) -> bool:
    """Whether a change is about links, or tells those whom they lead to."""
    return bool(sent.keys() & _LINKS or (sent.get("notify") or {}).get("email"))


def as_seen(row: Row) -> str:
    """The JSON of a thread that was put together for everyone, with the tab of the caller."""
    body: str = row["body"]
    # Inside of JSON text quotes are escaped: only a key looks like this, and ours comes first.
    return re.sub('"tab" : "[a-z-]+"', f'"tab" : "{row["tab"]}"', body, count=1)
