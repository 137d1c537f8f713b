"""What can be done with blocked senders, beside what can be done with every thing."""

from uuid import UUID

import asyncpg

from looplane import changes
from looplane.contacts.blocked_senders import rules, sql
from looplane.contacts.blocked_senders.schemas import BlockedSenderCreate, BlockedSenderQuery
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import Conflict
from looplane.kit.responses import Answer


async def create_blocked_sender(
    con: Connection, context: Context, body: BlockedSenderCreate
) -> Answer:
    """Blocks an address or a domain. Raises ValidationFailed, and Conflict when it is blocked."""
    sent = body.model_dump(exclude_unset=True)
    value, faults = rules.spelled(sent)
    values = {**sent, "value": value}
    try:
        return await changes.create(con, context, sql.BLOCKED_SENDER, values, faults=faults)
    except asyncpg.UniqueViolationError:
        msg = f"{value} is blocked already."
        raise Conflict(msg) from None


async def list_blocked_senders(
    con: Connection, context: Context, query: BlockedSenderQuery
) -> Answer:
    """A page of blocks, the newest first. Raises Unprocessable."""
    return await changes.list_page(con, context, sql.BLOCKED_SENDER, query)


async def delete_blocked_sender(con: Connection, context: Context, id: UUID) -> Answer:
    """Lifts a block. Raises NotFound, PreconditionFailed."""
    return await changes.delete(con, context, sql.BLOCKED_SENDER, id)


async def is_blocked(con: Connection, context: Context, email: str) -> bool:
    """Whether an address is blocked, by itself or by its domain or one above that."""
    args = (context.workspace_id, *rules.blocked_as(email))
    return bool(await con.fetchval(sql.IS_BLOCKED, *args))
