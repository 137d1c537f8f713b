"""Every statement on who signs in."""

# As many workspaces are tried by one request, each of which costs a hash.
_MAX_TRIED = 5

# The members with an address: in the workspace that is named, or in all, the one last used first.
# $1 address, $2 a workspace or null.
FIND_MEMBERS = f"""
select m.workspace_id, w.name as workspace_name, w.archived_at is not null as is_archived,
  m.id as member_id, c.password_hash
from members m
join workspaces w on w.id = m.workspace_id
left join credentials c on c.workspace_id = m.workspace_id and c.member_id = m.id
where lower(m.email) = lower($1) and m.deleted_at is null
  and ($2::uuid is null or m.workspace_id = $2)
order by c.password_hash is null, w.archived_at is not null,
  (select max(s.last_used_at) from sessions s
  where s.workspace_id = m.workspace_id and s.member_id = m.id) desc nulls last, m.joined_at, m.id
limit {_MAX_TRIED}"""

# The same member again, if nothing has changed meanwhile; held. $3 the hash that was looked at.
HOLD_SAME = """
select m.id from members m
join credentials c on c.workspace_id = m.workspace_id and c.member_id = m.id
where m.workspace_id = $1 and m.id = $2 and m.deleted_at is null and c.password_hash = $3
for update of c"""
