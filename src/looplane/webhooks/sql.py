"""Every statement on webhooks, and on what is queued for them."""

from uuid import UUID

from looplane.deliveries.sql import DELIVERY, FORGET, INSERT_QUEUED, LISTING, STATE
from looplane.event_feed.sql import CARRIER
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer, or_404
from looplane.kit.sqltext import columns, iso, timestamps
from looplane.resources import Resource
from looplane.webhooks.schemas import WebhookDeliveryQuery

CHANNEL = "webhook"
WEBHOOK = Resource(
    noun="webhook",
    table="webhooks",
    alias="wh",
    columns=(
        "url",
        "label",
        "events",
        "style",
        "status",
        "status_reason",
        "secret_number",
        "former_secret_until",
    ),
    json=columns("wh", "id", "url", "label", "events", "style", "status", "status_reason")
    | {"former_secret_until": iso("wh.former_secret_until")}
    | timestamps("wh"),
    internal=frozenset({"secret_number"}),
    events=(
        *("created", "updated", "deleted"),
        *("paused", "disabled", "secret_rotated", "pinged", "replayed"),
    ),
)

# $1 workspace, $2 webhook, $3 number, $4 sealed, $5 now.
KEEP_SEALED = """
insert into webhook_secrets (workspace_id, webhook_id, number, sealed, created_at)
values ($1, $2, $3, $4, $5)"""
# Those before number $3. $1 workspace, $2 webhook.
DROP_SEALED = """
delete from webhook_secrets where workspace_id = $1 and webhook_id = $2 and number < $3"""

# The queue of webhook $2 waits from $3 on. $1 workspace, $4 why.
HOLD_QUEUE = """
insert into delivery_queues (workspace_id, channel, queue, paused_at, paused_reason)
values ($1, 'webhook', $2, $3, $4)
on conflict (workspace_id, channel, queue)
do update set paused_at = excluded.paused_at, paused_reason = excluded.paused_reason"""
# It goes on at $3, and what has failed so far is forgotten.
RESUME_QUEUE = f"""
update delivery_queues q set paused_at = null, paused_reason = null, {FORGET}, due_at = $3
where workspace_id = $1 and channel = 'webhook' and queue = $2"""

# What is sent of an event `e` with its carrier `d`: the same bytes, whenever it is put together.
BODY = f"""convert_to('{{"id":"evt_' || replace(e.id::text, '-', '') || '","type":"' || e.type
  || '","created_at":"' || {iso("e.created_at")} || '","data":'
  || coalesce(coalesce(e.data, d.data)::text, 'null') || '}}', 'UTF8')"""
# Keeps the bodies of events, those that are not kept yet. What only one member may see has none: it
# never leaves. $1 workspace, $2 positions, $3 ids, $4 now.
INSERT_BODIES = f"""
insert into event_bodies (workspace_id, event_id, body, created_at)
select $1, e.id, {BODY}, $4
from unnest($2::bigint[], $3::uuid[]) as p(position, id)
join events e on e.workspace_id = $1 and e.position = p.position and e.id = p.id
{CARRIER}
where e.visible_to is null
on conflict do nothing"""
# Of all events of a write in this transaction. $1 workspace, $2 write, $3 now.
INSERT_BODIES_OF_WRITE = f"""
insert into event_bodies (workspace_id, event_id, body, created_at)
select $1, e.id, {BODY}, $3 from events e {CARRIER}
where e.workspace_id = $1 and e.write_id = $2 and e.visible_to is null
on conflict do nothing"""
# Of events that are looked for by their ids, as FIND_EVENTS does. $1 workspace, $2 ids, $3 the
# least and $4 the greatest of them, $5 now.
INSERT_BODIES_AGAIN = f"""
insert into event_bodies (workspace_id, event_id, body, created_at)
select $1, e.id, {BODY}, $5 from events e {CARRIER}
where e.workspace_id = $1 and e.id = any ($2::uuid[]) and e.id >= $3 and e.id <= $4
  and e.visible_to is null
on conflict do nothing"""

# Of the next bodies from before $1, after $2 and $3, lets those go that nothing waits with; the
# last one that was looked at. Those that stay are looked at once in a sweep.
SWEEP_BODIES = """
with looked as materialized (
  select workspace_id, event_id, created_at from event_bodies
  where created_at < $1 and (created_at, event_id) > ($2, $3)
  order by created_at, event_id limit 1000),
gone as (
  delete from event_bodies b using looked l
  where b.workspace_id = l.workspace_id and b.event_id = l.event_id and not exists (
    select from deliveries d where d.workspace_id = l.workspace_id and d.event_id = l.event_id
      and d.channel = 'webhook' and d.state in ('planned', 'queued')))
select created_at, event_id from looked order by created_at desc, event_id desc limit 1"""

# The thread is looked up for each by its id, however many threads there are.
_EVENT = """e.position, e.id, e.type, e.subject_id, e.aggregate_id, 'event' as kind,
  (select t.id from threads t where t.workspace_id = $1 and t.id = e.aggregate_id) as thread_id"""
# Whether `e` came after webhook `w` was made, though a clock that was set back says otherwise.
_COMES_AFTER = """exists (
    select from events m where m.workspace_id = $1 and m.aggregate_id = w.id
      and m.type = 'webhook.created' and m.position < e.position)"""
# What each webhook is to be told of events, in the order in which they are given: of what happened
# since it was made. $1 workspace, $2 positions, $3 ids.
FIND_WANTED = f"""
select w.id as webhook_id, {_EVENT}
from unnest($2::bigint[], $3::uuid[]) with ordinality as p(position, id, place)
join events e on e.workspace_id = $1 and e.position = p.position and e.id = p.id
join webhooks w on w.workspace_id = $1 and w.deleted_at is null and w.status <> 'disabled'
  and (w.created_at <= e.created_at or {_COMES_AFTER})
  and w.events && array[e.type, split_part(e.type, '.', 1) || '.*', '*']
where e.visible_to is null
order by p.place, w.id"""

# Among the ids of events: those before and after are in other partitions. $1 workspace, $2 ids,
# $3 the least and $4 the greatest of them, $5 types.
FIND_EVENTS = f"""
select {_EVENT} from events e
where e.workspace_id = $1 and e.id = any ($2::uuid[]) and e.id >= $3 and e.id <= $4
  and e.visible_to is null and e.type = any ($5::text[])
order by e.position, e.id"""

# The clocks that make ids and those that say when may be so far apart.
_SKEW = "interval '1 hour'"
# Events of types $6 between $4 and $5, after a position ($2, $3), at most $7. $1 workspace.
FIND_SPAN = f"""
select {_EVENT} from (
  select e.* from events e
  where e.workspace_id = $1 and (e.position, e.id) > ($2, $3) and e.position < event_horizon()
    and e.id >= first_id(greatest($4::timestamptz - {_SKEW}, 'epoch'))
    and e.id < first_id($5::timestamptz + {_SKEW})
    and e.created_at > $4 and e.created_at < $5
    and e.visible_to is null and e.type = any ($6::text[])
  order by e.position, e.id limit $7) e
order by e.position, e.id"""

# $1 workspace, $2 ids, $3 webhook as text.
FIND_DELIVERIES = """
select d.id as delivery_id, d.event_id as id, d.event_type as type, d.kind, d.subject_id,
  d.lane as aggregate_id, d.thread_id
from deliveries d
where d.workspace_id = $1 and d.id = any ($2::uuid[]) and d.channel = 'webhook' and d.target = $3
order by d.seq"""

# Where one is there already it stays as it is.
INSERT_DELIVERIES = f"{INSERT_QUEUED}\non conflict do nothing"
# One that is there is queued once more, behind what is queued now; its attempts are counted anew.
REPLAY_DELIVERIES = f"""{INSERT_QUEUED}
on conflict (workspace_id, event_id, channel, target) do update set
  state = 'queued', is_routed = false, seq = default, tries = 0, lane = excluded.lane,
  queue = excluded.queue, next_attempt_at = excluded.next_attempt_at, reason = null,
  delivered_by = null, updated_at = excluded.updated_at
where deliveries.state not in ('planned', 'queued')
returning id"""

GET_DELIVERY = f"""
select {DELIVERY}::text as body from deliveries d where d.workspace_id = $1 and d.id = $2"""


async def list_deliveries(
    con: Connection, context: Context, id: UUID, query: WebhookDeliveryQuery
) -> Answer:
    """A page of deliveries to a webhook, the newest first. Raises NotFound, Unprocessable."""
    or_404(await con.fetchrow(WEBHOOK.get, context.workspace_id, id), WEBHOOK.noun)
    conditions = Conditions("d", context.workspace_id, complete=True)
    conditions.add("d.channel = 'webhook' and d.target = {0}", str(id))
    if query.state is not None:
        conditions.add(f"{STATE} = {{0}}", query.state)
    return Answer(await LISTING.fetch(con, conditions, query))
