"""Every statement on projects and their statuses."""

from dataclasses import replace
from uuid import UUID

from looplane.filters import Filter, contains_by_index, refers_to
from looplane.foreign_keys import ForeignKey
from looplane.kit.context import Context
from looplane.kit.cursors import NUMBER
from looplane.kit.database import Connection, Row
from looplane.kit.paging import fetch_whole_page
from looplane.kit.responses import Answer
from looplane.kit.sqltext import columns, json_object, timestamps
from looplane.resources import Resource
from looplane.scores.sql import threads_of

PROJECT = Resource(
    noun="project",
    table="projects",
    alias="p",
    columns=(
        "team_id",
        "linear_status_id",
        "name",
        "description",
        "icon",
        "color",
        "is_visible",
    ),
    json=columns("p", "id", "team_id", "name", "description", "icon", "color")
    | {"state": "ps.type", "linear_status_id": "ps.id"}
    | {"status": json_object(columns("ps", "id", "name", "type"))}
    | columns("p", "is_visible", "total_score", "thread_count")
    | timestamps("p"),
    joins="""
join project_statuses ps on ps.workspace_id = p.workspace_id and ps.id = p.status_id""",
    events=("created", "updated", "completed", "canceled", "deleted", "restored"),
    stored_as={"linear_status_id": "status_id"},
    references={"team_id": ForeignKey("team", "teams", is_soft_deleted=False)},
    filters={
        "state": Filter(
            "p.status_id in (select s.id from project_statuses s"
            " where s.workspace_id = p.workspace_id and s.type = {0})"
        ),
        "name_contains": contains_by_index("p.name_key"),
        "linear_team_id": refers_to("p.team_id"),
    },
    size="coalesce(octet_length(p.description), 0)",
)
BY_SCORE = replace(PROJECT.listing, key="p.total_score", key_type=NUMBER)

# The status with the id $3, or else the first of the type $4.
_CHOSEN = """
select s.id as chosen_id, s.type as chosen_state from project_statuses s
where s.workspace_id = $1 and (s.id = $3 or s.type = $4)
order by s.position, s.id limit 1"""

FIND_WITH_CHOSEN_STATUS = PROJECT.find(
    "ps.type as state, chosen.chosen_id, chosen.chosen_state,"
    " case when chosen.chosen_state in ('completed', 'canceled') and chosen.chosen_state <> ps.type"
    f" then {threads_of(PROJECT)} end as thread_ids",
    f"left join ({_CHOSEN}) as chosen on true",
)

# The same for a project that is not there yet; $2 is its id elsewhere, and null here.
FIND_STATUS = f"""
select chosen.chosen_id, chosen.chosen_state
from (select $2::uuid) as nothing left join ({_CHOSEN}) as chosen on true"""

STATUSES = f"""
select {json_object(columns("s", "id", "name", "type", "color", "position"))}::text as body
from project_statuses s where s.workspace_id = $1 order by s.position, s.id"""


async def find_status(
    con: Connection, context: Context, status_id: UUID | None, state: object
) -> Row:
    """The status that a new project names, null where it is not there."""
    args = (context.workspace_id, None, status_id, state)
    row = await con.fetchrow(FIND_STATUS, *args)
    assert row is not None, "an outer join to one row answers one"
    return row


async def list_statuses(con: Connection, context: Context) -> Answer:
    """All statuses that a project can have, in their order."""
    return Answer(await fetch_whole_page(con, STATUSES, context.workspace_id))
