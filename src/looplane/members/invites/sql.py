"""Every statement on invites and their tokens."""

from looplane.kit.sqltext import columns, iso, timestamps
from looplane.members.sql import member_join
from looplane.resources import Resource

INVITE = Resource(
    noun="invite",
    table="invites",
    alias="i",
    columns=("email", "name", "role", "state", "invited_by_id", "expires_at"),
    json=columns("i", "id", "email", "name", "role", "state")
    | {"invited_by_id": "b.id", "expires_at": iso("i.expires_at")}
    | timestamps("i"),
    joins=member_join("b", "i.invited_by_id"),
    events=("created", "accepted", "deleted"),
    event_names={"created": "membership.invited"},
    taken="{email} has an invite already: take that one back to send another.",
)

# $1 workspace, $2 address: the invite that still waits for an answer, held.
HOLD_PENDING = """
select id, expires_at, updated_at from invites
where workspace_id = $1 and lower(email) = lower($2) and state = 'PENDING' and deleted_at is null
for update"""

FIND_OPENED = """
select i.workspace_id, i.id, i.email, i.name, i.role, i.state, i.expires_at, i.version,
  i.updated_at, w.archived_at is not null as is_archived
from invite_tokens t
join invites i on i.workspace_id = t.workspace_id and i.id = t.invite_id
join workspaces w on w.id = t.workspace_id
where t.hash = $1 and i.deleted_at is null"""
HOLD_OPENED = f"{FIND_OPENED} for update of i"

HOLD = """
select state, expires_at from invites
where workspace_id = $1 and id = $2 and deleted_at is null for update"""

INSERT_OPENING = """
insert into invite_tokens (workspace_id, hash, invite_id, created_at) values ($1, $2, $3, $4)"""
