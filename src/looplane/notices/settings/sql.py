"""Statements on what members want to be told."""

# $1 workspace, $2 member.
FIND = """
select m.watches_new_threads, coalesce(s.channels, '{}') as channels, s.quiet_hours, s.updated_at
from members m
left join notice_settings s on s.workspace_id = $1 and s.member_id = m.id
where m.workspace_id = $1 and m.id = $2 and m.deleted_at is null"""
# Held first and looked at then: what another tab chose meanwhile is seen.
HOLD = """
select from members where workspace_id = $1 and id = $2 and deleted_at is null for no key update"""
# $3 channels, $4 quiet hours, $5 now.
STORE = """
insert into notice_settings (workspace_id, member_id, channels, quiet_hours, updated_at)
values ($1, $2, $3, $4, $5)
on conflict (workspace_id, member_id) do update set channels = excluded.channels,
  quiet_hours = excluded.quiet_hours, updated_at = excluded.updated_at"""
# $3 whether they watch new threads.
WATCH = """
update members set watches_new_threads = $3
where workspace_id = $1 and id = $2 and watches_new_threads <> $3"""
