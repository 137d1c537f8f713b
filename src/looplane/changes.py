"""How a change becomes rows: read, decide, write if nothing moved, and the event with it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from looplane.events import Event, Values, as_write, difference, types_of
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.ids import new_id
from looplane.kit.paging import Conditions, PageQuery
from looplane.kit.references import reference_id, unknown_reference
from looplane.kit.responses import Answer, or_404
from looplane.kit.schema import StrictModel
from looplane.resources import Resource

# As many rows as one look for recent changes takes; where there are more, the list is walked.
_MAX_RECENT = 2000


async def write_optimistically(
    con: Connection,
    attempt: Callable[[], Awaitable[Answer | None]],
    lock: Callable[[], Awaitable[Any]],
) -> Answer:
    """What `attempt` answers; it reads, decides, and writes if the version is still the one read.

    It says None when another write got in between. Then the row is locked first, in a
    transaction, and the second attempt cannot be overtaken.
    """
    answer = await attempt()
    return await _write_locked(con, attempt, lock) if answer is None else answer


async def _write_locked(
    con: Connection,
    attempt: Callable[[], Awaitable[Answer | None]],
    lock: Callable[[], Awaitable[Any]],
) -> Answer:
    async with con.transaction():
        await lock()
        answer = await attempt()
    assert answer is not None, "a locked row cannot have moved"
    return answer


def as_found(answer: Answer, version: int) -> Answer | None:
    """`answer`, unless it shows another version than the one that needs no change."""
    return answer if answer.version == version else None


async def get(con: Connection, context: Context, resource: Resource, id: UUID) -> Answer:
    """One thing. Raises NotFound."""
    row = or_404(await con.fetchrow(resource.get, context.workspace_id, id), resource.noun)
    return Answer(row["body"], row["version"])


async def list_page(
    con: Connection, context: Context, resource: Resource, query: PageQuery
) -> Answer:
    """A page of things, the newest first. Raises Unprocessable."""
    conditions = await conditions_of(con, context, resource, query)
    return Answer(await resource.listing.fetch(con, conditions, query))


async def conditions_of(
    con: Connection, context: Context, resource: Resource, query: PageQuery, *more: object
) -> Conditions:
    """The filters of `query` that the resource declares, and its dates; `more` is $2 and on."""
    conditions = Conditions(resource.alias, context.workspace_id, *more)
    for name, declared in resource.filters.items():
        if (value := getattr(query, name)) is not None:
            conditions.add(declared.clause, declared.convert(value))
    alias = resource.alias
    # The interval keeps an index in the order of changes from being used for `updated_at`: it would
    # be read to the end, and its rows sorted, for each page.
    for name, column in (("created", "created_at"), ("updated", "updated_at + interval '0'")):
        for bound, sign in (("after", ">"), ("before", "<")):
            if (moment := getattr(query, f"{name}_{bound}", None)) is not None:
                conditions.add(f"{alias}.{column} {sign} {{0}}", moment)
    span = [getattr(query, f"updated_{bound}", None) for bound in ("after", "before")]
    if any(span):
        args = (context.workspace_id, *span, _MAX_RECENT)
        changed = await con.fetchval(resource.changed_within, *args)
        if len(changed) < _MAX_RECENT:
            conditions.add(f"{alias}.id = any ({{0}})", changed)
    return conditions


async def create(  # noqa: PLR0913  # what is made, and what is known of it
    con: Connection,
    context: Context,
    resource: Resource,
    values: Values,
    *,
    faults: Sequence[str] = (),
    held: Values | None = None,
) -> Answer:
    """Stores a new thing and its event; `held` are references that the caller keeps in place.

    Raises ValidationFailed for `faults`, and for what is referred to and is not there.
    """
    id = new_id()
    async with _locked_references(con, context, resource, values) as references:
        context.raise_faults([*references.faults, *faults])
        resolved = {**values, **references.ids, **(held or {})}
        now = context.clock()
        columns = resource.to_columns({name: resolved[name] for name in resource.columns})
        columns |= {"created_at": now, "updated_at": now}
        events = [Event(resource.event_type("created"), id)]
        write = as_write(context, now, events)
        row = await con.fetchrow(resource.insert, context.workspace_id, id, columns, write)
        assert row is not None, "an insert that does not fail answers its row"
    return Answer(row["body"], row["version"], types_of(events))


async def create_from_body(
    con: Connection, context: Context, resource: Resource, body: StrictModel
) -> Answer:
    """Stores what a body says as it stands. Raises ValidationFailed."""
    return await create(con, context, resource, body.model_dump())


async def update_from_body(
    con: Connection, context: Context, resource: Resource, id: UUID, body: StrictModel
) -> Answer:
    """Changes what a body says as it stands.

    Raises NotFound, PreconditionFailed, ValidationFailed.
    """
    return await update(con, context, resource, id, body.model_dump(exclude_unset=True))


@dataclass(frozen=True, slots=True)
class Decision:
    """How an update that is more than its body is decided.

    `find` is a `resource.find()` that sees more, given `find_by`; the others get its row: `faults`
    are what is wrong with what was sent, `columns` what is to be, `also` names the events that
    a change sets off beside `<noun>.updated`, and `thread_ids` the threads that those concern. With
    `holds_row` nobody can change the row from the look on: what `find` sees beside it may move
    without its version telling.
    """

    columns: Callable[[Row], Values]
    faults: Callable[[Row], Sequence[str]] = lambda _: ()
    also: Callable[[Row], Sequence[str]] = lambda _: ()
    thread_ids: Callable[[Row], Sequence[UUID] | None] = lambda _: None
    holds_row: bool = False
    find: str | None = None
    find_by: Sequence[object] = ()


async def update(  # noqa: PLR0913  # what is changed, by whom, and how it is decided
    con: Connection,
    context: Context,
    resource: Resource,
    id: UUID,
    sent: Values,
    decision: Decision | None = None,
) -> Answer:
    """Changes a thing to what was `sent`, or to what `decision` makes of it.

    A change that changes nothing writes nothing. Raises NotFound, PreconditionFailed,
    ValidationFailed.
    """
    decision = decision or Decision(columns=lambda _: sent)
    key = (context.workspace_id, id)

    async def attempt() -> Answer | None:
        found = await con.fetchrow(decision.find or resource.find(), *key, *decision.find_by)
        row = or_404(found, resource.noun)
        context.precondition.check(row["version"])
        context.raise_faults([*references.faults, *decision.faults(row)])
        wanted = {**decision.columns(row), **references.ids}
        before, after = difference({name: row[name] for name in resource.columns}, wanted)
        if not after:
            return as_found(await get(con, context, resource, id), row["version"])
        events = [Event(resource.event_type("updated"), id, before, after)]
        threads = decision.thread_ids(row)
        events += [
            Event(each, id, before, after, thread_ids=threads) for each in decision.also(row)
        ]
        write = as_write(context, later_than(row["updated_at"], context.clock), events)
        args = (*key, row["version"], resource.to_columns(after), write)
        if (written := await con.fetchrow(resource.update, *args)) is None:
            return None
        return Answer(written["body"], written["version"], types_of(events))

    write_with = _write_locked if decision.holds_row else write_optimistically
    async with _locked_references(con, context, resource, sent) as references:
        return await write_with(con, attempt, lambda: con.execute(resource.lock, *key))


async def delete(
    con: Connection,
    context: Context,
    resource: Resource,
    id: UUID,
    prepare: Callable[[], Awaitable[None]] | None = None,
) -> Answer:
    """Hides a thing for good, after `prepare`, during which nobody else can change it.

    Raises NotFound, PreconditionFailed, and what `prepare` raises, which is how it refuses.
    """
    events = [Event(resource.event_type("deleted"), id)]
    async with con.transaction():
        row = await lock(con, context, resource, id)
        if prepare is not None:
            await prepare()
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


@dataclass(frozen=True, slots=True)
class _References:
    """What a body refers to: the ids that are there, and a fault for each that is not."""

    ids: Mapping[str, UUID]
    faults: Sequence[str] = ()


@asynccontextmanager
async def _locked_references(
    con: Connection, context: Context, resource: Resource, sent: Values
) -> AsyncIterator[_References]:
    """What was sent and is there, in a transaction in which nobody can delete it."""
    named = [name for name in resource.references if sent.get(name) is not None]
    if not named:
        yield _References({})
        return
    async with con.transaction():
        ids = [reference_id(sent, name) for name in resource.references]
        row = await con.fetchrow(resource.hold_references, context.workspace_id, *ids)
        assert row is not None, "a select without a table answers one row"
        faults = [
            fault
            for name in named
            for fault in unknown_reference(sent, name, resource.references[name].noun, row[name])
        ]
        yield _References({name: row[name] for name in named}, faults)
