"""Every statement on portals and on what they show."""

from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import fetch_whole_page
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, iso, json_object, timestamps
from looplane.portal.schemas import MAX_DESCRIPTION, CustomerPortalQuery, RoadmapQuery
from looplane.resources import Resource
from looplane.translations import DEFAULT_LANGUAGE

PORTAL_INSTANCE = Resource(
    noun="portal instance",
    table="portal_instances",
    alias="pi",
    columns=("name", "slug", "language"),
    json=columns("pi", "id", "name", "slug", "language") | timestamps("pi"),
    taken="There is already a portal with the slug {slug}.",
)
LIST_INSTANCES = f"""
select {PORTAL_INSTANCE.body}::text as body from portal_instances pi
where pi.workspace_id = $1 and pi.deleted_at is null
order by pi.created_at desc, pi.id desc"""

# $1 workspace, $2 the address of the contact for whom it is shown, or null.
_ASKED = """
asked as materialized (
  select n.project_id, n.issue_id from contacts ct
  join threads t on t.workspace_id = ct.workspace_id and t.contact_id = ct.id
    and t.deleted_at is null
  join customer_needs n on n.workspace_id = t.workspace_id and n.thread_id = t.id
  where ct.workspace_id = $1 and lower(ct.email) = lower($2) and ct.deleted_at is null)"""


def _is_requested(alias: str, noun: str) -> str:
    asked = f"{alias}.id in (select {noun}_id from asked where {noun}_id is not null)"
    return f"case when $2::text is not null then {asked} end"


def _description(alias: str) -> str:
    return f"left({alias}.description, {MAX_DESCRIPTION})"


_ISSUE = json_object(
    columns("i", "id", "title")
    | {"description": _description("i"), "state": json_object(columns("st", "id", "name", "type"))}
    | {"thread_count": "i.thread_count", "is_requested": _is_requested("i", "issue")}
    | timestamps("i")
)


def _issues(condition: str, limit: int) -> str:
    """SQL for a JSON list of visible issues `i`, the greatest score first."""
    return f"""
(select coalesce(json_agg({_ISSUE} order by i.total_score desc, i.id desc), '[]'::json)
 from (select i.* from issues i
   where i.workspace_id = $1 and i.deleted_at is null and i.is_visible and {condition}
     and i.state_id in (select s.id from workflow_states s
       where s.workspace_id = $1 and s.type <> 'canceled')
   order by i.total_score desc, i.id desc limit {limit}) i
 join workflow_states st on st.workspace_id = i.workspace_id and st.id = i.state_id)"""


_PROJECT = json_object(
    columns("p", "id", "name")
    | {"description": _description("p")}
    | columns("p", "icon", "color")
    | {"state": "ps.type", "thread_count": "p.thread_count"}
    | {"is_requested": _is_requested("p", "project")}
    | {"issues": _issues("i.project_id = p.id", 50)}
    | timestamps("p")
)


def _projects(condition: str, limit: int) -> str:
    """SQL for a JSON list of visible projects `p`, the greatest score first."""
    return f"""
(select coalesce(json_agg({_PROJECT} order by p.total_score desc, p.id desc), '[]'::json)
 from (select p.* from projects p
   where p.workspace_id = $1 and p.deleted_at is null and p.is_visible and {condition}
     and p.status_id in (select s.id from project_statuses s
       where s.workspace_id = $1 and s.type <> 'canceled')
   order by p.total_score desc, p.id desc limit {limit}) p
 join project_statuses ps on ps.workspace_id = p.workspace_id and ps.id = p.status_id)"""


_STATUS = json_object(
    columns("rs", "id", "name", "type", "color")
    | {"projects": _projects("p.status_id = rs.id", 100)}
)
_STATUSES = f"""
(select coalesce(json_agg({_STATUS} order by rs.position, rs.id), '[]'::json)
 from project_statuses rs where rs.workspace_id = $1 and rs.type <> 'canceled')"""
# Of a project that the public does not see, it sees what is visible of it all the same.
_ALONE = """
not exists (select from projects ap where ap.workspace_id = $1 and ap.id = i.project_id
  and ap.deleted_at is null and ap.is_visible)"""
_ROADMAP = json_object(
    {"language": f"'{DEFAULT_LANGUAGE}'", "statuses": _STATUSES, "issues": _issues(_ALONE, 100)}
)
ROADMAP = f"with {_ASKED} select {_ROADMAP}::text as body"

# Enough of a text for its first words, whatever tags are in it; a tag that is cut off is none.
_PREVIEW = "left(html_to_text(regexp_replace(left(t.text, 4000), '<[^>]*$', '')), 300)"
_THREAD = json_object(
    columns("t", "id", "title")
    | {"preview": _PREVIEW, "status": "t.status"}
    | {name: iso(f"t.{name}") for name in ("last_inbound_message_at", "last_outbound_message_at")}
    | timestamps("t")
)
_MAX_THREADS = 100
_THREADS = f"""
(select coalesce(json_agg({_THREAD} order by t.created_at desc, t.id desc), '[]'::json)
 from (select t.* from threads t where t.workspace_id = $1 and t.contact_id = ct.id
   and t.deleted_at is null order by t.created_at desc, t.id desc limit {_MAX_THREADS}) t)"""
_HAS_MORE_THREADS = f"""
exists (select from threads t where t.workspace_id = $1 and t.contact_id = ct.id
  and t.deleted_at is null order by t.created_at desc, t.id desc offset {_MAX_THREADS})"""
_CUSTOMER = json_object(
    {"contact": json_object(columns("ct", "id", "email", "name", "image_url", "is_subscribed"))}
    | {
        "company": "case when cc.id is not null then"
        f" {json_object(columns('cc', 'id', 'name', 'logo_url'))} end"
    }
    | {"threads": _THREADS, "has_more_threads": _HAS_MORE_THREADS}
    | {"projects": _projects("p.id in (select project_id from asked)", 100)}
    | {"issues": _issues("i.id in (select issue_id from asked)", 100)}
)
CUSTOMER = f"""
with {_ASKED}
select {_CUSTOMER}::text as body from contacts ct
left join companies cc on cc.workspace_id = ct.workspace_id and cc.id = ct.company_id
  and cc.deleted_at is null
where ct.workspace_id = $1 and lower(ct.email) = lower($2) and ct.deleted_at is null"""


async def list_instances(con: Connection, context: Context) -> Answer:
    """All of them, the newest first."""
    return Answer(await fetch_whole_page(con, LIST_INSTANCES, context.workspace_id))


async def get_roadmap(con: Connection, context: Context, query: RoadmapQuery) -> Answer:
    """What the public sees of projects and issues."""
    body = await con.fetchval(ROADMAP, context.workspace_id, query.contact_email)
    return Answer(body)


async def get_customer_portal(
    con: Connection, context: Context, query: CustomerPortalQuery
) -> Answer:
    """What the contact with an address sees. Raises NotFound."""
    body = await con.fetchval(CUSTOMER, context.workspace_id, query.email)
    return Answer(or_404(body, "contact"))
