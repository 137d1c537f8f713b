"""How a change becomes rows: read, decide, write if nothing moved, and the event with it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from looplane.events import EventType, changed, event, kinds
from looplane.kit.answers import Answer, found
from looplane.kit.auth import By
from looplane.kit.db import Connection, Row
from looplane.kit.errors import ValidationFailed
from looplane.kit.ids import new_id


class Deletable(Protocol):
    """The part of Statements that a deletion needs."""

    noun: str
    LOCK: str
    DELETE: str


class Statements(Deletable, Protocol):
    """What a noun's sql.py must say for its rows to be changed from here.

    GET, FIND and LOCK take workspace and id. INSERT takes workspace, id, now, events, then the
    columns; UPDATE workspace, id, version, now, events, then the columns; DELETE workspace, id,
    now, events. GET, FIND, INSERT and UPDATE answer `body` (the JSON) and `version`, FIND also the
    columns that decide; LOCK answers `version`.
    """

    COLUMNS: tuple[str, ...]
    GET: str
    FIND: str
    INSERT: str
    UPDATE: str


def refuse(faults: list[str]) -> None:
    """Raises ValidationFailed when there are faults."""
    if faults:
        raise ValidationFailed(faults)


async def settle(
    con: Connection,
    attempt: Callable[[], Awaitable[Answer | None]],
    lock: Callable[[], Awaitable[Any]],
) -> Answer:
    """What `attempt` answers; it reads, decides, and writes if the version is still the one read.

    It says None when another write got in between. Then the row is locked first, in a
    transaction, and the second attempt cannot be overtaken.
    """
    answer = await attempt()
    if answer is None:
        async with con.transaction():
            await lock()
            answer = await attempt()
    assert answer is not None, "a locked row cannot have moved"
    return answer


async def get(con: Connection, by: By, sql: Statements, id: UUID) -> Answer:
    """One thing. Raises NotFound."""
    row = found(await con.fetchrow(sql.GET, by.workspace_id, id), sql.noun)
    return Answer(row["body"], row["version"])


async def create(
    con: Connection, by: By, sql: Statements, columns: Mapping[str, object], id: UUID | None = None
) -> Answer:
    """Stores a new thing and its event."""
    id = id or new_id()
    recorded = [event(by, _kind(sql, "created"), id)]
    values = [columns[name] for name in sql.COLUMNS]
    args = (by.workspace_id, id, by.now, recorded, *values)
    row = await con.fetchrow(sql.INSERT, *args)
    assert row is not None, "an insert that does not fail answers its row"
    return Answer(row["body"], row["version"], kinds(recorded))


async def update(  # noqa: PLR0913  # what decides, and what it needs to see
    con: Connection,
    by: By,
    sql: Statements,
    id: UUID,
    decide: Callable[[Row], Mapping[str, object]],
    *sought: object,
    also: Callable[[Row], Iterable[EventType]] = lambda _: (),
) -> Answer:
    """Changes a thing: `decide` gets what FIND saw (given `sought`) and says the columns to be.

    `also` gets the same and names the events that a change sets off beside `<noun>.updated`.
    A change that changes nothing writes nothing. Raises NotFound, PreconditionFailed, and what
    `decide` raises.
    """

    async def attempt() -> Answer | None:
        row = found(await con.fetchrow(sql.FIND, by.workspace_id, id, *sought), sql.noun)
        by.check(row["version"])
        before = {name: row[name] for name in sql.COLUMNS}
        after = {**before, **decide(row)}
        if after == before:
            return Answer(row["body"], row["version"])
        told = (_kind(sql, "updated"), *also(row))
        recorded = [event(by, kind, id, *changed(before, after)) for kind in told]
        args = (by.workspace_id, id, row["version"], by.now, recorded, *after.values())
        written = await con.fetchrow(sql.UPDATE, *args)
        if written is None:
            return None
        return Answer(written["body"], written["version"], kinds(recorded))

    return await settle(con, attempt, lambda: con.execute(sql.LOCK, by.workspace_id, id))


async def delete(
    con: Connection,
    by: By,
    sql: Deletable,
    id: UUID,
    check: Callable[[], Awaitable[None]] | None = None,
) -> Answer:
    """Deletes a thing, softly; `check` may refuse, and sees it while nobody can change it.

    Raises NotFound, PreconditionFailed, and what `check` raises.
    """
    recorded = [event(by, _kind(sql, "deleted"), id)]
    async with con.transaction():
        by.check(found(await con.fetchval(sql.LOCK, by.workspace_id, id), sql.noun))
        if check is not None:
            await check()
        await con.execute(sql.DELETE, by.workspace_id, id, by.now, recorded)
    return Answer(f'{{"id":"{id}","deleted":true}}', None, kinds(recorded))


def _kind(sql: Deletable, verb: str) -> EventType:
    return f"{sql.noun.replace(' ', '_')}.{verb}"  # type: ignore[return-value]
