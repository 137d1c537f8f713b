"""Every statement that plans a delivery, and those that show them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from looplane.deliveries.schemas import DeliveryAttemptQuery, DeliveryQuery
from looplane.event_feed.schemas import parse_event_id
from looplane.filters import Filter, equals
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.cursors import INTEGER
from looplane.kit.database import Connection
from looplane.kit.ids import parse_id
from looplane.kit.paging import Listing
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, iso, json_object, timestamps

NOUN = "delivery"

# The state of a delivery `d` as it is told: two are an older program's words.
STATE = "case d.state when 'planned' then 'queued' when 'failed' then 'dead' else d.state end"
# The JSON of a delivery `d`.
DELIVERY = json_object(
    columns("d", "id", "kind", "channel", "target")
    | {"event_id": "'evt_' || replace(d.event_id::text, '-', '')"}
    | columns("d", "event_type", "thread_id", "subject_id")
    | {"state": STATE}
    | columns("d", "attempts")
    | {"next_attempt_at": iso("d.next_attempt_at")}
    | columns("d", "reason", "delivered_by")
    | timestamps("d")
)
LISTING = Listing("d", "deliveries d", DELIVERY)
# Whatever changes in it changes when: in milliseconds, as all that is stored.
VERSION = "(extract(epoch from d.updated_at) * 1000)::bigint"
GET = f"""
select {DELIVERY}::text as body, {VERSION} as version
from deliveries d where d.workspace_id = $1 and d.id = $2"""
# What lists are filtered by; the state is apart.
_FILTERS = {
    "channel": equals("d.channel"),
    "target": equals("d.target"),
    "kind": equals("d.kind"),
    "thread_id": Filter("d.thread_id = {0}", parse_id),
    "event_id": Filter("d.event_id = {0}", parse_event_id),
    "created_after": Filter("d.created_at > {0}"),
    "created_before": Filter("d.created_at < {0}"),
}
_ATTEMPT = json_object(
    columns("a", "number")
    | {name: iso(f"a.{name}") for name in ("started_at", "ended_at")}
    | columns("a", "outcome", "reason", "request", "answer")
)
# Of one delivery, the latest first.
_ATTEMPTS = Listing(
    "a",
    "(select x.*, x.delivery_id as id from delivery_attempts x) a",
    _ATTEMPT,
    key="a.number",
    key_type=INTEGER,
    size="coalesce(octet_length(a.request::text), 0) + coalesce(octet_length(a.answer::text), 0)",
)

# $1 workspace, then the columns in their order; due at once. No queue knows of it yet: whoever
# writes shares no lock with those who deliver.
INSERT = """
insert into deliveries (workspace_id, id, event_id, event_type, kind, channel, target, subject_id,
  thread_id, queue, lane, state, created_at, updated_at, next_attempt_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12, $12, $12)"""

# Several at once, in the order in which they are given: each of a queue, and of a lane in it.
# $1 workspace, $2 now, $3 channel, then arrays: $4 ids, $5 events, $6 their types, $7 kinds,
# $8 targets, $9 subjects, $10 threads, $11 queues, $12 lanes.
INSERT_QUEUED = """
insert into deliveries (workspace_id, id, event_id, event_type, kind, channel, target, subject_id,
  thread_id, queue, lane, state, created_at, updated_at, next_attempt_at)
select $1, n.id, n.event_id, n.event_type, n.kind, $3, n.target, n.subject_id, n.thread_id, n.queue,
  n.lane, 'queued', $2, $2, $2
from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::uuid[],
  $11::text[], $12::uuid[]) with ordinality as n(id, event_id, event_type, kind, target, subject_id,
  thread_id, queue, lane, place)
order by n.place"""

# Of a queue `q`: what has failed so far counts no more, and it does not rest. Who is at it stays.
FORGET = """failures = 0, failing_since = null,
  leased_until = case when q.lease is not null then q.leased_until end"""
# A target that is no more does not fail, and the pause of a webhook ends with it. The queue is held
# before its deliveries, as by those who deliver. $1 workspace, $2 channel, $3 queue
FORGET_QUEUE = f"""
update delivery_queues q set {FORGET},
  paused_at = case when channel <> 'webhook' then paused_at end,
  paused_reason = case when channel <> 'webhook' then paused_reason end
where workspace_id = $1 and channel = $2 and queue = $3"""
# By being routed they let go on what is behind them. $4 now, $5 why
CANCEL_QUEUED = """
with held as materialized (
  select workspace_id, id from deliveries
  where workspace_id = $1 and channel = $2 and queue = $3 and state = 'queued'
  order by lane, seq for update)
update deliveries d set state = 'canceled', is_routed = true, next_attempt_at = null,
  updated_at = greatest($4, d.updated_at), reason = $5
from held where d.workspace_id = held.workspace_id and d.id = held.id"""


def insert_many(planned: str, subjects: str) -> str:
    """SQL that plans many deliveries; those that are planned already are left alone.

    `planned` is a parameter with a list of objects, of which those count whose `subject_id` is an
    `id` of `subjects`. Due at `due_at`, or dead from the beginning where that is null.
    $1 workspace.
    """
    return f"""insert into deliveries (workspace_id, id, event_id, event_type, kind, channel,
    target, subject_id, thread_id, state, reason, created_at, updated_at, next_attempt_at)
  select $1, y.id, y.event_id, y.event_type, y.kind, y.channel, y.target, y.subject_id,
    y.thread_id,
    case when y.due_at is null then 'dead' else 'queued' end, y.reason, y.created_at, y.created_at,
    y.due_at
  from jsonb_to_recordset({planned}) as y(id uuid, event_id uuid, event_type text,
    kind text, channel text, target text, subject_id uuid, thread_id uuid, reason text,
    created_at timestamptz, due_at timestamptz)
  join {subjects} s on s.id = y.subject_id
  order by y.created_at, y.id
  on conflict do nothing"""


async def list_deliveries(con: Connection, context: Context, query: DeliveryQuery) -> Answer:
    """A page of deliveries, the newest first. Raises Unprocessable."""
    conditions = conditions_of(context, query.model_dump(), query.state)
    return Answer(await LISTING.fetch(con, conditions, query))


def conditions_of(context: Context, sent: Mapping[str, Any], state: str | None) -> Conditions:
    """The conditions for deliveries in a state, with what a filter says."""
    conditions = Conditions("d", context.workspace_id, complete=True)
    for name, each in _FILTERS.items():
        if sent.get(name) is not None:
            conditions.add(each.clause, each.convert(sent[name]))
    if state is not None:
        conditions.add(f"{STATE} = {{0}}", state)
        if state != "delivered":
            # As its index has it.
            conditions.add("d.state <> 'delivered'")
    return conditions


async def get_delivery(con: Connection, context: Context, id: UUID) -> Answer:
    """One delivery. Raises NotFound."""
    row = or_404(await con.fetchrow(GET, context.workspace_id, id), NOUN)
    return Answer(row["body"], row["version"])


async def list_attempts(
    con: Connection, context: Context, id: UUID, query: DeliveryAttemptQuery
) -> Answer:
    """A page of the attempts at a delivery, the latest first. Raises NotFound, Unprocessable."""
    or_404(await con.fetchrow(GET, context.workspace_id, id), NOUN)
    conditions = Conditions("a", context.workspace_id, complete=True)
    conditions.add("a.delivery_id = {0}", id)
    return Answer(await _ATTEMPTS.fetch(con, conditions, query))
