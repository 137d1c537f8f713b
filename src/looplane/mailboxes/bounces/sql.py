"""Every statement on mail that came back."""

from looplane import events
from looplane.filters import Filter
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.mail import spelled_address
from looplane.kit.responses import Answer
from looplane.kit.sqltext import columns, iso, json_object
from looplane.mailboxes.bounces.schemas import BouncedAddressQuery
from looplane.resources import Resource

# Nothing tells the team by mail there until that is lifted.
BOUNCED_ADDRESS = Resource(
    noun="bounced address",
    table="bounced_addresses",
    alias="ba",
    columns=("address", "reason"),
    json=columns("ba", "id", "address", "reason") | {"created_at": iso("ba.created_at")},
    filters={"address": Filter("ba.address = {0}", spelled_address)},
    events=("deleted",),
    deletion=None,
)

# Mails of ours by what their heads call them. $1 workspace, $2 names; held.
FIND_SENT = """
select delivery_id, thread_id, recipient, message_id, bounced_at from sent_mails
where workspace_id = $1 and message_id = any ($2) order by delivery_id for update"""

# $1 workspace, $2 delivery, $3 when, $4 why.
MARK_BOUNCED = """
update sent_mails set bounced_at = $3, bounce_reason = $4
where workspace_id = $1 and delivery_id = $2 and bounced_at is null"""

# $1 workspace, $2 id, $3 the address as it is spelled there, $4 why, $5 when.
INSERT_BOUNCED_ADDRESS = """
insert into bounced_addresses (workspace_id, id, address, reason, created_at, updated_at)
values ($1, $2, $3, $4, $5, $5) on conflict (workspace_id, address) do nothing"""

# Neither to whom it was nor what was answered: an event is kept for longer, and shown to others.
_BOUNCED = json_object(columns("d", "id", "kind", "channel", "event_id", "subject_id", "thread_id"))
# Of each delivery that came back. $1 workspace, $2 write
INSERT_EVENTS = f"""
with w as materialized ({events.WRITE.format("$2")}),
bounced as (
  select d.id, {_BOUNCED} as data from w, jsonb_to_recordset(w.events) as e(subject_id uuid)
  join deliveries d on d.workspace_id = $1 and d.id = e.subject_id)
{events.insert("bounced", "bounced.data", "bounced.id")}"""


async def list_bounced(con: Connection, context: Context, query: BouncedAddressQuery) -> Answer:
    """A page of addresses, the newest first."""
    conditions = Conditions("ba", context.workspace_id, complete=True)
    if query.address is not None:
        of_address = BOUNCED_ADDRESS.filters["address"]
        conditions.add(of_address.clause, of_address.convert(query.address))
    return Answer(await BOUNCED_ADDRESS.listing.fetch(con, conditions, query))
