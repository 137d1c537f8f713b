"""What can be done with threads."""

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from looplane.changes import as_found, write_optimistically
from looplane.contacts.commands import find_or_create_contact
from looplane.events import Event, as_write, types_of
from looplane.kit.clock import Clock, later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.html import CLEANER_VERSION
from looplane.kit.ids import new_id
from looplane.kit.principal import Principal
from looplane.kit.references import reference_id, unknown_reference, unknown_references
from looplane.kit.responses import Answer, or_404
from looplane.threads import rules, sql
from looplane.threads.children.commands import link_new_thread
from looplane.threads.schemas import ExpandQuery, ThreadCreate, ThreadPatch, ThreadTagCreate
from looplane.threads.sql import THREAD
from looplane.threads.update import sql as update

# As many threads as one round wakes.
_MAX_DUE = 1000


async def update_thread(con: Connection, context: Context, id: UUID, patch: ThreadPatch) -> Answer:
    """Changes a thread. Raises NotFound, PreconditionFailed, ValidationFailed."""
    return await change_thread(con, context, id, patch.model_dump(exclude_unset=True))


async def change_thread(
    con: Connection,
    context: Context,
    id: UUID,
    sent: Mapping[str, Any],
    judge: Callable[[Row], None] = lambda _: None,
) -> Answer:
    """Changes a thread by the fields of an update, and `add_tag_ids` and `remove_tag_ids`.

    `judge` is given the thread, with what there is of what is named, before all else is judged; it
    refuses by raising. Raises NotFound, PreconditionFailed, ValidationFailed.
    """

    async def attempt() -> Answer | None:
        row = await update.find(con, context, id, sent)
        context.precondition.check(row["version"])
        judge(row)
        now = later_than(row["updated_at"], context.clock)
        before = _before(row, sent)
        faults = [*_patch_faults(sent, row), *rules.state_faults(before, sent, now)]
        context.raise_faults([*faults, *rules.draft_faults(before, sent)])
        after = rules.apply(before, sent, now, CLEANER_VERSION)
        if after == before:
            present = await sql.get_thread(con, context, id, ExpandQuery())
            return as_found(present, row["version"])
        return await _write(con, context, _DecidedChange(id, row, before, after, now, sent))

    key = (context.workspace_id, id)
    return await write_optimistically(con, attempt, lambda: con.execute(THREAD.lock, *key))


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
    faults = [*_faults(sent, found), *rules.creation_faults(sent, now)]
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
        planned = rules.notices(sent.get("notify", {}), links["assignee_id"], found["watchers"])
        events = [Event("thread.created", id, notify=planned or None)]
        write = as_write(context, now, events)
        await con.execute(THREAD.record, context.workspace_id, id, write)
        answer = await sql.get_thread(con, context, id, ExpandQuery())
    types = (*contact_events, *types_of(events), *need_events)
    return replace(answer, events=types, headers=_notify_header(planned))


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
    before = _before(row, {})
    after = rules.cleaned(before, html, now, CLEANER_VERSION)
    return await _write(con, context, _DecidedChange(id, row, before, after, now)) is not None


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
        before = _before(row, {})
        after = {**before, **rules.woken(now)}
        await _write(con, context, _DecidedChange(id, row, before, after, now))
    return True


def _before(row: Row, sent: Mapping[str, Any]) -> rules.Thread:
    before = {name: row[name] for name in THREAD.columns}
    if not update.looks_at_links(sent):
        return before
    present = {name: row[f"present_{name}"] for name in ("contact_id", "company_id", "assignee_id")}
    return {
        **before,
        # What was deleted is no longer there, though the column still names it.
        **present,
        "tag_ids": frozenset(row["tag_ids"]),
        "project_id": row["project_id"],
        "linked_project_ids": frozenset(row["linked_project_ids"]),
        "contact_company_id": row["contact_company_id"],
    }


def _faults(sent: Mapping[str, Any], found: Row) -> list[str]:
    """What a body names and is not there."""
    faults = unknown_reference(sent, "company_id", "company", found["company_found"])
    faults += unknown_reference(sent, "project_id", "project", found["project_found"])
    if sent.get("assignee_id") is not None and found["assignee_role"] == "VIEWER":
        return [*faults, "assignee_id: a VIEWER cannot be assigned"]
    return [*faults, *unknown_reference(sent, "assignee_id", "member", found["assignee_role"])]


def _patch_faults(sent: Mapping[str, Any], row: Row) -> list[str]:
    if not update.looks_at_links(sent):
        return []
    contact = row["contact_found"] if reference_id(sent, "contact_id") else None
    faults = [*_faults(sent, row), *unknown_reference(sent, "contact_id", "contact", contact)]
    return [*faults, *_tag_faults(sent, row["tags_found"] or ())]


def _tag_faults(sent: Mapping[str, Any], found: Collection[UUID]) -> list[str]:
    """A tag that is to go may be gone already."""
    named = sent.keys() & {"tag_ids", "add_tag_ids"}
    unknown = (unknown_references(sent, name, "tag", found) for name in sorted(named))
    return list(itertools.chain.from_iterable(unknown))


@dataclass(frozen=True, slots=True)
class _DecidedChange:
    """A change of a thread that is decided: what was read, what is to be, when, and why."""

    id: UUID
    row: Row
    before: rules.Thread
    after: rules.Thread
    now: Any
    sent: Mapping[str, Any] = field(default_factory=dict)
    need_id: UUID = field(default_factory=new_id)

    def differs(self, name: str) -> bool:
        return bool(self.after.get(name) != self.before.get(name))


async def _write(con: Connection, context: Context, change: _DecidedChange) -> Answer | None:
    """The one atomic call; None when the thread has moved."""
    watchers = change.row.get("watchers") or ()
    planned = rules.notices(change.sent.get("notify", {}), change.after["assignee_id"], watchers)
    events = _events(change, planned)
    columns = {name: change.after[name] for name in THREAD.columns if change.differs(name)}
    row = await con.fetchrow(
        update.UPDATE,
        context.workspace_id,
        change.id,
        change.row["version"],
        columns,
        _links(change, events),
        as_write(context, change.now, events),
        context.member_id,
    )
    if row is None:
        return None
    version = change.row["version"] + 1
    return Answer(update.as_seen(row), version, types_of(events), _notify_header(planned))


def _links(change: _DecidedChange, events: Sequence[Event]) -> dict[str, object]:
    """The links that change, as the statement takes them."""
    links: dict[str, object] = {}
    if change.differs("tag_ids"):
        links["tag_ids"] = change.after["tag_ids"]
    if change.differs("contact_company_id"):
        contact, company = (change.after[name] for name in ("contact_id", "contact_company_id"))
        event = [each.subject_id for each in events].index(contact)
        links["contact"] = {"id": contact, "company_id": company, "event": event}
    if change.differs("project_id"):
        links["need"] = {"id": change.need_id, "project_id": change.after["project_id"]}
    return links


def _notify_header(planned: list[dict[str, object]]) -> dict[str, str]:
    """No channel can be set up yet; the event keeps who was to be told."""
    said = ", ".join(f"{each['channel']}=not_configured" for each in planned)
    return {"X-Looplane-Notify": said} if said else {}


def _events(change: _DecidedChange, planned: list[dict[str, object]]) -> list[Event]:
    before, after = change.before, change.after
    difference = rules.difference(before, after)
    first, *others = rules.events_of(before, after)
    untold = rules.internal_before(before, after)
    told_to = planned or None
    events = [Event(first, change.id, *difference, notify=told_to, internal_before=untold)]
    events += [Event(each, change.id, *difference) for each in others]
    if change.differs("contact_company_id"):
        was, becomes = ({"company_id": each["contact_company_id"]} for each in (before, after))
        events.append(Event("contact.updated", after["contact_id"], was, becomes))
    if change.differs("project_id"):
        if before["project_id"]:
            need_id = change.row["need_id"]
            events.append(Event("customer_need.deleted", need_id, aggregate_id=change.id))
        if after["project_id"]:
            events.append(Event("customer_need.created", change.need_id, aggregate_id=change.id))
    return events
