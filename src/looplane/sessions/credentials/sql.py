"""Every statement on passwords."""

# Of who calls: $1 workspace, $2 session.
FIND_OWN = """
select m.email, c.password_hash, s.opened_by, s.created_at
from sessions s
join members m on m.workspace_id = s.workspace_id and m.id = s.member_id
left join credentials c on c.workspace_id = s.workspace_id and c.member_id = s.member_id
where s.workspace_id = $1 and s.id = $2"""

# $1 workspace, $2 member, $3 hash, $4 now. With $5, the hash that was looked at, no row where
# another one was set meanwhile.
_PUT = """
insert into credentials as c (workspace_id, member_id, password_hash, created_at, updated_at)
values ($1, $2, $3, $4, $4)
on conflict (workspace_id, member_id) do update set password_hash = $3, updated_at = $4"""
PUT = _PUT
PUT_IN_PLACE = f"{_PUT} where c.password_hash is not distinct from $5 returning member_id"
