"""How what a noun's events tell of is taken back, made from its declaration.

A change is taken back by what its event says was before, a deletion by showing the row again, and a
creation by the noun's own deletion. None of it asks what is allowed to be sent now: what was, may
be again.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from uuid import UUID

from looplane import changes
from looplane.changes import Decision
from looplane.events import Event, Values, as_write, types_of
from looplane.inverses import (
    Inverse,
    Inverses,
    PastEvent,
    find_newer,
    last_version,
    require_kept,
    require_untouched,
    superseded,
)
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict
from looplane.kit.responses import Answer
from looplane.reference_locks import locked_references
from looplane.resources import Resource

# How a noun decides an update to what was sent, or what was before.
Decide = Callable[[Connection, Context, Values], Decision]
Delete = Callable[[Connection, Context, UUID], Awaitable[Answer]]
# Puts back what a deletion took out of other tables.
PutBack = Callable[[Connection, Context, PastEvent], Awaitable[None]]


def inverses_of(
    resource: Resource,
    *,
    delete: Delete | None = None,
    decide: Decide | None = None,
    put_back: PutBack | None = None,
    told_along: Sequence[str] = (),
) -> Inverses:
    """How the usual events of a noun are taken back; others are `told_along` with one of them."""
    made = take_back_creation(resource, delete)
    by_verb: dict[str, Inverse | None] = {"created": made, "restored": made}
    by_verb["updated"] = revert(resource, decide)
    if resource.deletion is not None:
        by_verb["deleted"] = restore(resource, put_back)
    by_verb |= dict.fromkeys(told_along)
    return {resource.event_type(verb): by_verb[verb] for verb in resource.events if verb in by_verb}


def take_back_creation(resource: Resource, delete: Delete | None = None) -> Inverse:
    """Deletes what was made, or shown again, as the noun itself does, if nothing touched it."""

    async def inverse(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
        _require_plain(event, event.before, {"deleted"})
        whole = replace(event, before={}, after={})
        row = await hold(con, context, resource, whole)
        await require_untouched(con, context, whole)
        await _require_told(con, context, event, row["version"])
        if delete is None:
            return (await changes.delete(con, context, resource, event.subject_id)).events
        return (await delete(con, context, event.subject_id)).events

    return inverse


def revert(
    resource: Resource, decide: Decide | None = None, texts: Collection[str] = ()
) -> Inverse:
    """Gives the fields that changed the values that they had; of `texts` each language has some."""

    async def inverse(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
        if "deleted" in event.after:  # told along with what says that it is there again
            return ()
        id = event.subject_id
        await hold(con, context, resource, event)
        sent = former_values(resource, event)
        present = await con.fetchrow(resource.find(), context.workspace_id, id)
        await require_untouched(con, context, event, present_values(event, present), texts)
        decision = decide(con, context, sent) if decide else Decision(columns=lambda _: sent)
        return (await changes.update(con, context, resource, id, sent, decision)).events

    return inverse


def restore(resource: Resource, put_back: PutBack | None = None) -> Inverse:
    """Shows a row again that was hidden, if what it refers to is still there."""

    async def inverse(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
        _require_plain(event, event.after, set())
        id = event.subject_id
        row = await con.fetchrow(resource.lock_deleted, context.workspace_id, id)
        await require_untouched(con, context, event)
        if row is None:
            msg = f"The {resource.noun} is not deleted any more."
            raise Conflict(msg)
        await _require_told(con, context, event, row["version"])
        events = restoring_events(resource, event)
        write = as_write(context, later_than(row["updated_at"], context.clock), events)
        names = resource.references.keys() - resource.reads_as.keys() - resource.other_tables.keys()
        refers = {name: None if row[name] is None else str(row[name]) for name in names}
        async with locked_references(con, context, resource, refers) as references:
            context.raise_faults(references.faults)
            with changes.refusing_taken(resource, dict(row)):
                await con.execute(resource.restore, context.workspace_id, id, write)
        if put_back is not None:
            await put_back(con, context, event)
        return types_of(events)

    return inverse


def restoring_events(resource: Resource, event: PastEvent) -> list[Event]:
    """What is told of a thing that is there again.

    Whoever knows the field's types alone reads of an update, and has the thing again by it.
    """
    verbs = [verb for verb in ("updated", "restored") if verb in resource.events]
    return [
        Event(
            resource.event_type(verb),
            event.subject_id,
            {"deleted": True},
            {"deleted": False},
            aggregate_id=event.aggregate_id,
            visible_to=event.visible_to,
        )
        for verb in verbs
    ]


async def hold(con: Connection, context: Context, resource: Resource, event: PastEvent) -> Row:
    """`version` and `updated_at` of the thing, which nobody else can change now.

    Raises Conflict where it is gone, and names what deleted it.
    """
    row = await con.fetchrow(resource.lock, context.workspace_id, event.subject_id)
    if row is not None:
        return row
    if newer := await find_newer(con, context, event):
        raise superseded(event, newer)
    msg = f"The {resource.noun} is not there any more."
    raise Conflict(msg)


def former_values(resource: Resource, event: PastEvent) -> dict[str, object]:
    """The values that the fields of an event had. Raises Conflict where none are known any more.

    What was erased meanwhile is in no event, and stays as it is.
    """
    written = {*resource.columns, *resource.other_tables}
    _require_plain(event, event.after, {*written, "language"})
    sent = {name: value for name, value in event.before.items() if name in written}
    if event.language:
        sent.pop("language")
    if not sent:
        msg = "What was before this change is not kept any more."
        raise Conflict(msg)
    untold = event.internal_before
    require_kept(event, [each for name in sent for each in resource.written_with.get(name, ())])
    return sent | {name: untold[name] for name in resource.untold if name in untold}


def present_values(event: PastEvent, row: Row | None) -> dict[str, object]:
    """The fields of an event as they are in a `row`."""
    there = dict(row) if row is not None else {}
    told = event.after.keys() - ({"language"} if event.language else set())
    return {name: there[name] for name in told if name in there}


def _require_plain(event: PastEvent, told: Values, known: set[str]) -> None:
    """Raises Conflict where an event is part of something that is taken back in another way."""
    if others := sorted(told.keys() - known):
        msg = f"{event.type} of {', '.join(others)} is not taken back by itself."
        raise Conflict(msg)


async def _require_told(con: Connection, context: Context, event: PastEvent, version: int) -> None:
    """Raises Conflict where the thing has changed and no event tells, as a merge moves things."""
    if await last_version(con, context, event) != version:
        msg = f"What {event.type} is about has changed since."
        raise Conflict(msg)
