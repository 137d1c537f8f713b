"""Statements that look after the table of events: its months, and where its positions begin."""

from datetime import date, datetime

from looplane.kit.database import Connection, Row

# Months that are there ahead of time. A month that is missing all the same costs nothing but that
# its events are in the default partition, where they are deleted one by one: once there are some,
# it cannot get a partition any more.
_MONTHS_AHEAD = 3
_MAX_DELETED = 1000

MAKE = """
select make_events_partition(month::date)
from generate_series(date_trunc('month', $1::date)::timestamp,
  $1::date + make_interval(months => $2), interval '1 month') month
where to_regclass('events_' || to_char(month, 'YYYY_MM')) is null
  and not exists (select from events_default where id >= first_id(month at time zone 'UTC')
    and id < first_id((month + interval '1 month') at time zone 'UTC'))"""

# The months that ended before $1.
LIST_ENDED = r"""
select c.oid::regclass::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'events'::regclass and c.relname ~ '^events_\d{4}_\d{2}$'
  and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= $1::timestamptz
order by 1"""

DELETE_STRAYS = """
delete from events_default where (workspace_id, position, id) in (
  select workspace_id, position, id from events_default
  where id < first_id(greatest($1::timestamptz, 'epoch'))
  order by id limit $2 for update skip locked)
returning workspace_id, position, id"""

# Of two that drop, one waits and finds nothing left to do.
ONE_AT_A_TIME = "select from event_positions for update"
# Whoever was about to write to a month that goes is done: what they wrote is counted too.
HOLD = "lock table only events in access exclusive mode"
# The last events that go, of each workspace.
LAST_OF_MONTH = """
  select w.id as workspace_id, e.position, e.id from workspaces w cross join lateral (
    select e.position, e.id from {} e where e.workspace_id = w.id
    order by e.position desc, e.id desc limit 1) e"""
LAST_OF_STRAYS = """
  select distinct on (workspace_id) workspace_id, position, id
  from unnest($1::uuid[], $2::bigint[], $3::uuid[]) as s(workspace_id, position, id)
  order by workspace_id, position desc, id desc"""
RECORD_DROPPED = """
update workspaces w set (dropped_position, dropped_event_id) = (gone.position, gone.id)
from ({}) gone where w.id = gone.workspace_id
  and (w.dropped_position, w.dropped_event_id) < (gone.position, gone.id)"""

# What is added to the numbers of transactions, and what is `needed`: more, where this server counts
# from a lower number than the last position has, kept or not, as after a dump was restored on
# another one. What
# is visible has a number below `xmax`, however long another transaction has been open.
FIND_BASE = """
select base, greatest(base, 1 - pg_snapshot_xmax(pg_current_snapshot())::text::bigint + coalesce((
  select max(greatest(last.position, w.dropped_position)) from workspaces w
  cross join lateral (select max(e.position) as position from events e where e.workspace_id = w.id)
    as last), 0)) as needed
from event_positions"""


async def make_partitions(con: Connection, today: date) -> int:
    """Makes the partitions of this month and the next ones; how many were missing."""
    return len(await con.fetch(MAKE, today, _MONTHS_AHEAD))


async def drop_partitions(con: Connection, before: datetime) -> int:
    """Drops the months that ended before a moment, whole; says how many, and what was strayed.

    In the same moment workspaces know up to where events are gone.
    """
    async with con.transaction():
        await con.execute(ONE_AT_A_TIME)
        names = [row["name"] for row in await con.fetch(LIST_ENDED, before)]
        if names:
            await con.execute(HOLD)
        for name in names:
            await con.execute(RECORD_DROPPED.format(LAST_OF_MONTH.format(name)))
            await con.execute(f"drop table {name}")
        strays = await con.fetch(DELETE_STRAYS, before, _MAX_DELETED)
        await con.execute(RECORD_DROPPED.format(LAST_OF_STRAYS), *_columns(strays))
    return len(names) + len(strays)


def _columns(rows: list[Row]) -> tuple[list[object], ...]:
    return tuple([row[name] for row in rows] for name in ("workspace_id", "position", "id"))


async def are_positions_behind(con: Connection) -> bool:
    """Whether the next position would be lower than the last one."""
    row = await con.fetchrow(FIND_BASE)
    return row is not None and row["base"] != row["needed"]


async def rebase_positions(con: Connection) -> bool:
    """Lets positions go on rising on a server that counts its transactions from a lower number.

    Says whether that was needed. Nobody else may write events meanwhile: the caller migrates.
    """
    if not await are_positions_behind(con):
        return False
    async with con.transaction():
        await con.execute("lock table event_positions in exclusive mode")
        row = await con.fetchrow(FIND_BASE)
        assert row is not None, "the table has one row"
        if row["base"] == row["needed"]:
            return False
        await con.execute("update event_positions set base = $1", row["needed"])
        await con.execute(
            "alter table events alter column position"
            f" set default pg_current_xact_id()::text::bigint + {int(row['needed'])}"
        )
    return True
