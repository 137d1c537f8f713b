"""What can be done with views. Another member's own is not there, whatever is done with it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from looplane import changes
from looplane.inverses import Inverse, Inverses, PastEvent, find_newer, superseded
from looplane.kit.context import ANY_VERSION, Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict, Forbidden, NotFound
from looplane.kit.responses import Answer
from looplane.resource_inverses import inverses_of
from looplane.threads.listing.views.rules import as_sent, as_stored
from looplane.threads.listing.views.sql import count_threads
from looplane.views import rules, sql
from looplane.views.schemas import MAX_COUNTED, MAX_VIEWS, ViewCreate, ViewPatch, ViewQuery

# Milliseconds that the threads of one view, and those of all views of a request, are counted.
_MOST_OF_ONE = 200
_MOST_OF_ALL = 2000


async def list_views(con: Connection, context: Context, query: ViewQuery) -> Answer:
    """A page of the views that the caller sees, in their order. Raises Unprocessable."""
    page = orjson.loads(await sql.list_views(con, context, query))
    await count_views(con, context, page["data"])
    return Answer(orjson.dumps(page).decode())


async def get_view(con: Connection, context: Context, id: UUID) -> Answer:
    """One view. Raises NotFound."""
    return await _counted(con, context, await sql.get_view(con, context, id))


async def create_view(con: Connection, context: Context, body: ViewCreate) -> Answer:
    """Makes a view, behind all others. Raises ValidationFailed, Conflict."""
    sent = body.model_dump(exclude_unset=True)
    values = {**body.model_dump(), "filters": as_stored(body.filters)}
    values["owner_id"] = context.member_id
    faults = [
        *rules.sharing_faults(sent, context.member_id),
        *await sql.filter_faults(con, context, values["filters"]),
    ]
    context.raise_faults(faults)
    async with con.transaction():
        place = await _hold_place(con, context, is_shared=body.is_shared)
        values["order"] = sent.get("order", place["last_order"])
        made = await changes.create(con, context, sql.VIEW, values)
    return await _counted(con, context, made)


async def update_view(con: Connection, context: Context, id: UUID, patch: ViewPatch) -> Answer:
    """Changes a view. Raises NotFound, Forbidden, PreconditionFailed, and others.

    Those are ValidationFailed, and Conflict where a name is taken or there are too many.
    """
    sent = patch.model_dump(exclude_unset=True)
    if "filters" in sent:
        sent["filters"] = as_stored(patch.filters)
    async with con.transaction():
        row = await sql.hold_view(con, context, id)
        context.precondition.check(row["version"])
        faults = rules.sharing_faults(sent, context.member_id)
        faults += await sql.filter_faults(con, context, sent.get("filters", {}))
        context.raise_faults(faults)
        if sent.get("is_shared", row["is_shared"]) != row["is_shared"]:
            await _hold_place(con, context, is_shared=sent["is_shared"])
            sent |= _ownership(context, row)
        answers = await _take_steps(con, context, id, rules.steps(sent))
    return await _counted(con, context, answers)


async def delete_view(con: Connection, context: Context, id: UUID) -> Answer:
    """Deletes a view. Raises NotFound, PreconditionFailed."""
    async with con.transaction():
        await sql.hold_view(con, context, id)
        return await changes.delete(con, context, sql.VIEW, id)


def _of_seen(inverse: Inverse | None) -> Inverse:
    """The same, of a view that whoever takes something back still sees."""
    assert inverse is not None, "each event of a view is taken back by itself"

    async def run(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
        if event.type == "view.updated" and "deleted" in event.after:  # told along with the other
            return ()
        try:
            await sql.hold_view(con, context, event.subject_id)
        except NotFound:
            gone = await _find_seen_deletion(con, context, event)
            if gone:
                raise superseded(event, gone) from None
            msg = "The view is not there any more."
            raise Conflict(msg) from None
        return await inverse(con, context, event)

    return run


async def _find_seen_deletion(con: Connection, context: Context, event: PastEvent) -> list[Row]:
    """What deleted a view, if the caller may know of it."""
    newer = await find_newer(con, context, event)
    seen_by = {None, context.member_id}
    return [
        each for each in newer if each["type"] == _OF_DELETION and each["visible_to"] in seen_by
    ]


_OF_DELETION = sql.VIEW.event_type("deleted")
INVERSES: Inverses = {
    each: inverse if each == _OF_DELETION else _of_seen(inverse)
    for each, inverse in inverses_of(sql.VIEW).items()
}


async def _hold_place(con: Connection, context: Context, *, is_shared: bool) -> Row:
    """Raises Conflict where there are as many views as there may be."""
    place = await sql.hold_place(con, context, is_shared=is_shared)
    if place["count"] >= MAX_VIEWS:
        whose = "This workspace has" if is_shared else "You have"
        kind = "shared" if is_shared else "personal"
        msg = f"{whose} {MAX_VIEWS} {kind} views, which is as many as there may be."
        raise Conflict(msg)
    return place


def _ownership(context: Context, row: Row) -> dict[str, UUID | None]:
    """Whose a view is that is shared from now on, or no longer. Raises Forbidden."""
    if not row["is_shared"]:
        return {}
    if row["owner_id"] not in {None, context.member_id}:
        msg = "Only its owner can make this view personal."
        raise Forbidden(msg)
    return {"owner_id": context.member_id}


async def _take_steps(
    con: Connection, context: Context, id: UUID, steps: Sequence[dict[str, Any]]
) -> Answer:
    """The view after all steps, which is held; its precondition was checked."""
    unconditional = replace(context, precondition=ANY_VERSION)
    answers = [await changes.update(con, unconditional, sql.VIEW, id, step) for step in steps]
    types = dict.fromkeys(each for answer in answers for each in answer.events)
    return replace(answers[-1], events=tuple(types))


async def _counted(con: Connection, context: Context, answer: Answer) -> Answer:
    view = orjson.loads(answer.body)
    await count_views(con, context, [view])
    return replace(answer, body=orjson.dumps(view).decode())


async def count_views(con: Connection, context: Context, views: Sequence[dict[str, Any]]) -> None:
    """Counts the threads of each view, within its share of the time.

    What takes longer is broken off by the database, and begun again with the next view.
    """
    share = min(_MOST_OF_ONE, _MOST_OF_ALL // max(len(views), 1))
    waiting = list(reversed(views))
    while waiting:
        transaction = con.transaction()
        await transaction.start()
        try:
            await con.execute(sql.LIMIT_TIME, f"{share}ms")
            while waiting:
                await _count_one(con, context, waiting.pop())
        except asyncpg.QueryCanceledError:
            pass  # of the one that was taken last nothing is known
        finally:
            await transaction.rollback()  # and with it the limit


async def _count_one(con: Connection, context: Context, view: dict[str, Any]) -> None:
    filters = as_sent(view["filters"])
    if filters is None or (context.member_id is None and rules.needs_member(filters)):
        return
    found = await count_threads(con, context, filters, view["sort"], MAX_COUNTED + 1)
    if found is None:
        return
    view["thread_count"] = min(found, MAX_COUNTED)
    view["thread_count_is_exact"] = found <= MAX_COUNTED
