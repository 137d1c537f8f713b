"""Every statement on projects and their statuses."""

from uuid import UUID

from looplane import events
from looplane.customer_needs.sql import score_of
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.ids import known_id
from looplane.kit.paging import Where, by_number, fetch_page, whole_page
from looplane.kit.sqltext import like, obj, row, stamps
from looplane.projects.schemas import ProjectQuery

noun = "project"
# `linear_status_id` is the column status_id.
COLUMNS: tuple[str, ...] = (
    *("team_id", "linear_status_id", "name", "description", "icon", "color", "is_visible"),
)
PROJECT = obj(
    row("p", "id", "team_id", "name", "description", "icon", "color")
    | {"state": "ps.type", "linear_status_id": "ps.id"}
    | {"status": obj(row("ps", "id", "name", "type"))}
    | row("p", "is_visible")
    | row("score", "total_score", "thread_count")
    | stamps("p")
)
JOINS = f"""
join project_statuses ps on ps.workspace_id = p.workspace_id and ps.id = p.status_id
cross join lateral {score_of("p", "project_id")} as score"""

_SHOW = f"select {PROJECT}::text as body, p.version"
_SELECT = f"{_SHOW}, p.created_at, p.id, score.total_score from projects p {JOINS}"
_THIS = "p.workspace_id = $1 and p.id = $2 and p.deleted_at is null"

GET = f"{_SELECT} where {_THIS}"

# The status with the id $3, or else the first of the type $4.
PICK = """
select s.id as status_found, s.type as state_found from project_statuses s
where s.workspace_id = $1 and (s.id = $3 or s.type = $4)
order by s.position, s.id limit 1"""

FIND = f"""
{_SHOW}, p.team_id, ps.id as linear_status_id, p.name, p.description, p.icon, p.color,
  p.is_visible, ps.type as state, picked.status_found, picked.state_found
from projects p {JOINS} left join ({PICK}) as picked on true where {_THIS}"""

# What a new project names.
FIND_NAMED = f"""
select (select tm.id from teams tm where tm.workspace_id = $1 and tm.id = $2) as team_found,
  picked.status_found, picked.state_found
from (select 1) as once left join ({PICK}) as picked on true"""

LOCK = """
select version from projects
where workspace_id = $1 and id = $2 and deleted_at is null for update"""

INSERT = f"""
with p as (
  insert into projects (workspace_id, id, created_at, updated_at,
    team_id, status_id, name, description, icon, color, is_visible)
  values ($1, $2, $3, $3, $5, $6, $7, $8, $9, $10, $11) returning *),
recorded as ({events.record("$1", "$4", f"p {JOINS}", PROJECT)})
{_SHOW} from p {JOINS}"""

UPDATE = f"""
with p as (
  update projects set updated_at = $4, version = version + 1, team_id = $6, status_id = $7,
    name = $8, description = $9, icon = $10, color = $11, is_visible = $12
  where workspace_id = $1 and id = $2 and version = $3 and deleted_at is null returning *),
recorded as ({events.record("$1", "$5", f"p {JOINS}", PROJECT)})
{_SHOW} from p {JOINS}"""

DELETE = f"""
with p as (
  update projects set deleted_at = $3, version = version + 1
  where workspace_id = $1 and id = $2 and deleted_at is null returning *)
{events.record("$1", "$4", f"p {JOINS}", PROJECT)}"""

STATUSES = f"""
select {obj(row("s", "id", "name", "type", "color", "position"))}::text as body
from project_statuses s where s.workspace_id = $1 order by s.position, s.id"""


async def find_named(
    con: Connection, by: By, team_id: UUID | None, status_id: UUID | None, state: object
) -> Row:
    """The team and the status that a new project names, null where they are not there."""
    row = await con.fetchrow(FIND_NAMED, by.workspace_id, team_id, status_id, state)
    return found(row, noun)


async def list_statuses(con: Connection, by: By) -> Answer:
    """All statuses that a project can have, in their order."""
    rows = await con.fetch(STATUSES, by.workspace_id)
    return Answer(whole_page([row["body"] for row in rows]))


async def list_projects(con: Connection, by: By, query: ProjectQuery) -> Answer:
    """A page of projects."""
    where = Where(by.workspace_id, "p")
    where.add_dates(query)
    if query.state is not None:
        where.add("ps.type = {}", query.state)
    if query.name_contains is not None:
        where.add("p.name ilike {}", like(query.name_contains))
    if query.linear_team_id is not None:
        where.add("p.team_id = {}", known_id(query.linear_team_id))
    sort = by_number("score.total_score") if query.sort == "total_score" else None
    return Answer(await fetch_page(con, _SELECT, where, query, sort))
