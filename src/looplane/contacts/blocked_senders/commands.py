"""What can be done with blocked senders, beside what can be done with every thing."""

from looplane import changes
from looplane.contacts.blocked_senders import rules, sql
from looplane.contacts.blocked_senders.schemas import BlockedSenderCreate
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.responses import Answer


async def create_blocked_sender(
    con: Connection, context: Context, body: BlockedSenderCreate
) -> Answer:
    """Blocks an address or a domain. Raises ValidationFailed, and Conflict when it is blocked."""
    sent = body.model_dump(exclude_unset=True)
    value, faults = rules.spelled(sent)
    values = {**sent, "value": value}
    return await changes.create(con, context, sql.BLOCKED_SENDER, values, faults=faults)
