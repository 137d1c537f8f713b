"""Every statement on blocked senders."""

from looplane.filters import equals
from looplane.kit.sqltext import columns, iso
from looplane.resources import Resource

BLOCKED_SENDER = Resource(
    noun="blocked sender",
    table="blocked_senders",
    alias="bs",
    columns=("type", "value"),
    json=columns("bs", "id", "value", "type") | {"created_at": iso("bs.created_at")},
    filters={"type": equals("bs.type")},
    events=("created", "deleted", "restored"),
    taken="{value} is blocked already.",
)

# Whether there is a block for the address $2, or for one of the domains $3.
IS_BLOCKED = """exists (select from blocked_senders b where b.workspace_id = $1
    and b.deleted_at is null and (b.type = 'EMAIL' and b.value = lower($2)
      or b.type = 'DOMAIN' and b.value = any ($3::text[])))"""
