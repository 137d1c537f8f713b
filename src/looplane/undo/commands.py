"""How a write is taken back: by the events that it left, as a write of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import orjson
from starlette.responses import Response

from looplane.inverses import Inverses
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import ApiError, Conflict, NotFound, ValidationFailed
from looplane.kit.parts import Parts
from looplane.kit.responses import Answer
from looplane.kit.writes import Write
from looplane.undo import rules, sql
from looplane.undo.rules import Group, TakingBack


@dataclass(frozen=True, slots=True)
class _Past:
    """A write that is to be taken back: what it did in each of its transactions."""

    id: UUID
    groups: list[Group]
    inverses: Inverses


async def undo(write: Write, token: UUID) -> Response:
    """Takes back what a write did.

    What it did in one transaction is taken back in one: all of it, or nothing. Of a write in
    several transactions each is taken back by itself, and the answer says what became of it.

    Raises NotFound where there is no such write of this caller, or no way back; ScopeRequired where
    the key may not write what it wrote; Conflict where it is too long ago, or something newer
    touched the same.
    """
    write.context.raise_faults()
    if (stored := await write.stored_answer()) is not None:
        return stored
    async with write.database.reading() as con:
        past = await _find(con, write.context, token, write.state.taking_back)
    if len(past.groups) > 1:
        return await write.in_parts(_take_back_each, past)
    first = next(iter(past.groups[0].types))
    return await write(_take_back_whole, first, past)


async def _find(con: Connection, context: Context, token: UUID, taking_back: TakingBack) -> _Past:
    rows = await sql.find_write(con, context, token)
    types = [row["type"] for row in rows]
    is_own = bool(rows) and rules.is_own(context.principal, rows[0]["actor"])
    if not is_own or not taking_back.inverses.keys() >= set(types):
        msg = "There is no such write of yours that can be taken back."
        raise NotFound(msg)
    rules.require_scopes(context.principal, types, taking_back)
    rules.require_in_time(max(row["created_at"] for row in rows), context.clock())
    return _Past(token, rules.groups_of(rows), taking_back.inverses)


async def _take_back_whole(con: Connection, context: Context, _first: UUID, past: _Past) -> Answer:
    """All that there is, or nothing."""
    (group,) = past.groups
    events = await _take_back(con, context, past, group)
    return _answer(_items(group, None), events)


async def _take_back_each(parts: Parts, context: Context, past: _Past) -> Answer:
    """Each group by itself. Raises RateLimited."""
    parts.charge(len(past.groups))

    async def take_back(group: Group, con: Connection) -> Answer:
        return Answer("", events=await _take_back(con, context, past, group))

    subjects = [subject for group in past.groups for subject in group.types]
    # What the write touched twice is taken back from its end.
    abreast = {} if len(set(subjects)) == len(subjects) else {"abreast": 1}
    by_id = {group.id: partial(take_back, group) for group in reversed(past.groups)}
    outcomes = await parts.write_all(by_id, **abreast)
    items: list[object] = []
    events: dict[str, None] = {}
    for group in past.groups:
        outcome = outcomes[group.id]
        if isinstance(outcome, ApiError):
            items += _items(group, outcome)
        else:
            items += _items(group, None)
            events |= dict.fromkeys(outcome.events)
    return _answer(items, events)


async def _take_back(
    con: Connection, context: Context, past: _Past, group: Group
) -> tuple[str, ...]:
    """The types of the events that this made, the last one first.

    Raises Conflict where it cannot be as it was, and whatever an inverse raises.
    """
    made: dict[str, None] = {}
    async with con.transaction():
        for event in reversed(await sql.find_group(con, context, past.id, group.position)):
            inverse = past.inverses[event.type]
            if inverse is None:
                continue
            try:
                made |= dict.fromkeys(await inverse(con, context, event))
            except ValidationFailed as error:
                msg = f"It cannot be as it was before {event.type}."
                raise Conflict(msg, issues=error.issues) from None
            except NotFound as error:
                raise Conflict(error.message) from None
    if not made:
        msg = "There is nothing left to take back."
        raise Conflict(msg)
    return tuple(made)


def _items(group: Group, error: ApiError | None) -> Iterator[object]:
    shown = None if error is None else {"issues": [], **error.body()}
    for id, types in group.types.items():
        yield {
            "id": str(id),
            "types": list(dict.fromkeys(types)),
            "status": "undone" if error is None else "refused",
            "error": shown,
        }


def _answer(items: Iterable[object], events: Iterable[str]) -> Answer:
    return Answer(orjson.dumps({"data": list(items)}).decode(), events=tuple(events))
