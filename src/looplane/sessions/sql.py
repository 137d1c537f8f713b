"""Every statement on sessions."""

from looplane.kit.sqltext import columns, iso, json_object

FIND_BY_HASH = """
select s.workspace_id, s.id, s.member_id, s.expires_at, m.role,
  w.archived_at is not null as is_archived
from sessions s
join workspaces w on w.id = s.workspace_id
join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
where s.hash = $1 and s.ended_at is null and m.deleted_at is null"""

INSERT = """
insert into sessions (workspace_id, id, hash, member_id, agent, address, opened_by, created_at,
  last_used_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)"""

_MEMBER = json_object(columns("m", "id", "email", "name", "image_url", "role"))
_WORKSPACE = json_object(columns("w", "id", "name"))
_CODES_LEFT = """
(select count(*) from recovery_codes r where r.workspace_id = s.workspace_id
  and r.member_id = s.member_id and r.used_at is null)"""
_DEFAULT_TEAM = """
(select tm.id from teams tm where tm.workspace_id = s.workspace_id and tm.is_default
  order by tm.created_at, tm.id limit 1)"""
_SESSION = json_object(
    columns("s", "id")
    | {
        "member": _MEMBER,
        "workspace": _WORKSPACE,
        "default_linear_team_id": _DEFAULT_TEAM,
        "csrf_token": "encode(sha256('csrf:'::bytea || s.hash), 'hex')",
        "has_password": "c.password_hash is not null",
        "has_second_factor": "c.totp_secret is not null",
        "recovery_codes_left": _CODES_LEFT,
        "expires_at": iso("s.expires_at"),
    }
)
# $1 workspace
IS_ARCHIVED = "select archived_at is not null from workspaces where id = $1"
# $1 workspace, $2 id. The token is that of `kit.callers.csrf_token`.
GET = f"""
select {_SESSION}::text as body from sessions s
join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
join workspaces w on w.id = s.workspace_id
left join credentials c on c.workspace_id = s.workspace_id and c.member_id = s.member_id
where s.workspace_id = $1 and s.id = $2"""

_OWN = json_object(
    columns("s", "id", "agent", "address")
    | {"is_current": "s.id = $3"}
    | {name: iso(f"s.{name}") for name in ("created_at", "last_used_at", "expires_at")}
)
# $1 workspace, $2 member, $3 the session that calls, $4 now.
LIST_OWN = f"""
select {_OWN}::text as body from sessions s
where s.workspace_id = $1 and s.member_id = $2 and s.ended_at is null and s.expires_at > $4
order by s.created_at desc, s.id desc"""

# $1 workspace, $2 member, $3 id, $4 now: a session of theirs, which is good until now.
END = """
update sessions set ended_at = $4
where workspace_id = $1 and member_id = $2 and id = $3 and ended_at is null and expires_at > $4
returning hash"""

# $1 workspace, $2 member, $3 the one that stays, $4 now.
END_OTHERS = """
update sessions set ended_at = $4
where workspace_id = $1 and member_id = $2 and id is distinct from $3 and ended_at is null
  and expires_at > $4
returning hash"""

# The session of the same browser before this one: $1 its hash, $2 now.
END_FORMER = "update sessions set ended_at = $2 where hash = $1 and ended_at is null"

# $1 workspace, $2 member, $3 now, $4 how many stay.
END_SURPLUS = """
update sessions set ended_at = $3
where workspace_id = $1 and id in (
  select s.id from sessions s
  where s.workspace_id = $1 and s.member_id = $2 and s.ended_at is null
  order by s.last_used_at desc, s.id desc offset $4)"""

# $1 workspaces, $2 ids, $3 moments, $4 how old a use is that is written anew, $5 how long a session
# is good after one, $6 how long at the most. Rows are taken in one order, so that no two processes
# wait for each other, and a moment that is there already is not moved back.
RECORD_USES = """
with used as (
  select s.workspace_id, s.id, u.moment
  from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as u(workspace_id, id, moment)
  join sessions s on s.workspace_id = u.workspace_id and s.id = u.id
  where s.last_used_at < u.moment - $4::interval and s.ended_at is null
  order by s.workspace_id, s.id
  for no key update of s)
update sessions s set last_used_at = used.moment,
  expires_at = least(used.moment + $5::interval, s.created_at + $6::interval)
from used where s.workspace_id = used.workspace_id and s.id = used.id"""

# $1 a moment: what has ended before it.
DELETE_ENDED = "delete from sessions where least(ended_at, expires_at) < $1"
