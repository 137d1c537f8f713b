"""What can be done with threads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from looplane.contacts.commands import find_or_create_contact
from looplane.events import Event, as_write, types_of
from looplane.kit.clock import Clock, later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.ids import new_id
from looplane.kit.principal import Principal
from looplane.kit.references import reference_id, unknown_reference
from looplane.kit.responses import Answer, or_404
from looplane.notices.asked.commands import plan_asked, tell_asked
from looplane.threads import rules, sql
from looplane.threads.children.commands import link_new_thread
from looplane.threads.schemas import ExpandQuery, ThreadCreate, ThreadPatch, ThreadTagCreate
from looplane.threads.sql import THREAD
from looplane.threads.update import sql as update
from looplane.threads.update.commands import (
    DecidedChange,
    change_thread,
    link_faults,
    state_of,
    write_change,
)

# As many threads as one round wakes.
_MAX_DUE = 1000


async def update_thread(con: Connection, context: Context, id: UUID, patch: ThreadPatch) -> Answer:
    """Changes a thread. Raises NotFound, PreconditionFailed, ValidationFailed."""
    return await change_thread(con, context, id, patch.model_dump(exclude_unset=True))


async def add_thread_tag(
    con: Connection, context: Context, id: UUID, body: ThreadTagCreate
) -> Answer:
    """Adds a tag. Raises NotFound, PreconditionFailed, ValidationFailed."""
    sent = body.model_dump(exclude_unset=True)

    def judge(row: Row) -> None:
        context.raise_faults(unknown_reference(sent, "tag_id", "tag", row["tags_found"]))

    return await change_thread(con, context, id, {"add_tag_ids": [*sent.values()]}, judge)


async def remove_thread_tag(con: Connection, context: Context, id: UUID, tag_id: UUID) -> Answer:
    """Removes a tag that the thread has. Raises NotFound, PreconditionFailed."""

    def judge(row: Row) -> None:
        or_404(tag_id if tag_id in row["tag_ids"] else None, "tag of this thread")

    return await change_thread(con, context, id, {"remove_tag_ids": [str(tag_id)]}, judge)


async def create_thread(con: Connection, context: Context, thread: ThreadCreate) -> Answer:
    """Makes a thread, and its contact when the address is new. Raises ValidationFailed."""
    sent = thread.model_dump(exclude_unset=True)
    found, now, id = await sql.find_references(con, context, sent), context.clock(), new_id()
    faults = [*link_faults(sent, found), *rules.creation_faults(sent, now)]
    context.raise_faults(
        [*faults, *unknown_reference(sent, "issue_id", "issue", found["issue_found"])]
    )
    async with con.transaction():
        contact, contact_events = await find_or_create_contact(
            con, context, thread.contact_email, thread.contact_name, found["company_found"]
        )
        links = {"company_id": found["company_found"] or contact["company_id"]}
        links |= {"contact_id": contact["id"], "assignee_id": reference_id(sent, "assignee_id")}
        whole = {**dict.fromkeys(THREAD.columns), **thread.model_dump(include=set(THREAD.columns))}
        whole |= {"external_ids": sent.get("external_ids", {}), "is_read": False}
        whole |= {"reporter_id": context.member_id, "html_version": CLEANER_VERSION}
        columns = {**whole, **rules.created(sent, now), **links}
        await con.execute(THREAD.insert_row, context.workspace_id, id, columns)
        asked_for = (found["project_found"], found["issue_found"])
        need_events = await link_new_thread(con, context, id, *asked_for)
        told = (links["assignee_id"], found["watchers"], context.member_id)
        asked = rules.notices(sent.get("notify", {}), *told)
        events = [Event("thread.created", id, notify=asked or None)]
        write = as_write(context, now, events)
        await con.execute(THREAD.record, context.workspace_id, id, write)
        said = await tell_asked(con, context, await plan_asked(con, context, write, asked))
        answer = await sql.get_thread(con, context, id, ExpandQuery())
    types = (*contact_events, *types_of(events), *need_events)
    return replace(answer, events=types, **said)


async def replace_html(
    con: Connection, context: Context, id: UUID, version: int, html: Mapping[str, str | None]
) -> bool:
    """Stores all HTML of a thread as it was cleaned anew, where an older version had cleaned it.

    False if that is no longer so, or the thread is not at `version` any more.
    """
    row = await con.fetchrow(update.FIND_THREAD, context.workspace_id, id)
    if row is None or row["version"] != version or row["html_version"] >= CLEANER_VERSION:
        return False
    now = later_than(row["updated_at"], context.clock)
    before = state_of(row, {})
    after = rules.cleaned(before, html, now, CLEANER_VERSION)
    return await write_change(con, context, DecidedChange(id, row, before, after, now)) is not None


@dataclass(frozen=True, slots=True)
class Waking:
    """What one round of waking has done: how many woke, and which could not be woken, and why."""

    woken: int = 0
    failures: Mapping[UUID, Exception] = field(default_factory=dict)


async def wake_due_threads(con: Connection, clock: Clock, set_aside: Collection[UUID]) -> Waking:
    """Opens snoozed threads whose time has come, in all workspaces, but for those `set_aside`.

    Each in a transaction of its own: one that fails, or that somebody else holds, keeps no other
    asleep. Raises what went wrong with the connection itself.
    """
    woken, failures = 0, {}
    for workspace_id, id in await con.fetch(sql.FIND_DUE, clock(), set_aside, _MAX_DUE):
        context = Context(Principal(workspace_id, "rule", rule="snooze"), clock, "snooze")
        try:
            woken += await _wake_thread(con, context, id)
        except Exception as error:
            if con.is_closed():
                raise
            failures[id] = error
    return Waking(woken, failures)


async def _wake_thread(con: Connection, context: Context, id: UUID) -> bool:
    """False for a thread that is no longer due, or that somebody holds now."""
    async with con.transaction():
        due = (context.workspace_id, id, context.clock())
        if await con.fetchval(sql.LOCK_DUE, *due) is None:
            return False
        row = await update.find(con, context, id, {})
        now = later_than(row["updated_at"], context.clock)
        before = state_of(row, {})
        after = {**before, **rules.woken(now)}
        await write_change(con, context, DecidedChange(id, row, before, after, now))
    return True
