"""Statements that follow the events of all workspaces, to fan them out."""

from collections.abc import Mapping
from uuid import UUID

import orjson

from looplane.event_feed.schemas import START, FannedEvent, Position
from looplane.event_feed.sql import CARRIER
from looplane.kit.database import Connection, Row

# Those whose thing is small, and nobody's words.
_WITH_DATA = "('delivery', 'webhook', 'mailbox', 'slack')"
# Of an event `e` with its carrier `d`.
_COLUMNS = f"""e.position, e.id, e.type, e.subject_id, e.aggregate_id, e.write_id, e.version,
  e.actor, e.created_at, e.before, e.after, e.visible_to,
  case when split_part(e.type, '.', 1) in {_WITH_DATA} then coalesce(e.data, d.data)::text end
    as data"""
# What a transaction that is still open could come before is left for later.
_IS_COMPLETE = "e.position < (select event_horizon() offset 0)"
# So many events of one history are looked at for those that were overtaken.
_OVERTAKEN = 50

# The workspaces in which something happened that is not fanned out. $1 and $2 before all events.
LIST_BEHIND = f"""
select w.id from workspaces w left join fan_outs f on f.workspace_id = w.id
where w.archived_at is null and exists (
  select from events e where e.workspace_id = w.id and {_IS_COMPLETE}
  and (e.position, e.id) > (coalesce(f.position, $1), coalesce(f.event_id, $2)))
order by w.id"""
# A workspace that was made since has nothing behind it. $1 workspace, $2 and $3 before all events.
BEGIN = """
insert into fan_outs (workspace_id, position, event_id) values ($1, $2, $3)
on conflict do nothing"""
# `has_missed` where events after it are kept no longer. $1 workspace
HOLD = """
select f.position, f.event_id,
  (w.dropped_position, w.dropped_event_id) > (f.position, f.event_id) as has_missed
from fan_outs f join workspaces w on w.id = f.workspace_id
where f.workspace_id = $1 for update of f skip locked"""
# $1 workspace, $2 and $3 the position, $4 how many
FOLLOW = f"""
select {_COLUMNS} from (
  select * from events e
  where e.workspace_id = $1 and (e.position, e.id) > ($2, $3) and {_IS_COMPLETE}
  order by e.position, e.id limit $4) e
{CARRIER}
order by e.position, e.id"""
# $1 workspace, $2 position, $3 id
FIND = f"""
select {_COLUMNS} from (
  select * from events e where e.workspace_id = $1 and e.position = $2 and e.id = $3) e
{CARRIER}"""
# Older versions of subjects that come after the newest one of them that was found, which is when
# two writes met. $1 workspace, $2 and $3 the position, $4 subjects, $5 whose history they are in,
# $6 their versions
FIND_OVERTAKEN = f"""
select {_COLUMNS} from unnest($4::uuid[], $5::uuid[], $6::bigint[])
  as s(subject_id, aggregate_id, version)
cross join lateral (
  select * from (
    select * from events e where e.workspace_id = $1 and e.aggregate_id = s.aggregate_id
      and (e.position, e.id) > ($2, $3) and {_IS_COMPLETE}
    order by e.position, e.id limit {_OVERTAKEN}) e
  where e.subject_id = s.subject_id and e.version < s.version) e
{CARRIER}
order by e.position, e.id"""
# $1 workspace, $2 and $3 the position
ADVANCE = "update fan_outs set position = $2, event_id = $3 where workspace_id = $1"


async def list_behind(con: Connection) -> list[UUID]:
    """The workspaces in which something happened that is not fanned out."""
    return [row["id"] for row in await con.fetch(LIST_BEHIND, START.number, START.id)]


async def hold(con: Connection, workspace_id: UUID) -> tuple[Position, bool] | None:
    """Up to where a workspace is fanned out, and whether events after that are kept no longer.

    None where another one is at it.
    """
    await con.execute(BEGIN, workspace_id, START.number, START.id)
    row = await con.fetchrow(HOLD, workspace_id)
    if row is None:
        return None
    return Position(row["position"], row["event_id"]), row["has_missed"]


async def follow(
    con: Connection, workspace_id: UUID, after: Position, limit: int
) -> list[FannedEvent]:
    """The next events."""
    rows = await con.fetch(FOLLOW, workspace_id, after.number, after.id, limit)
    return [_fanned(row) for row in rows]


async def find_event(
    con: Connection, workspace_id: UUID, position: int, id: UUID
) -> FannedEvent | None:
    """An event by its place; None where it is kept no longer."""
    row = await con.fetchrow(FIND, workspace_id, position, id)
    return None if row is None else _fanned(row)


async def find_overtaken(
    con: Connection,
    workspace_id: UUID,
    after: Position,
    newest: Mapping[UUID, tuple[UUID, int]],
) -> list[FannedEvent]:
    """Events after a position that are of older versions than these, by subject and history."""
    args = (list(newest), *(list(each) for each in zip(*newest.values(), strict=True)))
    rows = await con.fetch(FIND_OVERTAKEN, workspace_id, after.number, after.id, *args)
    return [_fanned(row) for row in rows]


async def advance(con: Connection, workspace_id: UUID, to: Position) -> None:
    """Notes up to where a workspace is fanned out."""
    await con.execute(ADVANCE, workspace_id, to.number, to.id)


def _fanned(row: Row) -> FannedEvent:
    data = row["data"]
    return FannedEvent(**{**row, "data": None if data is None else orjson.loads(data)})
