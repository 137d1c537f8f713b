"""Every statement on who is at which thread."""

from looplane.kit.sqltext import iso, json_object
from looplane.members.sql import member_ref

_OTHER = json_object(
    {"member": member_ref("m"), "doing": "p.doing", "since": iso("p.since")},
)
# Of whoever has several tabs here it is the one in which they do most, and longest.
_OTHERS = f"""
select coalesce(json_agg({_OTHER} order by p.doing = 'writing' desc, p.since, p.member_id), '[]')
from (
  select distinct on (p.member_id) p.* from presence p
  where p.workspace_id = $1 and p.thread_id = $2 and p.member_id <> $3 and p.beat_at > $7
  order by p.member_id, p.doing = 'writing' desc, p.since) p
join members m on m.workspace_id = $1 and m.id = p.member_id and m.deleted_at is null"""

# A beat, who else is there, and where the tab was before, if it counts; no row where there is no
# such thread. $1 workspace, $2 thread,
# $3 member, $4 tab, $5 what they do, $6 now, $7 when a beat must have been to count.
BEAT = f"""
with t as materialized (
  select id from threads where workspace_id = $1 and id = $2 and deleted_at is null),
was as (
  select thread_id, doing from presence
  where workspace_id = $1 and member_id = $3 and tab_id = $4 and beat_at > $7),
beat as (
  insert into presence as p (workspace_id, member_id, tab_id, thread_id, doing, since, beat_at)
  select $1, $3, $4, t.id, $5, $6, $6 from t where $5 <> 'left'
  on conflict (workspace_id, member_id, tab_id) do update set
    thread_id = excluded.thread_id, doing = excluded.doing,
    beat_at = greatest(p.beat_at, excluded.beat_at),
    since = case when p.thread_id = excluded.thread_id and p.doing = excluded.doing
      and p.beat_at > $7 then p.since else excluded.since end),
left_now as (
  delete from presence p using t
  where p.workspace_id = $1 and p.member_id = $3 and p.tab_id = $4 and p.thread_id = t.id
    and $5 = 'left')
select json_build_object('others', ({_OTHERS}))::text as body, was.thread_id as was_at,
  was.doing as did
from t left join was on true"""

# Those of all workspaces who are gone without having said so.
DELETE_GONE = """
delete from presence where (workspace_id, member_id, tab_id) in (
  select workspace_id, member_id, tab_id from presence where beat_at <= $1
  order by beat_at limit 1000 for update skip locked)"""
