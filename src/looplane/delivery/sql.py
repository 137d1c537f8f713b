"""Statements on queues of deliveries, of all workspaces.

Who locks a queue and deliveries locks the queue first, and of several queues in their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from looplane.delivery.leases.sql import (
    IS_GONE,
    IS_QUEUE,
    QUEUE,
    Key,
    each_workspace,
    key_columns,
    key_of,
)
from looplane.delivery.schemas import DueDelivery
from looplane.kit.database import Connection, Row

# What is routed in one transaction.
ROUTED_AT_ONCE = 500
# As many of a queue are sent at once at the most.
MOST_AT_ONCE = 100
# One routes at a time: the number has no meaning but to be ours.
_ROUTING = 0x6C6F6F70

_QUEUES = "unnest($1::uuid[], $2::text[], $3::text[]) as q(workspace_id, channel, queue)"
# The same lane of the same queue.
_SAME_LANE = """{0}.workspace_id = {1}.workspace_id and {0}.channel = {1}.channel
      and {0}.queue = {1}.queue and {0}.lane = {1}.lane and {0}.state = 'queued'"""


def _is_behind(counts: str) -> str:
    """SQL for whether another one of the lane of `d` goes first, of those that count.

    By the first one, which an index has, however long the lane is. What no queue knows of counts
    for nothing: nobody would be told that it ended.
    """
    return f"""d.lane is not null and (select e.seq from deliveries e
      where {_SAME_LANE.format("e", "d")} and {counts} order by e.seq limit 1) < d.seq"""


# The same delivery.
_IS = "d.workspace_id = {0}.workspace_id and d.id = {0}.id"

# What a program before queues has planned. $1 how many
TAKE_OVER = """
with due as (select workspace_id, id from deliveries where state = 'planned'
  order by next_attempt_at limit $1 for update skip locked)
update deliveries d set state = 'queued', lane = case kind when 'message' then thread_id end
from due where d.workspace_id = due.workspace_id and d.id = due.id"""
_UNROUTED = "is_routed <> (state = 'queued') and (channel = 'webhook')::int = {0}"


def _list_unrouted(is_webhook: int) -> str:
    """SQL for as many as are routed at once, of which each workspace has its share.

    What some do without, those have that wait with more.
    """
    unrouted = _UNROUTED.format(is_webhook)
    columns = "d.workspace_id, d.id, d.channel, d.queue, d.lane"
    of_one = f"""select {columns} from deliveries d
    where {unrouted} and d.workspace_id = w.workspace_id order by d.seq"""
    return f"""
(with recursive w as ({each_workspace("deliveries", unrouted, "$2", "$1")}),
share as materialized (select greatest($1 / greatest(count(*), 1), 1) as rows from w),
shared as materialized (
  select d.* from w cross join lateral ({of_one} limit (select rows from share)) d),
waiting as materialized (
  select workspace_id from shared group by 1 having count(*) = (select rows from share)),
rest as materialized (
  select ($1 - (select count(*) from shared)) / greatest(count(*), 1) as rows from waiting)
select * from shared
union all
select d.* from waiting w cross join lateral ({of_one}
  offset (select rows from share) limit (select greatest(rows, 0) from rest)) d)"""


# What a queue is to be told of, of webhooks and of all else apart: however many webhooks one event
# is for, no mail waits behind that; and of one workspace no other's waits behind it. $1 how many of
# each, $2 the workspace after which to begin
LIST_UNROUTED = " union all ".join(_list_unrouted(is_webhook) for is_webhook in (0, 1))
TRY_ROUTING = f"select pg_try_advisory_xact_lock({_ROUTING})"
MAKE_QUEUES = f"""
insert into delivery_queues ({QUEUE}) select {QUEUE} from {_QUEUES} order by {QUEUE}
on conflict do nothing"""
HOLD_QUEUES = f"""
select {QUEUE} from delivery_queues where ({QUEUE}) in (select {QUEUE} from {_QUEUES})
order by {QUEUE} for update"""
# Those that nobody else is at. $1 workspaces, $2 ids
HOLD_UNROUTED = """
select d.id from unnest($1::uuid[], $2::uuid[]) as due(workspace_id, id)
join deliveries d on d.workspace_id = due.workspace_id and d.id = due.id
for update of d skip locked"""
# Routes those that are held, as their queues are. What ended elsewhere, or is queued once more and
# last, lets go on what was behind it. $1 workspaces, $2 ids, $3 now
ROUTE = f"""
with routed as (
  update deliveries d set is_routed = d.state = 'queued',
    is_behind = d.state = 'queued' and {_is_behind("(e.is_routed or e.id = any ($2))")}
  from unnest($1::uuid[], $2::uuid[]) as due(workspace_id, id) where {_IS.format("due")}
  returning d.workspace_id, d.channel, d.queue, d.lane, d.state, d.next_attempt_at,
    d.state <> 'queued' or d.is_behind and d.updated_at > d.created_at as lets_go),
told as (
  update delivery_queues q set due_at = greatest(least(q.due_at, r.due_at), q.leased_until)
  from (select {QUEUE}, min(case state when 'queued' then next_attempt_at else $3 end) as due_at
    from routed group by {QUEUE}) r
  where {IS_QUEUE.format("r")})
select workspace_id, channel, queue, case when lets_go then lane end as lane
from routed"""
# Lets the first one of each of these lanes go on. $4 the lanes
RELEASE_LANES = f"""
update deliveries d set is_behind = false
from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[])
  as l(workspace_id, channel, queue, lane)
cross join lateral (
  select e.workspace_id, e.id from deliveries e
  where {_SAME_LANE.format("e", "l")} and e.is_behind order by e.seq limit 1) first
where {_IS.format("first")} and d.is_behind"""

# The attempts that begin now, of queues that are held; the first ones of these many lanes of each.
# One that was begun and never ended was interrupted. $4 how many of each queue, $5 now
BEGIN = f"""
with heads as materialized (
  select h.* from unnest($1::uuid[], $2::text[], $3::text[], $4::int[])
    as q(workspace_id, channel, queue, most)
  cross join lateral (select * from (
    select d.workspace_id, d.id, d.attempts, d.attempt_started_at,
      {_is_behind("e.is_routed")} as is_behind
    from deliveries d where d.workspace_id = q.workspace_id and d.channel = q.channel
      and d.queue = q.queue and d.state = 'queued' and d.is_routed and not d.is_behind
      and d.next_attempt_at <= $5
    order by d.next_attempt_at, d.seq limit {MOST_AT_ONCE}) h limit q.most) h),
interrupted as (
  insert into delivery_attempts (workspace_id, delivery_id, number, started_at, ended_at, outcome,
    reason)
  select workspace_id, id, attempts, attempt_started_at, greatest(attempt_started_at, $5),
    'interrupted', 'It was cut off; whether it arrived is not known.'
  from heads where attempt_started_at is not null on conflict do nothing)
update deliveries d set is_behind = h.is_behind,
  attempts = d.attempts + case when h.is_behind then 0 else 1 end,
  attempt_started_at = case when not h.is_behind then $5::timestamptz end
from heads h where {_IS.format("h")} and d.state = 'queued'
returning d.workspace_id, d.id, d.event_id, d.kind, d.channel, d.target, d.subject_id, d.thread_id,
  d.created_at, d.attempts as attempt, d.queue, d.tries, d.seq, d.is_behind,
  case when d.channel <> 'webhook' then (select t.deleted_at from threads t
    where t.workspace_id = d.workspace_id and t.id = d.thread_id) end as thread_deleted_at"""

_SENT = """
  select * from jsonb_to_recordset($1) as r(workspace_id uuid, id uuid, number int,
    started_at timestamptz, ended_at timestamptz, outcome text, reason text, request jsonb,
    answer jsonb, state text, next_attempt_at timestamptz, delivered_by text, was_tried boolean)"""
# What came of attempts. What was canceled meanwhile stays so unless it has arrived, and of what was
# erased meanwhile nothing is written down. One that was postponed was none, nor one that was not to
# be any more. $1 the attempts
RECORD = f"""
with r as materialized ({_SENT}),
held as materialized (
  select d.workspace_id, d.id, d.state = 'queued' as is_queued, r.number, r.started_at, r.ended_at,
    r.outcome, r.reason, r.request, r.answer, r.state, r.next_attempt_at, r.delivered_by,
    r.was_tried
  from r join deliveries d on {_IS.format("r")} and d.attempts = r.number
  order by d.workspace_id, d.id for update of d),
attempted as (
  insert into delivery_attempts (workspace_id, delivery_id, number, started_at, ended_at, outcome,
    reason, request, answer)
  select workspace_id, id, number, started_at, ended_at, outcome,
    case when is_queued then reason end, case when is_queued then request end,
    case when is_queued then answer end
  from held where was_tried on conflict do nothing)
update deliveries d set
  attempts = d.attempts - case when h.was_tried then 0 else 1 end,
  state = case when h.is_queued or h.state = 'delivered' then h.state else d.state end,
  next_attempt_at = case when h.is_queued then h.next_attempt_at end,
  is_routed = h.is_queued and h.state = 'queued',
  is_behind = d.is_behind and h.is_queued and h.state = 'queued',
  tries = d.tries + (h.was_tried and h.outcome = 'failed')::int,
  reason = case when h.is_queued or h.state = 'delivered' then h.reason else d.reason end,
  delivered_by = coalesce(h.delivered_by, d.delivered_by),
  attempt_started_at = null, updated_at = greatest(d.updated_at, h.ended_at)
from held h where {_IS.format("h")}
returning d.workspace_id, d.id, d.channel, d.queue, d.lane, d.kind, d.state,
  h.is_queued and h.state = 'dead' as has_died"""
# Gives queues back, of which nobody takes those that rest; what was deleted meanwhile does not
# fail. $1 how they are
GIVE_BACK = f"""
with given as materialized (
  select r.*, r.failures > 0 and {IS_GONE.format("r")} as is_gone
  from jsonb_to_recordset($1) as r(workspace_id uuid, channel text, queue text, failures int,
    failing_since timestamptz, not_before timestamptz, target_id uuid))
update delivery_queues q set lease = null,
  leased_until = case when not r.is_gone then r.not_before end,
  failures = case when r.is_gone then 0 else r.failures end,
  failing_since = case when not r.is_gone then r.failing_since end, due_at = (
    select greatest(d.next_attempt_at, r.not_before) from deliveries d
    where d.workspace_id = q.workspace_id and d.channel = q.channel and d.queue = q.queue
      and d.state = 'queued' and d.is_routed and not d.is_behind
    order by d.next_attempt_at, d.seq limit 1)
from given r where {IS_QUEUE.format("r")}"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A delivery that is taken, after so many `tries` that failed; it is the `seq`th of all.

    Its thread may have been deleted meanwhile.
    """

    delivery: DueDelivery
    queue: Key
    tries: int
    seq: int
    thread_deleted_at: datetime | None


async def take_over(con: Connection) -> None:
    """Queues what an older program has planned."""
    await con.execute(TAKE_OVER, ROUTED_AT_ONCE)


async def route(con: Connection, now: datetime) -> int:
    """Tells queues of what is planned, and of what ended elsewhere; how many of them.

    None where another one routes.
    """
    # From anywhere on, so that of very many workspaces each has its turn.
    rows = await con.fetch(LIST_UNROUTED, ROUTED_AT_ONCE, uuid4())
    if not rows:
        return 0
    keys = sorted({key_of(row) for row in rows})
    async with con.transaction():
        if not await con.fetchval(TRY_ROUTING):
            return 0
        held = await con.fetch(HOLD_QUEUES, *key_columns(keys))
        if len(held) < len(keys):
            await con.execute(MAKE_QUEUES, *key_columns(keys))
            await con.execute(HOLD_QUEUES, *key_columns(keys))
        free = await _hold_unrouted(con, rows)
        routed = await con.fetch(ROUTE, *free, now) if free[0] else []
        await release_lanes(con, routed)
    return len(routed)


async def _hold_unrouted(con: Connection, rows: Sequence[Row]) -> tuple[list[UUID], list[UUID]]:
    """The workspaces and ids of those that are ours to route.

    Where somebody is at one, all of its lane wait, for else they would overtake it.
    """
    args = [row["workspace_id"] for row in rows], [row["id"] for row in rows]
    held = {row["id"] for row in await con.fetch(HOLD_UNROUTED, *args)}
    busy = {(*key_of(row), row["lane"]) for row in rows if row["id"] not in held and row["lane"]}
    free = [row for row in rows if row["id"] in held and (*key_of(row), row["lane"]) not in busy]
    return [row["workspace_id"] for row in free], [row["id"] for row in free]


async def release_lanes(con: Connection, ended: Sequence[Row]) -> None:
    """Lets go on what was behind these, of queues that are held."""
    lanes = sorted({(*key_of(row), row["lane"]) for row in ended if row["lane"] is not None})
    if lanes:
        await con.execute(RELEASE_LANES, *map(list, zip(*lanes, strict=True)))


async def begin(con: Connection, queues: Mapping[Key, int], now: datetime) -> list[Begun]:
    """Begins an attempt at so many of each of these queues, in the order of their plans."""
    rows = await con.fetch(BEGIN, *key_columns(list(queues)), list(queues.values()), now)
    begun = [_begun(row) for row in rows if not row["is_behind"]]
    return sorted(begun, key=lambda each: each.seq)


def _begun(row: Row) -> Begun:
    values: dict[str, Any] = dict(row)
    queue, tries, seq = values.pop("queue"), values.pop("tries"), values.pop("seq")
    values.pop("is_behind")
    key, deleted_at = (row["workspace_id"], row["channel"], queue), values.pop("thread_deleted_at")
    return Begun(DueDelivery(**values), key, tries, seq, deleted_at)


async def record(con: Connection, sent: Sequence[Mapping[str, object]]) -> list[Row]:
    """Keeps what came of attempts (see RECORD), of queues that are held; what they are now."""
    rows = await con.fetch(RECORD, sent)
    await release_lanes(con, [row for row in rows if row["state"] != "queued"])
    return rows


async def give_back(con: Connection, queues: Sequence[Mapping[str, object]]) -> None:
    """Gives queues back that are held: they are due with what is next in them."""
    await con.execute(GIVE_BACK, queues)
