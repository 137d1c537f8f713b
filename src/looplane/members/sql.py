"""Every statement on members."""

from looplane.kit.answers import Answer
from looplane.kit.auth import By
from looplane.kit.db import Connection
from looplane.kit.paging import Where, fetch_page
from looplane.kit.sqltext import iso, obj, row
from looplane.members.schemas import MemberQuery

MEMBER = obj(
    row("m", "id", "email", "name", "image_url", "role") | {"joined_at": iso("m.joined_at")}
)

# A member is as new to the workspace as the day they joined: lists go by that.
_SELECT = f"""
select {MEMBER}::text as body, m.created_at, m.id
from (select *, joined_at as created_at from members) m"""

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
    ref = obj(row(alias, "id", "name", "email", "image_url"))
    return f"case when {alias}.id is not null then {ref} end"


def member_join(alias: str, of: str) -> str:
    """SQL that joins the member in the column `of` (`t.assignee_id`), if still one of the team."""
    table = of.partition(".")[0]
    return (
        f"left join members {alias} on {alias}.workspace_id = {table}.workspace_id"
        f" and {alias}.id = {of} and {alias}.deleted_at is null"
    )


async def list_members(con: Connection, by: By, query: MemberQuery) -> Answer:
    """A page of members, those who joined last first."""
    return Answer(await fetch_page(con, _SELECT, Where(by.workspace_id, "m"), query))
