"""Every statement on caught mail."""

from looplane.caught_mail.schemas import CaughtMailQuery
from looplane.kit.conditions import Conditions
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer
from looplane.kit.sqltext import columns, iso
from looplane.resources import Resource

CAUGHT_MAIL = Resource(
    noun="caught mail",
    table="caught_mail",
    alias="cm",
    columns=("delivery_id", "kind", "sender", "recipients", "subject", "source"),
    json=columns("cm", "id", "delivery_id", "kind")
    | {"from": "cm.sender", "to": "cm.recipients", "subject": "cm.subject"}
    | {"size": "octet_length(cm.source)", "created_at": iso("cm.created_at")},
    events=("deleted",),
    deletion=None,
)

# $1 workspace, $2 id.
FIND_SOURCE = "select source from caught_mail where workspace_id = $1 and id = $2"

# $1 workspace, then the columns; a mail that is tried again was caught before.
INSERT = """
insert into caught_mail (workspace_id, id, delivery_id, kind, sender, recipients, subject, source,
  created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
on conflict (workspace_id, delivery_id) do nothing"""

# What is more than the newest $2 mails or $3 bytes, and what is from before $4. $1 workspace.
DELETE_OLD = """
delete from caught_mail c using (
  select id, created_at, row_number() over newest as mails,
    sum(octet_length(source)) over newest as bytes
  from caught_mail where workspace_id = $1
  window newest as (order by created_at desc, id desc)) old
where c.workspace_id = $1 and c.id = old.id
  and (old.mails > $2 or old.bytes > $3 or old.created_at < $4)"""

# Of all workspaces, the first of what is from before $1.
DELETE_EXPIRED = """
delete from caught_mail where (workspace_id, id) in (
  select workspace_id, id from caught_mail where created_at < $1
  order by created_at limit 100 for update skip locked)"""


async def list_caught(con: Connection, context: Context, query: CaughtMailQuery) -> Answer:
    """A page of mails, the newest first."""
    conditions = Conditions("cm", context.workspace_id, complete=True)
    if query.kind is not None:
        conditions.add("cm.kind = {0}", query.kind)
    return Answer(await CAUGHT_MAIL.listing.fetch(con, conditions, query))
