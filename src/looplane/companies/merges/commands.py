"""How one company goes into another, and comes back.

A merge is one write with two events: `company.updated` of the survivor, which says what it got and
how many threads and contacts moved, and `company.deleted` of the source. What moves has a new
version and no event of its own: which threads and contacts they are, and the version that each got,
is in `company_merge_threads` and `company_merge_contacts`, for as long as there are companies.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.companies.merges import rules, sql
from looplane.companies.merges.schemas import CompanyMerge, CompanyUnmerge
from looplane.companies.schemas import MAX_ITEMS
from looplane.companies.sql import COMPANY
from looplane.events import Event, Values, as_write, difference, types_of
from looplane.inverses import Inverse, Inverses, PastEvent
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, NotFound, ValidationFailed
from looplane.kit.ids import new_id
from looplane.kit.references import reference_id, unknown_reference
from looplane.kit.responses import Answer, or_404
from looplane.kit.row_count import row_count
from looplane.resource_inverses import inverses_of


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two companies, which nobody else can change now; `now` is the moment of the write."""

    survivor_id: UUID
    source_id: UUID
    version: int
    now: datetime


async def merge_companies(
    con: Connection, context: Context, id: UUID, body: CompanyMerge
) -> Answer:
    """Moves all that a company has to another one, and deletes it.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict where the two together have
    more domains or external ids than fit.
    """
    async with con.transaction():
        pair = await _hold(con, context, id, body.model_dump(), is_merged=False)
        key = (context.workspace_id, id)
        survivor = await _columns(con, *key)
        filled = rules.filled(survivor, await _columns(con, context.workspace_id, pair.source_id))
        columns = rules.with_filled(survivor, filled)
        if name := rules.too_many(columns):
            msg = f"Together they have more than {MAX_ITEMS} {name}; remove some first."
            raise Conflict(msg)
        merge_id = new_id()
        args = (merge_id, id, pair.source_id, filled, pair.now)
        await con.execute(sql.INSERT, context.workspace_id, *args)
        moved = await _move(con, context, merge_id, pair)
        before, after = difference(survivor, columns)
        told = {"merged_company_id": pair.source_id, **moved}
        events = [
            Event("company.updated", id, before, {**after, **told}),
            Event("company.deleted", pair.source_id, None, {"merged_into_id": id}),
        ]
        write = as_write(context, pair.now, events)
        await con.execute(COMPANY.delete, context.workspace_id, pair.source_id, write)
        await con.execute(sql.SET_MERGED_INTO, context.workspace_id, pair.source_id, id)
        return await _write(con, context, pair, columns, write, events)


async def unmerge_companies(
    con: Connection, context: Context, id: UUID, body: CompanyUnmerge
) -> Answer:
    """Takes a merge back: what moved and is still there, and what was filled and not changed.

    Raises NotFound, PreconditionFailed, ValidationFailed, and Conflict where there is no such
    merge, or it is too long ago.
    """
    async with con.transaction():
        pair = await _hold(con, context, id, body.model_dump(), is_merged=True)
        args = (context.workspace_id, id, pair.source_id)
        merge = await con.fetchrow(sql.FIND_MERGE, *args)
        if merge is None:
            msg = "That company was not merged into this one."
            raise Conflict(msg)
        if rules.is_too_late(merge["created_at"], context.clock()):
            msg = f"A merge can be taken back for {rules.LIFETIME.days} days."
            raise Conflict(msg)
        await con.execute(sql.RESTORE, context.workspace_id, pair.source_id, pair.now)
        moved = await _move_back(con, context, merge["id"], pair)
        await con.execute(sql.SET_UNDONE, context.workspace_id, merge["id"], pair.now)
        survivor = await _columns(con, context.workspace_id, id)
        columns = rules.without_filled(survivor, merge["filled"])
        before, after = difference(survivor, columns)
        told = {"unmerged_company_id": pair.source_id, **moved}
        events = [
            Event("company.updated", id, before, {**after, **told}),
            Event("company.created", pair.source_id, {"merged_into_id": id}, None),
        ]
        write = as_write(context, pair.now, events)
        await con.execute(COMPANY.record, context.workspace_id, pair.source_id, write)
        return await _write(con, context, pair, columns, write, events)


def _unless_merged(plain: Inverse | None) -> Inverse:
    """Takes a merge back by its end, and that by merging again; what is about no merge as `plain`.

    What a merge and its end may do, and what stays as it is, is the same whoever asks for it.
    """
    assert plain is not None, "no event of a company is told along"

    async def inverse(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
        told = {**event.before, **event.after}
        if "merged_into_id" in told:  # told along with the survivor
            return ()
        if not told.keys() & {"merged_company_id", "unmerged_company_id"}:
            return await plain(con, context, event)
        try:
            return (await _undo(con, context, event)).events
        except (NotFound, ValidationFailed) as error:
            msg = "One of the two companies is not there any more."
            raise Conflict(msg, issues=error.issues) from None

    return inverse


async def _undo(con: Connection, context: Context, event: PastEvent) -> Answer:
    if (merged := event.after.get("merged_company_id")) is not None:
        ended = CompanyUnmerge(source_id=merged)
        return await unmerge_companies(con, context, event.subject_id, ended)
    again = CompanyMerge(source_id=event.after["unmerged_company_id"])
    return await merge_companies(con, context, event.subject_id, again)


async def _hold(
    con: Connection, context: Context, id: UUID, sent: Mapping[str, Any], *, is_merged: bool
) -> _Pair:
    """Raises NotFound, PreconditionFailed, ValidationFailed."""
    source_id = reference_id(sent, "source_id")
    rows = await con.fetch(sql.HOLD, context.workspace_id, [id, source_id])
    by_id: dict[UUID, Row] = {row["id"]: row for row in rows}
    there = by_id.get(id)
    survivor = or_404(there if there and there["deleted_at"] is None else None, COMPANY.noun)
    context.precondition.check(survivor["version"])
    source = by_id.get(source_id) if source_id else None
    if source and source["deleted_at"] is not None and not is_merged:
        source = None
    faults = unknown_reference(sent, "source_id", "company", source)
    context.raise_faults(faults or (["source_id: is the same company"] if source_id == id else []))
    assert source is not None, "it would be a fault"
    await con.execute(sql.SAY_HELD)
    last = max(survivor["updated_at"], source["updated_at"])
    now = later_than(last, context.clock)
    return _Pair(id, source["id"], survivor["version"], now)


async def _columns(con: Connection, workspace_id: UUID, id: UUID) -> dict[str, Any]:
    row = or_404(await con.fetchrow(sql.FIND, workspace_id, id), COMPANY.noun)
    return {name: row[name] for name in COMPANY.columns}


async def _move(con: Connection, context: Context, merge_id: UUID, pair: _Pair) -> Values:
    """How many threads and contacts moved to the survivor."""
    merge = (context.workspace_id, merge_id)
    places = (pair.survivor_id, pair.source_id)
    threads = await _in_batches(con, sql.MOVE_THREADS, *merge, *places, pair.now)
    await con.execute(sql.NOTE_CONTACTS, *merge, *places)
    await con.execute(sql.JOIN_SURVIVOR, *merge, pair.survivor_id)
    contacts = await con.execute(sql.MOVE_CONTACTS, *merge, *places, pair.now)
    await con.execute(sql.LEAVE_SOURCE, *merge, pair.source_id)
    return _counts(threads, contacts)


async def _move_back(con: Connection, context: Context, merge_id: UUID, pair: _Pair) -> Values:
    """How many threads and contacts moved back to the source."""
    merge = (context.workspace_id, merge_id)
    places = (pair.survivor_id, pair.source_id)
    threads = await _in_batches(con, sql.MOVE_THREADS_BACK, *merge, *places, pair.now)
    await con.execute(sql.JOIN_SOURCE, *merge, *places)
    contacts = await con.execute(sql.MOVE_CONTACTS_BACK, *merge, *places, pair.now)
    await con.execute(sql.LEAVE_SURVIVOR, *merge, pair.survivor_id)
    return _counts(threads, contacts)


async def _in_batches(con: Connection, statement: str, *args: object) -> int:
    """How many threads moved, all that there are."""
    total = 0
    for batch in itertools.count():
        if (moved := await con.fetchval(statement, *args, batch)) is None:
            break
        total += moved
    return total


def _counts(threads: int, contacts: str) -> Values:
    return {"moved_thread_count": threads, "moved_contact_count": row_count(contacts)}


async def _write(  # noqa: PLR0913  # what is written, and what it sets off
    con: Connection,
    context: Context,
    pair: _Pair,
    columns: Values,
    write: dict[str, Any],
    events: list[Event],
) -> Answer:
    """The survivor as it now is."""
    args = (context.workspace_id, pair.survivor_id, pair.version, COMPANY.to_columns(columns))
    row = or_404(await con.fetchrow(COMPANY.update, *args, write), COMPANY.noun)
    return Answer(row["body"], row["version"], types_of(events))


INVERSES: Inverses = {
    each: _unless_merged(inverse) for each, inverse in inverses_of(COMPANY).items()
}
