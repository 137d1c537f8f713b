"""How a change of a thread is taken back: what it changed is as it was, as a new change.

Tags are given back one by one: what somebody else added or removed since stays so, and only a tag
that the change itself added or removed, and that is not as it left it, keeps it from being taken
back. The needs that the same write made or removed go and come with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from looplane.contacts.memberships.commands import INVERSES as CONTACT_INVERSES
from looplane.events import Event, as_write, only, types_of, without
from looplane.inverses import (
    Inverse,
    Inverses,
    PastEvent,
    find_newer,
    first_id_before,
    require_kept,
    require_untouched,
    superseded,
)
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, NotFound
from looplane.resource_inverses import inverses_of
from looplane.threads import rules as thread_rules
from looplane.threads.children.commands import HeldThread, hold_thread
from looplane.threads.children.sql import NEED_EVENTS
from looplane.threads.sql import THREAD
from looplane.threads.undo import rules, sql
from looplane.threads.undo.needs.commands import Needs, find_needs, give_needs_back
from looplane.threads.update import sql as update

# What is gone, by the column that finds it.
_REFERENCES = {
    "assignee_id": ("assignee_role", "member"),
    "contact_id": ("contact_found", "contact"),
    "company_id": ("company_found", "company"),
    "project_id": ("project_found", "project"),
}


async def undo_update(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    """Takes back what a `thread.updated` tells of, and the needs that its write made and removed.

    Where something else that hangs on the thread is taken back beside it, the thread is touched, as
    it was then. Raises Conflict where something newer touched the same, or what it had is gone.
    """
    if "deleted" in event.after:  # told along with what says that it is there again
        return ()
    if not (event.after or event.internal_before or _others(event)):
        return ()
    require_kept(event, rules.kept(event))
    thread = await hold_thread_of(con, context, event)
    row = await update.find(con, context, thread.id, rules.named(event))
    await _require_untouched(con, context, event, row)
    _require_there(event, row)
    needs = await find_needs(con, context, event)
    change = _Change.of(event, row, needs)
    if change.is_empty and not _others(event):
        return ()
    write = as_write(context, thread.now, change.events)
    await give_needs_back(con, context, event, thread, needs, write)
    key = (context.workspace_id, thread.id, thread.version)
    await con.execute(update.UPDATE, *key, change.columns, change.links, write, context.member_id)
    return types_of(change.events)


async def hold_thread_of(con: Connection, context: Context, event: PastEvent) -> HeldThread:
    """The thread to whose history an event belongs, held to the end of the transaction.

    Raises Conflict where it was deleted, and names what did that.
    """
    try:
        return await hold_thread(con, context, event.aggregate_id)
    except NotFound:
        gone = replace(event, subject_id=event.aggregate_id, after={"deleted": True})
        raise superseded(event, await find_newer(con, context, gone)) from None


def _others(event: PastEvent) -> bool:
    """Whether the write was about something that hangs on the thread."""
    return any(not each.startswith("thread.") for each in event.write_types)


async def _require_untouched(con: Connection, context: Context, event: PastEvent, row: Row) -> None:
    """Raises Conflict where something newer touched what `event` changed, and names it."""
    present = thread_rules.in_api_words(dict(row), THREAD.columns)
    present["project_id"] = row["project_id"]
    if row["need_id"] and not row["project_id"]:  # the project was deleted, and its link is there
        present["project_id"] = event.after.get("project_id")
    own = without(event.after, {"tag_ids", "customer_needs"})
    if own:
        await require_untouched(con, context, replace(event, after=own), present)
    tags = rules.TagChange.of(event).touched(frozenset(row["tag_ids"]), row["tags_found"])
    if tags:
        of_tags = replace(event, after=only(event.after, {"tag_ids"}) or {})
        newer = superseded(of_tags, await find_newer(con, context, of_tags))
        touched = [f"tag_ids: the tag {id} was added or removed since" for id in sorted(tags)]
        raise Conflict(newer.message, issues=[*touched, *newer.issues])


def _require_there(event: PastEvent, row: Row) -> None:
    """Raises Conflict where what the thread had is gone, and names it."""
    gone = [
        f"{name}: the {noun} was deleted"
        for name, (column, noun) in _REFERENCES.items()
        if event.before.get(name) is not None and row[column] is None
    ]
    if event.before.get("assignee_id") and row["assignee_role"] == "VIEWER":
        gone.append("assignee_id: the member is a VIEWER by now")
    tags = sorted(rules.TagChange.of(event).gone(row["tags_found"]))
    gone += [f"tag_ids: the tag {id} was deleted" for id in tags]
    if gone:
        msg = "What the thread had is not there any more."
        raise Conflict(msg, issues=gone)


@dataclass(frozen=True, slots=True)
class _Change:
    """What changes of the thread itself, and all that is told of it and of its needs."""

    columns: Mapping[str, object]
    links: Mapping[str, object]
    events: Sequence[Event]

    @classmethod
    def of(cls, event: PastEvent, row: Row, needs: Needs) -> "_Change":
        """That which takes `event` back."""
        before = _before(row)
        after = rules.given_back(before, event)
        differing = {name for name in after if after[name] != before[name]}
        links = {"tag_ids": after["tag_ids"]} if "tag_ids" in differing else {}
        columns = {name: after[name] for name in differing - {"tag_ids"}}
        events = [*_events(event, before, after), *needs.events(event.subject_id)]
        return cls(columns, links, events)

    @property
    def is_empty(self) -> bool:
        return not (self.columns or self.links or self.events[0].after)


def _before(row: Row) -> thread_rules.Thread:
    """The thread as it shows itself: what was deleted is not there, though a column names it."""
    present = {name: row[f"present_{name}"] for name in ("contact_id", "company_id", "assignee_id")}
    columns = {name: row[name] for name in THREAD.columns}
    return {**columns, **present, "tag_ids": frozenset(row["tag_ids"])}


def _events(
    event: PastEvent, before: thread_rules.Thread, after: thread_rules.Thread
) -> list[Event]:
    id = event.subject_id
    sides = zip(thread_rules.difference(before, after), rules.reversed_links(event), strict=True)
    was, becomes = ({**own, **links} for own, links in sides)
    untold = thread_rules.internal_before(before, after)
    first, *others = thread_rules.events_of(before, after)
    own = Event(first, id, was or None, becomes or None, internal_before=untold)
    return [own, *(Event(each, id, was, becomes) for each in others)]


async def _find_thread_beside(con: Connection, context: Context, event: PastEvent) -> Row | None:
    """The thread that the write of an event, which is about something else, was about."""
    write = (event.write_id, first_id_before(event.id))
    row: Row | None = await con.fetchrow(
        sql.FIND_THREAD_BESIDE, context.workspace_id, *write, event.id
    )
    return row


async def _keep_new_contact(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    """Takes back that a contact was made, unless it was made for a thread.

    Then it stays when the thread goes: others may have come to use it.
    """
    if await _find_thread_beside(con, context, event) is not None:
        return ()
    return await _plain("contact.created")(con, context, event)


async def _revert_contact(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
    """Takes back a change of a contact; its company goes back with that of its thread."""
    thread = await _find_thread_beside(con, context, event)
    if thread is not None and not thread["is_new"]:
        # Before the contact, as whoever changes both holds them.
        await hold_thread_of(con, context, replace(event, aggregate_id=thread["id"]))
    return await _plain("contact.updated")(con, context, event)


def _plain(type: str) -> Inverse:
    """How an event of a contact is taken back where no thread is about it."""
    inverse = CONTACT_INVERSES[type]
    assert inverse is not None, "no event of a contact is told along"
    return inverse


# Of threads and their needs, and of contacts, which change with them.
INVERSES: Inverses = {
    **inverses_of(THREAD, told_along=("status_changed", "assigned", "tagged")),
    "thread.updated": undo_update,
    **dict.fromkeys(NEED_EVENTS),
    **CONTACT_INVERSES,
    "contact.created": _keep_new_contact,
    "contact.updated": _revert_contact,
}
