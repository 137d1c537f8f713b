"""Every statement on links that sign in."""

# No row for a member who is gone.
INSERT = """
insert into sign_in_links (workspace_id, hash, member_id, purpose, created_at, expires_at)
select m.workspace_id, $2, m.id, $4, $5, $6 from members m
where m.workspace_id = $1 and m.id = $3 and m.deleted_at is null
returning hash"""

# What a token opens: $1 its hash, $2 now.
FIND = """
select l.workspace_id, l.member_id, l.purpose, m.email, m.name, m.role, w.name as workspace_name,
  w.archived_at is not null as is_archived,
  coalesce(c.totp_secret is not null, false) as has_second_factor
from sign_in_links l
join members m on m.workspace_id = l.workspace_id and m.id = l.member_id
join workspaces w on w.id = l.workspace_id
left join credentials c on c.workspace_id = l.workspace_id and c.member_id = l.member_id
where l.hash = $1 and l.used_at is null and l.expires_at > $2 and m.deleted_at is null"""

# Of two who open it at once one is too late.
USE = """
update sign_in_links l set used_at = $2
from members m
where l.hash = $1 and l.used_at is null and l.expires_at > $2
  and m.workspace_id = l.workspace_id and m.id = l.member_id and m.deleted_at is null
returning l.workspace_id, l.member_id, l.purpose"""

# Nobody, once anybody has a password.
FIND_FIRST_ADMIN = """
select m.workspace_id, m.id from members m join workspaces w on w.id = m.workspace_id
where m.role = 'ADMIN' and m.deleted_at is null and w.archived_at is null
  and not exists (select from credentials where password_hash is not null)
order by w.created_at, m.joined_at, m.id limit 1"""

END_FIRST_RUN = """
update sign_in_links set used_at = $1 where purpose = 'first_run' and used_at is null"""

# As many links are mailed for one request.
_MAX_MAILED = 5

# The members with an address: $1 address, $2 a workspace or null. Each gets a link of their own:
# an address is not proved where an invite is accepted, and none keeps the others from theirs.
FIND_MEMBERS = f"""
select m.workspace_id, m.id, m.email from members m
join workspaces w on w.id = m.workspace_id and w.archived_at is null
where lower(m.email) = lower($1) and m.deleted_at is null
  and ($2::uuid is null or m.workspace_id = $2)
order by (select max(s.last_used_at) from sessions s
  where s.workspace_id = m.workspace_id and s.member_id = m.id) desc nulls last, m.joined_at, m.id
limit {_MAX_MAILED}"""

FIND_WORKSPACE = "select name from workspaces where id = $1"

DELETE_EXPIRED = "delete from sign_in_links where expires_at < $1"
