"""How a change becomes rows: read, decide, write if nothing moved, and the event with it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from looplane import queries
from looplane.events import Event, Values, as_write, difference, only, types_of, without
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict
from looplane.kit.ids import new_id
from looplane.kit.responses import Answer, or_404
from looplane.kit.schema import StrictModel
from looplane.reference_locks import locked_references
from looplane.resources import Resource

# Writes what a thing has in other tables than its own, where its row is there and held: given its
# id, what is to be, and when.
WriteOthers = Callable[[UUID, Values, datetime], Awaitable[None]]


async def write_optimistically(
    con: Connection,
    attempt: Callable[[], Awaitable[Answer | None]],
    lock: Callable[[], Awaitable[Any]],
    *,
    is_locked: bool = False,
) -> Answer:
    """What `attempt` answers; it reads, decides, and writes if the version is still the one read.

    It says None when another write got in between. Then the row is locked first, in a
    transaction, and the second attempt cannot be overtaken. With `is_locked` it is from the start.
    """
    answer = None if is_locked else await attempt()
    if answer is None:
        async with con.transaction():
            await lock()
            answer = await attempt()
    assert answer is not None, "a locked row cannot have moved"
    return answer


def as_found(answer: Answer, version: int) -> Answer | None:
    """`answer`, unless it shows another version than the one that needs no change."""
    return answer if answer.version == version else None


@contextmanager
def refusing_taken(resource: Resource, values: Mapping[str, object]) -> Iterator[None]:
    """Where a write would give a thing what another one has, raises Conflict."""
    try:
        yield
    except asyncpg.UniqueViolationError:
        if not resource.taken:
            raise
        raise taken(resource, values) from None


def taken(resource: Resource, values: Mapping[str, object]) -> Conflict:
    """The error for a thing with these values, one of which another thing has."""
    return Conflict(resource.taken.format_map(values))


async def create(  # noqa: PLR0913  # what is made, by whom, and what belongs to it
    con: Connection,
    context: Context,
    resource: Resource,
    values: Values,
    *,
    faults: Sequence[str] = (),
    more_events: Sequence[str] = (),
    write_others: WriteOthers | None = None,
    held: Values | None = None,
) -> Answer:
    """Stores a new thing and its event, and `more_events` that its birth sets off, by their types.

    `held` are references that the caller keeps in place.

    Raises ValidationFailed for `faults` and for what is referred to and is not there, and Conflict
    where something is taken.
    """
    id = new_id()
    async with locked_references(con, context, resource, values) as references:
        context.raise_faults([*references.faults, *faults])
        resolved = {**values, **references.ids, **(held or {})}
        now = context.clock()
        named = {name: resolved[name] for name in resource.columns}
        columns = resource.to_columns({**named, "created_at": now, "updated_at": now})
        seen_by = resource.visible_to(resolved)
        types = (resource.event_type("created"), *more_events)
        events = [Event(each, id, visible_to=seen_by) for each in types]
        write = as_write(context, now, events)
        with refusing_taken(resource, values):
            if write_others is None:
                row = await con.fetchrow(resource.insert, context.workspace_id, id, columns, write)
            else:
                async with con.transaction():
                    await con.execute(resource.insert_row, context.workspace_id, id, columns)
                    await write_others(id, resolved, now)
                    row = await con.fetchrow(resource.record, context.workspace_id, id, write)
        assert row is not None, "an insert that does not fail answers its row"
    return Answer(row["body"], row["version"], types_of(events))


async def create_from_body(
    con: Connection, context: Context, resource: Resource, body: StrictModel
) -> Answer:
    """Stores what a body says as it stands. Raises ValidationFailed, Conflict."""
    return await create(con, context, resource, body.model_dump())


async def update_from_body(
    con: Connection, context: Context, resource: Resource, id: UUID, body: StrictModel
) -> Answer:
    """Changes what a body says as it stands.

    Raises NotFound, PreconditionFailed, ValidationFailed, Conflict.
    """
    return await update(con, context, resource, id, body.model_dump(exclude_unset=True))


@dataclass(frozen=True, slots=True)
class Decision:
    """How an update that is more than its body is decided.

    `find` is a `resource.find()` that sees more, given `find_by`; the others get its row: `faults`
    are what is wrong with what was sent, `columns` what is to be, `more_events` the types of those
    that a change sets off after `<noun>.updated`, and `thread_ids` the threads that they concern.
    `write_others` writes what changes in other tables. With it, and with `holds_row`, nobody can
    change the row from the look on: what `find` sees in other tables may move without its version
    telling. `event_extras` is what events say of a change beside what changed, and `show` reads
    what is answered, where that is not what everyone sees.
    """

    columns: Callable[[Row], Values]
    faults: Callable[[Row], Sequence[str]] = lambda _: ()
    more_events: Callable[[Row], Sequence[str]] = lambda _: ()
    thread_ids: Callable[[Row], Sequence[UUID] | None] = lambda _: None
    holds_row: bool = False
    find: str | None = None
    find_by: Sequence[object] = ()
    write_others: WriteOthers | None = None
    event_extras: Values = field(default_factory=dict)
    show: Callable[[], Awaitable[Answer]] | None = None

    @property
    def needs_lock(self) -> bool:
        """Whether the row is to be held before it is looked at."""
        return self.holds_row or self.write_others is not None

    def events(
        self, resource: Resource, id: UUID, row: Row, before: Values, after: Values
    ) -> list[Event]:
        """What is told of a change, to whoever could see the thing before it or can now."""
        was = {**self.event_extras, **without(before, resource.untold)}
        told = was, {**self.event_extras, **without(after, resource.untold)}
        threads = self.thread_ids(row)
        sides = {resource.visible_to({**row, **each}) for each in (before, after)}
        seen_by = None if len(sides) > 1 else sides.pop()
        more = [
            Event(each, id, *told, thread_ids=threads, visible_to=seen_by)
            for each in self.more_events(row)
        ]
        along = [name for each in after for name in resource.written_with.get(each, ())]
        untold = only({**before, **{name: row[name] for name in along}}, resource.untold)
        updated = resource.event_type("updated")
        first = Event(updated, id, *told, internal_before=untold, visible_to=seen_by)
        return [first, *more]


async def update(  # noqa: PLR0913  # what is changed, by whom, and how it is decided
    con: Connection,
    context: Context,
    resource: Resource,
    id: UUID,
    sent: Values,
    decision: Decision | None = None,
) -> Answer:
    """Changes a thing to what was `sent`, or to what `decision` makes of it.

    A change that changes nothing writes nothing. Raises as `update_from_body` does.
    """
    decision = decision or Decision(columns=lambda _: sent)
    key = (context.workspace_id, id)
    show = decision.show or partial(queries.get, con, context, resource, id)

    async def attempt() -> Answer | None:
        found = await con.fetchrow(decision.find or resource.find(), *key, *decision.find_by)
        row = or_404(found, resource.noun)
        context.precondition.check(row["version"])
        context.raise_faults([*references.faults, *decision.faults(row)])
        wanted = {**decision.columns(row), **references.ids}
        before, after = difference({name: row[name] for name in wanted}, wanted)
        if not after:
            return as_found(await show(), row["version"])
        now = later_than(row["updated_at"], context.clock)
        events = decision.events(resource, id, row, before, after)
        if decision.write_others is not None:
            await decision.write_others(id, after, now)
        args = (row["version"], _columns(resource, wanted, after), as_write(context, now, events))
        if (written := await con.fetchrow(resource.update, *key, *args)) is None:
            return None
        answer = Answer(written["body"], written["version"])
        return replace(await decision.show() if decision.show else answer, events=types_of(events))

    async with locked_references(con, context, resource, sent) as references:
        lock = partial(con.execute, resource.lock, *key)
        with refusing_taken(resource, sent):
            return await write_optimistically(con, attempt, lock, is_locked=decision.needs_lock)


def _columns(resource: Resource, wanted: Values, after: Values) -> dict[str, object]:
    """What changes, with the columns that are written with it, also where they stay."""
    return resource.to_columns({**(only(wanted, resource.written_along) or {}), **after})


async def delete(
    con: Connection,
    context: Context,
    resource: Resource,
    id: UUID,
    prepare: Callable[[], Awaitable[Values | None]] | None = None,
) -> Answer:
    """Hides a thing, after `prepare`, during which nobody else can change it.

    What `prepare` answers is kept with the event, untold, so that it can be taken back. Raises
    NotFound, PreconditionFailed, and what `prepare` raises, which is how it refuses.
    """
    async with con.transaction():
        row = await lock(con, context, resource, id)
        seen_by = resource.visible_to(dict(row))
        untold = None if prepare is None else await prepare()
        deletion = resource.event_type("deleted")
        events = [Event(deletion, id, internal_before=untold, visible_to=seen_by)]
        write = as_write(context, later_than(row["updated_at"], context.clock), events)
        await con.execute(resource.delete, context.workspace_id, id, write)
    return deleted(id, events)


async def lock(con: Connection, context: Context, resource: Resource, id: UUID) -> Row:
    """`version` and `updated_at` of a thing, held to the end of the transaction.

    Raises NotFound, PreconditionFailed.
    """
    row = or_404(await con.fetchrow(resource.lock, context.workspace_id, id), resource.noun)
    context.precondition.check(row["version"])
    return row


def deleted(id: UUID, events: list[Event], version: int | None = None) -> Answer:
    """What is answered of a deletion."""
    return Answer(f'{{"id":"{id}","deleted":true}}', version, types_of(events))
