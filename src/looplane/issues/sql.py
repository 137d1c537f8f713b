"""Every statement on issues and workflow states."""

from collections.abc import Mapping
from dataclasses import replace

from looplane.filters import Filter, contains_by_index, refers_to
from looplane.foreign_keys import ForeignKey
from looplane.issues.schemas import WorkflowStateQuery
from looplane.kit.context import Context
from looplane.kit.cursors import NUMBER
from looplane.kit.database import Connection, Row
from looplane.kit.ids import parse_id
from looplane.kit.paging import fetch_whole_page
from looplane.kit.references import reference_id
from looplane.kit.responses import Answer
from looplane.kit.sqltext import columns, json_object, timestamps
from looplane.members.sql import member_join
from looplane.resources import Resource
from looplane.scores.sql import threads_of

_STATE = json_object(columns("st", "id", "name", "type"))
ISSUE = Resource(
    noun="issue",
    table="issues",
    alias="i",
    columns=(
        "team_id",
        "state_id",
        "project_id",
        "assignee_id",
        "title",
        "description",
        "priority",
        "label_ids",
        "is_visible",
    ),
    json=columns("i", "id", "team_id", "title", "description", "priority", "state_id")
    | {"state": _STATE, "status": _STATE, "project_id": "ip.id", "assignee_id": "ia.id"}
    | columns("i", "label_ids", "is_visible", "total_score", "thread_count")
    | timestamps("i"),
    joins=f"""
join workflow_states st on st.workspace_id = i.workspace_id and st.id = i.state_id
left join projects ip on ip.workspace_id = i.workspace_id and ip.id = i.project_id
  and ip.deleted_at is null
{member_join("ia", "i.assignee_id")}""",
    # An issue stays when its project is deleted, and when its assignee leaves the team.
    reads_as={"project_id": "ip.id", "assignee_id": "ia.id"},
    events=("created", "updated", "completed", "canceled", "deleted", "restored"),
    references={
        "team_id": ForeignKey("team", "teams", is_soft_deleted=False),
        "project_id": ForeignKey("project", "projects"),
        "assignee_id": ForeignKey("member", "members"),
    },
    filters={
        "project_id": refers_to("i.project_id", "projects"),
        "status": Filter(
            "i.state_id in (select s.id from workflow_states s"
            " where s.workspace_id = i.workspace_id and (s.type = lower({0})"
            " or fold_name(s.name) = fold_name({0}) or s.id::text = lower({0})))"
        ),
        "name_contains": contains_by_index("i.title_key"),
        "linear_team_id": refers_to("i.team_id"),
    },
    size="coalesce(octet_length(i.description), 0) + octet_length(i.label_ids::text)",
)
BY_SCORE = replace(ISSUE.listing, key="i.total_score", key_type=NUMBER)

FIND_WITH_CHOSEN_STATE = ISSUE.find(
    "st.type as state_type, chosen.id as chosen_id, chosen.type as chosen_type,"
    " chosen.team_id as chosen_team_id,"
    " case when chosen.type in ('completed', 'canceled') and chosen.type <> st.type"
    f" then {threads_of(ISSUE)} end as thread_ids",
    "left join workflow_states chosen on chosen.workspace_id = i.workspace_id and chosen.id = $3",
)

# The same for an issue that is not there yet, with the team $3 where there is one.
FIND_STATE = """
select team.id as team_id, chosen.id as chosen_id, chosen.type as chosen_type,
  chosen.team_id as chosen_team_id
from (select) as nothing
left join teams team on team.workspace_id = $1 and team.id = $3
left join workflow_states chosen on chosen.workspace_id = $1 and chosen.id = $2"""

_LISTED = json_object(columns("s", "id", "team_id", "name", "type", "color", "position"))
WORKFLOW_STATES = f"""
select {_LISTED}::text as body
from workflow_states s where s.workspace_id = $1 and s.team_id = $2 order by s.position, s.id"""


async def find_state(con: Connection, context: Context, sent: Mapping[str, object]) -> Row:
    """The state and the team that a new issue names, null where they are not there."""
    ids = [reference_id(sent, name) for name in ("state_id", "team_id")]
    row = await con.fetchrow(FIND_STATE, context.workspace_id, *ids)
    assert row is not None, "an outer join to one row answers one"
    return row


async def list_workflow_states(
    con: Connection, context: Context, query: WorkflowStateQuery
) -> Answer:
    """All states that an issue of a team can have, in their order; none of a team unknown here."""
    args = (context.workspace_id, parse_id(query.team_id))
    return Answer(await fetch_whole_page(con, WORKFLOW_STATES, *args))
