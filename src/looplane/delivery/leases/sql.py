"""Statements on who has which queue, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from looplane.delivery.schemas import ClaimedQueue
from looplane.kit.database import Connection, Row
from looplane.workspaces.sql import IS_LIVE

# So many workspaces are asked at once whether something is due there.
_WORKSPACES = 100

QUEUE = "workspace_id, channel, queue"
IS_QUEUE = """q.workspace_id = {0}.workspace_id and q.channel = {0}.channel
  and q.queue = {0}.queue"""
Key = tuple[UUID, str, str]


def each_workspace(table: str, condition: str, after: str, most: str) -> str:
    """SQL for the workspaces of which there is such a row, one step each.

    From the one `after` on, and then from the first one on; `most` of them. It is the inside of a
    recursive `w`, and takes an index on the condition and the workspace.
    """
    first = f"""select x.workspace_id from {table} x where {condition}
      order by x.workspace_id limit 1"""
    follows = f"""select x.workspace_id from {table} x where {condition}
      and x.workspace_id > {{0}} order by x.workspace_id limit 1"""
    return f"""
  select workspace_id, workspace_id as first, 1 as number
  from (select coalesce(({follows.format(f"{after}::uuid")}), ({first})) as workspace_id) s
  where workspace_id is not null
  union all
  select n.workspace_id, w.first, w.number + 1
  from w cross join lateral (
    select coalesce(({follows.format("w.workspace_id")}), ({first})) as workspace_id) n
  where n.workspace_id <> w.first and w.number < {most}"""


_WAITS = "due_at is not null and paused_at is null and (failures > 0)::int = $4::int"
_IS_DUE = f"""{_WAITS} and due_at <= $1
    and (leased_until is null or leased_until <= $1)
    and {IS_LIVE}"""


def _claim(due: str) -> str:
    return f"""
due as materialized ({due})
update delivery_queues q set lease = gen_random_uuid(), leased_until = $3, due_at = $3
from due where {IS_QUEUE.format("due")}
returning q.workspace_id, q.channel, q.queue, q.lease, q.leased_until, q.failures,
  q.failing_since"""


# One queue of each workspace, however many another one has: $5 the workspace after which to begin.
# $1 now, $2 how many, $3 the end of the lease, $4 one for those that fail, else zero
_OF_EACH = f"""
  select d.* from w cross join lateral (
    select {QUEUE} from delivery_queues
    where {_IS_DUE} and workspace_id = w.workspace_id
    order by due_at limit 1 for update skip locked) d
  limit $2"""
CLAIM_OF_EACH = f"""
with recursive w as ({each_workspace("delivery_queues", _WAITS, "$5", str(_WORKSPACES))}),
{_claim(_OF_EACH).lstrip()}"""
# The parameters are as above.
_FIRST = f"""
  select {QUEUE} from delivery_queues
  where {_IS_DUE}
  order by due_at limit $2 for update skip locked"""
CLAIM = f"""
with {_claim(_FIRST).lstrip()}"""

# Those of these queues that are still ours. $4 the leases
HOLD_LEASED = f"""
select {QUEUE}, lease, failures, failing_since from delivery_queues where ({QUEUE}, lease) in (
  select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]))
order by {QUEUE} for update"""
# $5 the new end
RENEW = f"""
with ours as materialized ({HOLD_LEASED})
update delivery_queues q set leased_until = $5, due_at = $5 from ours
where {IS_QUEUE.format("ours")}
returning q.lease"""

# Whether what queue `{0}` is for was deleted, whose `target_id` it is.
IS_GONE = """case {0}.channel
    when 'webhook' then exists (select from webhooks wh where wh.workspace_id = {0}.workspace_id
      and wh.id = {0}.target_id and wh.deleted_at is not null)
    when 'slack' then not exists (select from slack_connections sc
      where sc.workspace_id = {0}.workspace_id and sc.deleted_at is null)
    else false end"""


async def claim(
    con: Connection, now: datetime, until: datetime, most: int, *, failing: bool
) -> list[ClaimedQueue]:
    """Takes queues that are due: of those that fail, or of the others.

    The first half of them are of as many workspaces as there are.
    """
    if most <= 0:
        return []
    half = (most + 1) // 2
    rows = await con.fetch(CLAIM_OF_EACH, now, half, until, int(failing), uuid4())
    if len(rows) < most:
        rows += await con.fetch(CLAIM, now, most - len(rows), until, int(failing))
    return [ClaimedQueue(**row) for row in rows]


async def hold_leased(
    con: Connection, queues: Sequence[ClaimedQueue]
) -> Mapping[UUID, ClaimedQueue]:
    """Those that are still ours, which are held, by their leases; each as it is by now."""
    claimed = {each.lease: each for each in queues}
    return {
        row["lease"]: replace(
            claimed[row["lease"]], failures=row["failures"], failing_since=row["failing_since"]
        )
        for row in await con.fetch(HOLD_LEASED, *_leased(queues))
    }


async def renew(con: Connection, queues: Sequence[ClaimedQueue], until: datetime) -> set[UUID]:
    """Keeps queues to a later end; the leases of those that are still ours."""
    return {row["lease"] for row in await con.fetch(RENEW, *_leased(queues), until)}


def _leased(queues: Sequence[ClaimedQueue]) -> tuple[list[Any], ...]:
    keys = [(each.workspace_id, each.channel, each.queue) for each in queues]
    return (*key_columns(keys), [each.lease for each in queues])


def key_of(row: Row) -> Key:
    """Which queue a row is of."""
    return (row["workspace_id"], row["channel"], row["queue"])


def key_columns(keys: Sequence[Key]) -> tuple[list[Any], ...]:
    """The workspaces, channels and names of queues, as statements take them."""
    return tuple([key[i] for key in keys] for i in range(3))
