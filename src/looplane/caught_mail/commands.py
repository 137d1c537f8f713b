"""Mail of workspaces without a mailbox: kept for the team to look at, and never sent."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from looplane import queries
from looplane.caught_mail import rules, sql
from looplane.caught_mail.sql import CAUGHT_MAIL
from looplane.deliveries.schemas import DeliveryKind
from looplane.kit.clock import Clock
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import new_id
from looplane.kit.responses import Answer, or_404
from looplane.kit.row_count import row_count


@dataclass(frozen=True, slots=True)
class NewCaughtMail:
    """A mail that would have been sent."""

    delivery_id: UUID
    kind: DeliveryKind
    sender: str
    recipients: Sequence[str]
    subject: str
    source: bytes


async def get_caught_mail(con: Connection, context: Context, id: UUID) -> Answer:
    """A mail with its source and its parts. Raises NotFound."""
    answer = await queries.get(con, context, CAUGHT_MAIL, id)
    found = await con.fetchval(sql.FIND_SOURCE, context.workspace_id, id)
    apart = await asyncio.to_thread(rules.taken_apart, or_404(found, CAUGHT_MAIL.noun))
    body = orjson.dumps({**orjson.loads(answer.body), **apart}).decode()
    return Answer(body, answer.version)


async def catch(con: Connection, workspace_id: UUID, now: datetime, mail: NewCaughtMail) -> None:
    """Keeps a mail, once; `let_go` follows."""
    what = (mail.sender, list(mail.recipients), mail.subject, mail.source)
    of = (new_id(), mail.delivery_id, mail.kind, *what, now)
    await con.execute(sql.INSERT, workspace_id, *of)


async def let_go(
    con: Connection, workspace_id: UUID, now: datetime, days: int = rules.DAYS
) -> None:
    """Lets go of the oldest mails where there are too many, and of those older than `days`."""
    bounds = (rules.MAX_MAILS, rules.MAX_BYTES, rules.kept_since(now, days))
    await con.execute(sql.DELETE_OLD, workspace_id, *bounds)


async def sweep_caught(con: Connection, clock: Clock, days: int = rules.DAYS) -> int:
    """Lets go of what was caught long ago, in all workspaces, some at a time; how many."""
    done: str = await con.execute(sql.DELETE_EXPIRED, rules.kept_since(clock(), days))
    return row_count(done)
