"""Every statement on sessions and on links that sign in."""

from looplane.kit.sqltext import columns, iso, json_object

FIND_BY_HASH = """
select s.workspace_id, s.id, s.member_id, s.expires_at, m.role
from sessions s
join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
where s.hash = $1 and s.ended_at is null and m.deleted_at is null"""

INSERT = """
insert into sessions
  (workspace_id, id, hash, member_id, agent, address, created_at, last_used_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $7, $8)"""

_MEMBER = json_object(columns("m", "id", "email", "name", "image_url", "role"))
_WORKSPACE = json_object(columns("w", "id", "name"))
_SESSION = json_object(
    columns("s", "id")
    | {
        "member": _MEMBER,
        "workspace": _WORKSPACE,
        "csrf_token": "encode(sha256('csrf:'::bytea || s.hash), 'hex')",
        "expires_at": iso("s.expires_at"),
    }
)
# $1 workspace, $2 id. The token is that of `kit.callers.csrf_token`.
GET = f"""
select {_SESSION}::text as body from sessions s
join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
join workspaces w on w.id = s.workspace_id
where s.workspace_id = $1 and s.id = $2"""

END = """
update sessions set ended_at = $3 where workspace_id = $1 and id = $2 and ended_at is null"""

INSERT_LINK = """
insert into sign_in_links (workspace_id, hash, member_id, purpose, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6)"""

# Held, so that of two who open it at once one is too late.
HOLD_LINK = """
select l.workspace_id, l.member_id, l.purpose, l.expires_at, l.used_at
from sign_in_links l
join members m on m.workspace_id = l.workspace_id and m.id = l.member_id
where l.hash = $1 and m.deleted_at is null
for update of l"""

# Nobody, once anybody has signed in.
FIND_FIRST_ADMIN = """
select m.workspace_id, m.id from members m join workspaces w on w.id = m.workspace_id
where m.role = 'ADMIN' and m.deleted_at is null and not exists (select from sessions)
order by w.created_at, m.joined_at, m.id limit 1"""

USE_LINK = "update sign_in_links set used_at = $3 where workspace_id = $1 and hash = $2"
