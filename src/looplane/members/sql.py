"""Every statement on members."""

from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.paging import Conditions, Listing
from looplane.kit.responses import Answer
from looplane.kit.sqltext import columns, iso, json_object
from looplane.members.schemas import MemberQuery

MEMBER = json_object(
    columns("m", "id", "email", "name", "image_url", "role") | {"joined_at": iso("m.joined_at")}
)
# A member is as new to the workspace as the day they joined: lists go by that.
LISTING = Listing("m", "members m", MEMBER, key="m.joined_at")

FIND_BY_EMAIL = """
select id from members
where workspace_id = $1 and lower(email) = lower($2) and deleted_at is null"""

# The one who was there first.
FIND_ADMIN = """
select id, email from members
where workspace_id = $1 and role = 'ADMIN' and deleted_at is null
order by joined_at, id limit 1"""

INSERT = """
insert into members (workspace_id, id, email, name, role, joined_at)
values ($1, $2, $3, $4, $5, $6)"""


def member_ref(alias: str) -> str:
    """SQL for a member as other things show one; null where `alias` has no row."""
    ref = json_object(columns(alias, "id", "name", "email", "image_url"))
    return f"case when {alias}.id is not null then {ref} end"


def member_join(alias: str, column: str) -> str:
    """SQL that joins the member in `column` (`t.assignee_id`), if still one of the team."""
    table = column.partition(".")[0]
    return (
        f"left join members {alias} on {alias}.workspace_id = {table}.workspace_id"
        f" and {alias}.id = {column} and {alias}.deleted_at is null"
    )


async def list_members(con: Connection, context: Context, query: MemberQuery) -> Answer:
    """A page of members, those who joined last first."""
    conditions = Conditions("m", context.workspace_id)
    return Answer(await LISTING.fetch(con, conditions, query))
