"""Keeps mailboxes within their limits: what is over them waits, and the team is told once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.delivery.email.limits import rules, sql
from looplane.delivery.email.limits.rules import Used, Wanted
from looplane.delivery.email.schemas import Draft
from looplane.delivery.schemas import Attempted, DueDelivery
from looplane.events import Event, as_write
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.mail import spelled_address
from looplane.mailboxes.commands import record_change
from looplane.mailboxes.sql import MAILBOX

Mailboxes = Mapping[UUID, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Reserved:
    """What mails are called that may leave, and what became of the others, by delivery."""

    message_ids: Mapping[UUID, str]
    waiting: Mapping[UUID, Attempted]


async def reserve(
    con: Connection, context: Context, mailboxes: Mailboxes, wanted: Sequence[Wanted]
) -> Reserved:
    """Counts mails against the limits, each once however often it is tried, and names them."""
    key, now = context.workspace_id, context.clock()
    ids = [each.delivery_id for each in wanted]
    known = {r["delivery_id"]: r["message_id"] for r in await con.fetch(sql.FIND_SENT, key, ids)}
    if not (new := [each for each in wanted if each.delivery_id not in known]):
        return Reserved(known, {})
    used = await _find_used(con, context, new)
    found = rules.sort(new, mailboxes, used)
    await con.execute(sql.INSERT_SENT, key, [asdict(each) for each in found.now], now)
    for id in {each.mailbox_id for each in found.now}:
        more = sum(each.mailbox_id == id for each in found.now)
        await con.execute(sql.ADD_MAILS, key, id, now.date(), more)
    waiting = {
        each.delivery_id: postponed(rules.budget_reason(mailboxes[each.mailbox_id]), now, None)
        for each in found.of_day
    }
    for each in found.of_many:
        reason = rules.broadcast_reason(mailboxes[each.mailbox_id])
        wait = rules.wait_of_many(now)
        waiting[each.delivery_id] = Attempted("failed", reason, wait, is_postponed=True)
    for id in {each.mailbox_id for each in found.of_day}:
        await _pause(con, context, mailboxes[id], now)
    for each in found.of_thread:
        mailbox = mailboxes[each.mailbox_id]
        waiting[each.delivery_id] = await _wait_in_thread(con, context, mailbox, each, used)
    names = {each.delivery_id: each.message_id for each in found.now}
    return Reserved({**known, **names}, waiting)


async def _find_used(con: Connection, context: Context, wanted: Sequence[Wanted]) -> Used:
    key, now = context.workspace_id, context.clock()
    mailboxes = sorted({each.mailbox_id for each in wanted})
    days = await con.fetch(sql.HOLD_DAYS, key, mailboxes, now.date())
    threads = list({each.thread_id for each in wanted if each.thread_id is not None})
    since = now - rules.HOUR
    hours = await con.fetch(sql.COUNT_IN_THREADS, key, threads, since) if threads else []
    return Used(
        {row["mailbox_id"]: row["mails"] for row in days},
        {(row["thread_id"], row["whose"]): (row["mails"], row["first_at"]) for row in hours},
    )


def postponed(reason: str, now: datetime, until: datetime | None) -> Attempted:
    """What a mail came to whose turn it is not."""
    return Attempted("failed", reason, rules.wait(now, until), is_postponed=True)


async def _pause(
    con: Connection, context: Context, mailbox: Mapping[str, Any], now: datetime
) -> None:
    """Pauses a mailbox to the end of the day, unless it is."""
    if mailbox["status"] == "active":
        until = rules.end_of_day(now)
        after = {"status": "paused", "status_reason": rules.budget_reason(mailbox)}
        change = {**after, "paused_until": until}
        await record_change(con, context, mailbox, change, "paused", now)


async def _wait_in_thread(
    con: Connection, context: Context, mailbox: Mapping[str, Any], wanted: Wanted, used: Used
) -> Attempted:
    now, limited = context.clock(), wanted.limited_with
    assert limited is not None, "only in a thread there is such a limit"
    _, first_at = used.by_thread.get(limited, (0, now))
    until = first_at + rules.HOUR
    key, thread_id = context.workspace_id, limited[0]
    # What the team is told is in the inbox at once: that more of it waits alarms nobody.
    if wanted.kind != "notice" and await con.fetchval(sql.PAUSE_THREAD, key, thread_id, until, now):
        kind = MAILBOX.event_type("thread_paused")
        event = Event(kind, mailbox["id"], thread_ids=[thread_id])
        moment = later_than(mailbox["updated_at"], lambda: now)
        await con.execute(MAILBOX.record, key, mailbox["id"], as_write(context, moment, [event]))
    return postponed(rules.thread_reason(mailbox), now, until)


async def resume(
    con: Connection, context: Context, mailbox: Mapping[str, Any], now: datetime
) -> bool:
    """Makes a mailbox active whose pause is over; False where it is not."""
    until = mailbox["paused_until"]
    if until is None or until > now:
        return False
    after = {"status": "active", "status_reason": None, "paused_until": None}
    return await record_change(con, context, mailbox, after, "updated", now)


async def find_bounced(
    con: Connection, context: Context, drafts: Mapping[UUID, Draft]
) -> dict[UUID, Attempted]:
    """Notices to addresses that mail came back from: nobody is bothered there again.

    What a person writes is tried all the same.
    """
    addresses = {
        id: spelled_address(each.to.email) for id, each in drafts.items() if each.is_notice
    }
    if not addresses:
        return {}
    args = (context.workspace_id, list(addresses.values()))
    found = {r["address"]: r["reason"] for r in await con.fetch(sql.FIND_BOUNCED, *args)}
    return {
        id: Attempted("refused", f"Mail to this address came back before: {found[address]}")
        for id, address in addresses.items()
        if address in found
    }


async def name_messages(
    con: Connection,
    context: Context,
    some: Sequence[DueDelivery],
    names: Mapping[UUID, str | None],
) -> None:
    """Keeps with messages what their mails are called, so that answers find their threads."""
    messages = [each for each in some if each.kind == "message"]
    if messages:
        ids = [each.subject_id for each in messages]
        named = [names[each.id] for each in messages]
        await con.execute(sql.NAME_MESSAGES, context.workspace_id, ids, named)
