"""Statements on queues of deliveries; none of them holds one for longer than its transaction."""

from looplane import events
from looplane.deliveries.queues.schemas import MAX_COUNTED, DeliveryQueueQuery
from looplane.deliveries.sql import FORGET
from looplane.filters import Filter, equals
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.cursors import KeyType, several
from looplane.kit.database import Connection
from looplane.kit.paging import Listing
from looplane.kit.responses import Answer
from looplane.kit.sqltext import case_when, columns, iso, json_object

_IS_PAUSED, _IS_FAILING = "q.paused_at is not null", "q.failures > 0"
_STATUS = case_when({_IS_PAUSED: "'paused'", _IS_FAILING: "'failing'"}, "'active'")
# One more than are counted would be as many as there are.
_QUEUED = f"""(select count(*) from (select from deliveries d
    where d.workspace_id = q.workspace_id and d.channel = q.channel and d.queue = q.queue
      and d.state = 'queued' limit {MAX_COUNTED}) n)"""
_WITHOUT_COUNT = (
    columns("q", "channel", "queue")
    | {"status": _STATUS}
    | {name: iso(f"q.{name}") for name in ("due_at", "failing_since")}
    | columns("q", "failures")
    | {"paused_at": iso("q.paused_at")}
    | columns("q", "paused_reason")
)
QUEUE = json_object(_WITHOUT_COUNT | {"queued": _QUEUED})


def _as_text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError
    return value


_TEXT = KeyType(_as_text, _as_text)
# A queue has no id but its name.
_NO_ID = "'00000000-0000-0000-0000-000000000000'::uuid"
_LISTING = Listing(
    "q",
    f"(select x.*, {_NO_ID} as id from delivery_queues x) q",
    QUEUE,
    key=("q.channel", "q.queue"),
    key_type=several(_TEXT, _TEXT),
    ascending=True,
)
_FILTERS = {
    "channel": equals("q.channel"),
    "status": Filter(f"{_STATUS} = {{0}}"),
}

# The status of webhook $2, which is held so that it stays; none of other channels' queues.
# $1 workspace
HOLD_WEBHOOK = """
select status from webhooks where workspace_id = $1 and id = $2 and deleted_at is null for share"""
_THIS = "q.workspace_id = $1 and q.channel = $2 and q.queue = $3"
# Makes a queue of which the worker does not know yet. $1 workspace, $2 channel, $3 queue
MAKE = """
insert into delivery_queues (workspace_id, channel, queue) values ($1, $2, $3)
on conflict do nothing"""
HOLD = f"""
select q.paused_at, q.failures, {QUEUE}::text as body
from delivery_queues q where {_THIS} for update of q"""
GET = f"select {QUEUE}::text as body from delivery_queues q where {_THIS}"
# $4 now, $5 why
PAUSE = f"""
update delivery_queues q set paused_at = $4, paused_reason = $5 where {_THIS}"""
# What has failed so far is forgotten, and what has waited is looked at. $4 now
RESUME = f"""
update delivery_queues q set paused_at = null, paused_reason = null, {FORGET}, due_at = $4
where {_THIS}"""
# Leaves the one event of a write, which shows the queue $3 of channel $4. $1 workspace, $2 write
INSERT_EVENT = f"""
with w as materialized ({events.WRITE.format("$2")}),
told as (
  select e.subject_id as id, {json_object(_WITHOUT_COUNT)} as data
  from w, jsonb_to_recordset(w.events) as e(subject_id uuid), delivery_queues q
  where q.workspace_id = $1 and q.queue = $3 and q.channel = $4)
{events.insert("told", "told.data", "told.id")}"""


async def list_queues(con: Connection, context: Context, query: DeliveryQueueQuery) -> Answer:
    """A page of queues, by their names. Raises Unprocessable."""
    conditions = Conditions("q", context.workspace_id, complete=True)
    for name, each in _FILTERS.items():
        if (value := getattr(query, name)) is not None:
            conditions.add(each.clause, value)
    return Answer(await _LISTING.fetch(con, conditions, query))
