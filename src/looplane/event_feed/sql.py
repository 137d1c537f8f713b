"""Statements that read events in the order in which they can be followed."""

from dataclasses import dataclass
from uuid import UUID

import orjson

from looplane.event_feed.schemas import LATEST, START, EventQuery, HistoryQuery, Position
from looplane.events import SCHEMA_VERSION
from looplane.foreign_keys import ForeignKey
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.cursors import INTEGER
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Unprocessable
from looplane.kit.ids import parse_id
from looplane.kit.paging import PAGE_BYTES, Listing
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import iso, json_object

# As many events are looked at for one page, whatever is wanted of them.
MAX_SCANNED = 5000

# The JSON of an event `e`, whose resource is carried by `d` where it is not by itself.
EVENT = json_object(
    {
        "id": "'evt_' || replace(e.id::text, '-', '')",
        "type": "e.type",
        "schema": str(SCHEMA_VERSION),
        "created_at": iso("e.created_at"),
        "write_id": "e.write_id",
        "subject_id": "e.subject_id",
        "history_of": "e.aggregate_id",
        "thread_ids": "coalesce(e.thread_ids, '{}')",
        "version": "e.version",
        "actor": "e.actor",
        "cause": "e.cause",
        "before": "nullif(e.before, '{}')",
        "after": "nullif(e.after, '{}')",
        "data": "coalesce(e.data, d.data)",
    }
)
# What an event of the same write refers to, which is in the same place but for its id. $1 workspace
CARRIER = """left join events d on d.workspace_id = $1 and d.position = e.position
  and d.id = e.data_event_id"""
# The bytes of text of an event.
SIZE = """(coalesce(octet_length(coalesce(e.data, d.data)::text), 0)
    + coalesce(octet_length(e.before::text), 0) + coalesce(octet_length(e.after::text), 0))"""
# What a caller may see: of these types, and as this member.
VISIBLE = "e.type = any ({0}::text[]) and (e.visible_to is null or e.visible_to = {1}::uuid)"

# Where a workspace stands, in one row: what lies below `horizon` is complete, and `last` is the
# last event below it, kept or not. `edition` is another one where events were changed or dropped:
# both write to the row of the workspace.
PLACE = """
select p.horizon, w.dropped_position, w.dropped_event_id, w.xmin::text as edition,
  coalesce(last.position, w.dropped_position) as last_position,
  coalesce(last.id, w.dropped_event_id) as last_id,
  coalesce((select e.position >= p.horizon from events e where e.workspace_id = $1
    order by e.position desc, e.id desc limit 1), false) as is_held_back
from workspaces w cross join (
  select event_horizon() as horizon from event_positions offset 0) p
left join lateral (
  select e.position, e.id from events e where e.workspace_id = $1 and e.position < p.horizon
  order by e.position desc, e.id desc limit 1) last on true
where w.id = $1"""


def _following(wanted: str = "true", among: str = "") -> str:
    """SQL for the events after a position that are `wanted`, `among` some of the workspace.

    $1 workspace, $2 and $3 the position, $4 how many of them, $5 how many are looked at, $6 how
    many bytes of text are shown, but for the first one.

    All in one statement, which sees one moment. The keys are read first, from an index in its
    order; only what is shown is put together.
    """
    return f"""
with place as materialized ({PLACE}),
keys as materialized (
  select * from (
    select e.position, e.id, {wanted} as is_wanted from events e
    where e.workspace_id = $1 {among} and (e.position, e.id) > ($2, $3)
      and e.position < (select horizon from place)
    order by e.position, e.id limit {MAX_SCANNED}) k
  limit $5),
scanned as (
  select position, id, count(*) over () as number from keys
  order by position desc, id desc limit 1),
picked as (select position, id from keys where is_wanted order by position, id limit $4)
select place.*, exists (select from events e
    where e.workspace_id = $1 and e.position = $2 and e.id = $3) as is_known,
  scanned.position as scanned_position, scanned.id as scanned_id,
  coalesce(scanned.number, 0) as scanned, e.*
from place left join scanned on true left join (
  select e.position, e.id, e.type, e.aggregate_id, e.visible_to, case
    when sum({SIZE}) over (order by e.position, e.id) - {SIZE} <= $6
    then {EVENT}::text end as body
  from picked join events e
    on e.workspace_id = $1 and e.position = picked.position and e.id = picked.id
  {CARRIER}) e on true
order by e.position, e.id"""


_VISIBLE = VISIBLE.format("$7", "$8")
FOLLOW = _following()
FOLLOW_WANTED = _following(_VISIBLE)
FOLLOW_SUBJECT = _following(_VISIBLE, "and e.aggregate_id = $9::uuid")


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it is kept, its JSON in `body`; a member in `visible_to` is all who may see it.

    `aggregate_id` is the thing in whose history it is.
    """

    position: Position
    type: str
    aggregate_id: UUID
    visible_to: UUID | None
    body: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in their order, and the position to go on from, which is never before the first one.

    `is_complete` says that there were no more when they were read, and `is_held_back` that there
    are some that a transaction which is still open could come before. In another `edition` events
    that were read before may be others.
    """

    events: list[StoredEvent]
    end: Position
    is_complete: bool
    is_held_back: bool = False
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events a caller wants and may see: of these types, in the history of this subject.

    Without a subject in all, and with one that is no id in none. What is for one member alone is
    seen by `member_id`.
    """

    types: list[str]
    member_id: UUID | None
    subject: str | None = None


async def list_after(
    con: Connection, workspace_id: UUID, after: Position | None, limit: int
) -> Batch:
    """All events of a workspace after a position, or from the first one that is kept.

    Up to `limit` of them, which is less than MAX_SCANNED, or fewer where they have much text; none
    that one of a transaction which is still open could come before. Raises Unprocessable for a
    position whose next events are gone.
    """
    start = after or START
    bound = limit + 1
    args = (workspace_id, start.number, start.id, bound, bound, PAGE_BYTES)
    rows = await con.fetch(FOLLOW, *args)
    return _batch(rows, after, limit, bound)


async def list_wanted_after(  # noqa: PLR0913  # what is wanted, and how much of it
    con: Connection,
    workspace_id: UUID,
    after: Position | None,
    limit: int,
    wanted: Wanted,
    most_bytes: int = PAGE_BYTES,
) -> Batch:
    """As `list_after`, of those events alone; with fewer than `limit` there may yet be more.

    At most MAX_SCANNED are looked at, and the end is behind them.
    """
    start = after or START
    args = (workspace_id, start.number, start.id, limit + 1, MAX_SCANNED, most_bytes)
    seen = (wanted.types, wanted.member_id)
    if wanted.subject is not None:
        rows = await con.fetch(FOLLOW_SUBJECT, *args, *seen, parse_id(wanted.subject))
    else:
        rows = await con.fetch(FOLLOW_WANTED, *args, *seen)
    return _batch(rows, after, limit, MAX_SCANNED)


async def latest(con: Connection, workspace_id: UUID) -> Position:
    """The position of now: what is committed from here on is after it."""
    row = or_404(await con.fetchrow(PLACE, workspace_id), "workspace")
    return Position(row["last_position"], row["last_id"])


def _batch(rows: list[Row], after: Position | None, limit: int, scanned: int) -> Batch:
    """What a statement that follows has found, of up to `limit` events among `scanned`."""
    place = or_404(rows[0] if rows else None, "workspace")
    start, edition = _checked(place, after), place["edition"]
    found = [row for row in rows if row["id"] is not None]
    events = [_stored(row) for row in found[:limit] if row["body"] is not None]
    if len(events) < len(found):
        return Batch(events, events[-1].position, is_complete=False, edition=edition)
    if place["scanned"] == scanned:
        end = Position(place["scanned_position"], place["scanned_id"])
        return Batch(events, end, is_complete=False, edition=edition)
    last = Position(place["last_position"], place["last_id"])
    is_held_back = place["is_held_back"]
    return Batch(events, max(start, last), True, is_held_back, edition)  # noqa: FBT003  # complete


def _checked(place: Row, after: Position | None) -> Position:
    if after is None:
        return START
    dropped = Position(place["dropped_position"], place["dropped_event_id"])
    if after < dropped:
        msg = "Events after this cursor are no longer kept; start again without `after`."
        raise Unprocessable(msg)
    # Where an older state was restored, what was read of the lost one is no place in this one.
    if after not in {START, dropped} and not place["is_known"]:
        msg = "There is no such place among these events; start again without `after`."
        raise Unprocessable(msg)
    return after


def _stored(row: Row) -> StoredEvent:
    place = Position(row["position"], row["id"])
    return StoredEvent(place, row["type"], row["aggregate_id"], row["visible_to"], row["body"])


async def list_events(
    con: Connection, context: Context, query: EventQuery, wanted: Wanted
) -> Answer:
    """A page of what happened after a position, which ends where the next one begins.

    Raises Unprocessable.
    """
    if query.after == LATEST:
        after = await latest(con, context.workspace_id)
    else:
        after = Position.decode(query.after) if query.after is not None else None
    batch = await list_wanted_after(con, context.workspace_id, after, query.limit, wanted)
    return Answer(as_page(batch, query.limit))


def as_page(batch: Batch, limit: int) -> str:
    """What was found, as JSON."""
    page = {"cursor": batch.end.encode(), "has_more": not batch.is_complete, "limit": limit}
    data = ",".join(event.body for event in batch.events)
    return f'{{"data":[{data}],"page":{orjson.dumps(page).decode()}}}'


_FIND_THREAD = ForeignKey("thread", "threads").statement("$2")
# Those of its messages, comments and needs are among them.
HISTORY = Listing(
    "e",
    f"events e {CARRIER}",
    EVENT,
    CARRIER,
    key="e.position",
    key_type=INTEGER,
    size=SIZE,
)


async def list_thread_events(
    con: Connection, context: Context, id: UUID, query: HistoryQuery, wanted: Wanted
) -> Answer:
    """A page of what happened to a thread, the newest first. Raises NotFound, Unprocessable."""
    workspace_id = context.workspace_id
    or_404(await con.fetchrow(_FIND_THREAD, workspace_id, id), "thread")
    conditions = Conditions("e", workspace_id, complete=True)
    conditions.add("e.aggregate_id = {0}", id)
    conditions.add(VISIBLE, wanted.types, wanted.member_id)
    return Answer(await HISTORY.fetch(con, conditions, query))
