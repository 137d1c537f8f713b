"""Every statement on members."""

from dataclasses import replace

from looplane.kit.sqltext import columns, iso, json_object
from looplane.resources import Resource

MEMBER = Resource(
    noun="member",
    table="members",
    alias="m",
    columns=("email", "name", "role"),
    json=columns("m", "id", "email", "name", "image_url", "role")
    | {"joined_at": iso("m.joined_at")},
    # A member is as new to the workspace as the day they joined.
    stored_as={"created_at": "joined_at"},
    events=("created", "updated", "deleted", "restored", "introduced"),
    event_names={
        "created": "membership.joined",
        "updated": "membership.role_changed",
        "deleted": "membership.removed",
        "restored": "membership.restored",
        "introduced": "membership.updated",
    },
    taken="There is already a member with the address {email}.",
)

_LAST_SEEN = (
    "(select max(s.last_used_at) from sessions s"
    " where s.workspace_id = m.workspace_id and s.member_id = m.id)"
)
# $1 workspace
LIST = f"""
select {json_object(dict(MEMBER.json) | {"last_seen_at": iso(_LAST_SEEN)})}::text as body
from members m where m.workspace_id = $1 and m.deleted_at is null
order by m.joined_at, m.id"""

# What members say of themselves.
PROFILE = replace(
    MEMBER,
    columns=("email", "name", "image_url"),
    event_names={**MEMBER.event_names, "updated": MEMBER.event_type("introduced")},
)

# All who are in pickers. $1 workspace.
_OF_TEAM = json_object(columns("m", "id", "name", "email", "image_url", "role"))
LIST_TEAM = f"""
select {_OF_TEAM}::text as body from members m
where m.workspace_id = $1 and m.deleted_at is null
order by lower(coalesce(m.name, m.email)), m.id"""

# What a member's going is decided by: $1 workspace, $2 id.
FIND_WITH_OTHER_ADMIN = MEMBER.find(
    "exists (select from members o where o.workspace_id = m.workspace_id and o.id <> m.id"
    " and o.role = 'ADMIN' and o.deleted_at is null) as has_other_admin"
)

# Held while a member changes or goes: of two at once each would count on the other one. It lets
# everybody through who only makes something in the workspace.
LOCK_TEAM = "select from workspaces where id = $1 for no key update"

FIND_BY_EMAIL = """
select id from members
where workspace_id = $1 and lower(email) = lower($2) and deleted_at is null"""

# The one who was there first.
FIND_ADMIN = """
select id, email from members
where workspace_id = $1 and role = 'ADMIN' and deleted_at is null
order by joined_at, id limit 1"""


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
