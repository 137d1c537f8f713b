"""How mail that came back is taken in."""

import asyncio
import base64
from uuid import UUID

import orjson

from looplane import changes
from looplane.events import Event, as_write, types_of
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import new_id
from looplane.kit.mail import spelled_address
from looplane.kit.responses import Answer
from looplane.kit.secrets import Secrets
from looplane.mailboxes import rules
from looplane.mailboxes.bounces import sql
from looplane.mailboxes.bounces.schemas import BounceReport
from looplane.mailboxes.sql import MAILBOX

# Of a delivery, beside what its mailbox tells: by it whoever wrote the message learns of it.
BOUNCED = "delivery.bounced"
EVENT_TYPES = (BOUNCED,)


async def report_mailbox_bounce(
    con: Connection, context: Context, secrets: Secrets, id: UUID, body: BounceReport
) -> Answer:
    """Takes in a mail that came back, and marks what it is of.

    Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    context.raise_faults()
    report = await asyncio.to_thread(rules.read_report, base64.b64decode(body.content_base64))
    async with con.transaction():
        held = await changes.lock(con, context, MAILBOX, id)
        bounced = await _mark(con, context, secrets, report) if report else []
        events = []
        if bounced:
            threads = [UUID(str(each["thread_id"])) for each in bounced if each["thread_id"]]
            events = [Event(MAILBOX.event_type("bounced"), id, thread_ids=threads or None)]
            moment = later_than(held["updated_at"], context.clock)
            write = as_write(context, moment, events)
            await con.execute(MAILBOX.record, context.workspace_id, id, write)
            came_back = [Event(BOUNCED, UUID(str(each["delivery_id"]))) for each in bounced]
            write = as_write(context, moment, came_back)
            await con.execute(sql.INSERT_EVENTS, context.workspace_id, write)
    answer = orjson.dumps({"bounced": bounced}, default=str).decode()
    return Answer(answer, None, types_of(events))


async def _mark(
    con: Connection, context: Context, secrets: Secrets, report: rules.Report
) -> list[dict[str, object]]:
    """Which mails of ours came back; each is told once."""
    key, now = context.workspace_id, context.clock()
    ids = [each for each in report.message_ids if rules.delivery_of(secrets, key, each)]
    bounced = []
    for row in await con.fetch(sql.FIND_SENT, key, ids) if ids else []:
        address = spelled_address(row["recipient"])
        reason = report.failures.get(address)
        if reason is None or row["bounced_at"] is not None:
            continue
        await con.execute(sql.MARK_BOUNCED, key, row["delivery_id"], now, reason)
        await con.execute(sql.INSERT_BOUNCED_ADDRESS, key, new_id(), address, reason, now)
        names = ("recipient", "delivery_id", "thread_id")
        bounced.append({**{name: row[name] for name in names}, "reason": reason})
    return bounced
