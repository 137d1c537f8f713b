"""Statements on notices: how they are made, and how a member reads them."""

from uuid import UUID

from looplane.deliveries import sql as deliveries
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.paging import Listing
from looplane.notices.schemas import MAX_COUNTED, NoticeQuery
from looplane.notices.words.sql import FACTS, FACTS_JOINS, SHOWN

_COLUMNS = """id uuid, member_id uuid, write_id uuid, event_id uuid, event_type text, reason text,
    subject_id uuid, thread_id uuid, actor_member_id uuid, actor_key_id uuid, changed text[],
    detail text, is_in_app boolean, created_at timestamptz"""
_NAMES = ", ".join(column.split()[0] for column in _COLUMNS.split(","))


def insert(source: str, notices: str, planned: str) -> str:
    """Common table expressions that store notices (`n`) and plan what is to leave (`d`).

    Of `notices` and `planned`, parameters with lists of objects, the first only those whose member
    is told nothing of that write yet, and the others only with their notice. A standing fault is
    told once until that is read, and of one comment nobody is told twice that it mentions them.
    Nothing where `source` has no row. $1 workspace.

    All who write notices of one write do so in the order of members.
    """
    return f"""
n as (
  insert into notices (workspace_id, {_NAMES})
  select $1, {", ".join(f"x.{name}" for name in _NAMES.split(", "))}
  from {source} jsonb_to_recordset({notices}) as x({_COLUMNS}, is_standing boolean)
  where not (x.is_standing and exists (
    select from notices o where o.workspace_id = $1 and o.member_id = x.member_id and o.is_in_app
      and o.read_at is null and o.reason = x.reason and o.detail = x.detail))
    and not (x.reason = 'mentioned' and exists (
      select from notices o where o.workspace_id = $1 and o.thread_id = x.thread_id
        and o.member_id = x.member_id and o.subject_id = x.subject_id and o.reason = x.reason))
  order by x.member_id, x.created_at, x.id
  on conflict do nothing returning id),
d as (
  {deliveries.insert_many(planned, "n")}
  returning id, channel)"""


# $2 notices, $3 deliveries; the deliveries that were planned.
INSERT = f"with {insert('', '$2', '$3').lstrip()} select id, channel from d order by id"

# All of the team, and what each chose.
TEAM = """
select m.id, m.email, m.role, m.watches_new_threads, coalesce(s.channels, '{}') as channels,
  s.quiet_hours
from members m
left join notice_settings s on s.workspace_id = $1 and s.member_id = m.id
where m.workspace_id = $1 and m.deleted_at is null"""
TEAM_AMONG = f"{TEAM} and m.id = any ($2::uuid[])"

# What a member is told in the inbox, as `words.rules` puts it into words.
LISTING = Listing("nt", "notices nt", FACTS, FACTS_JOINS)
_OWN = "nt.member_id = {0} and nt.is_in_app"
# $1 workspace, $2 member.
COUNT_UNREAD = f"""
select count(*) from (
  select from notices nt
  where nt.workspace_id = $1 and nt.member_id = $2 and nt.is_in_app and nt.read_at is null
    and {SHOWN}
  limit {MAX_COUNTED}) unread"""

# Which of the ids $3 are notices of the member $2.
FIND_OWN = """
select id from notices
where workspace_id = $1 and member_id = $2 and is_in_app and id = any ($3::uuid[])"""
# $3 those that are read, all where it is null; $4 as far as this moment, $5 now.
MARK_READ = """
update notices set read_at = $5
where workspace_id = $1 and member_id = $2 and is_in_app and read_at is null
  and ($3::uuid[] is null or id = any ($3)) and ($4::timestamptz is null or created_at <= $4)"""

# Those of all workspaces that are older than $1, so many at a time.
DELETE_OLD = """
delete from notices where (workspace_id, id) in (
  select workspace_id, id from notices where created_at < $1
  order by created_at limit 1000 for update skip locked)"""


async def list_page(con: Connection, context: Context, query: NoticeQuery) -> str:
    """A page of what the member is told, the newest first. Raises Unprocessable."""
    conditions = Conditions("nt", context.workspace_id, complete=True)
    conditions.add(_OWN, context.member_id)
    if query.unread:
        conditions.add("nt.read_at is null")
    conditions.add(SHOWN)
    return await LISTING.fetch(con, conditions, query)


async def count_unread(con: Connection, context: Context) -> int:
    """How many the member has not read, up to MAX_COUNTED."""
    count: int = await con.fetchval(COUNT_UNREAD, context.workspace_id, context.member_id)
    return count


async def find_own(con: Connection, context: Context, ids: list[UUID]) -> list[UUID]:
    """Which of these are notices of the member."""
    rows: list[Row] = await con.fetch(FIND_OWN, context.workspace_id, context.member_id, ids)
    return [row["id"] for row in rows]
