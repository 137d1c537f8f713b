"""How many threads are changed at once: looked at together, written each for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import ApiError, NotFound, ValidationFailed
from looplane.kit.parts import Part, Parts
from looplane.kit.responses import Answer
from looplane.threads.bulk import rules, sql
from looplane.threads.bulk.schemas import ThreadBulk
from looplane.threads.sql import THREAD
from looplane.threads.update import sql as update
from looplane.threads.update.commands import (
    DecidedChange,
    change_thread,
    decide,
    reference_faults,
    write_change,
)

_NOT_THERE = NotFound(f"There is no such {THREAD.noun} in this workspace.")

Outcomes = dict[UUID, Answer | ApiError]


async def bulk_threads(parts: Parts, context: Context, body: ThreadBulk) -> Answer:
    """Changes many threads, of which each may fail for itself.

    Raises ValidationFailed and, where the filter matches other threads than the caller believes,
    Conflict or Unprocessable; RateLimited.
    """
    sent = body.model_dump(exclude_unset=True)
    change = sent.get("update", {})
    async with parts.reading() as con:
        found = await update.find_references(con, context, change)
        faults = [f"update.{each}" for each in reference_faults(change, found)]
        context.raise_faults([*rules.form_faults(sent, context.faults), *faults])
        ids = await _ids(con, context, body)
        parts.charge(len(ids))
    bulk = _Bulk(parts, context, change)
    outcomes: Outcomes = {}
    for some in rules.portions(ids, change):
        outcomes |= await bulk.write(some, is_first=not outcomes)
    return rules.answer_of(outcomes)


async def _ids(con: Connection, context: Context, body: ThreadBulk) -> list[UUID]:
    """The threads that are meant, each once, in the order in which they are answered."""
    if body.filter is None:
        return [UUID(each) for each in dict.fromkeys(body.ids)]
    try:
        ids = await sql.find_ids(con, context, body.filter)
    except ValidationFailed as error:
        raise ValidationFailed([f"filter.{each}" for each in error.issues]) from None
    rules.check_count(len(ids), body.expected_count)
    return ids


@dataclass(frozen=True, slots=True)
class _Bulk:
    """One change of many threads."""

    parts: Parts
    context: Context
    sent: Mapping[str, Any]
    room: rules.Room = field(default_factory=rules.Room)

    async def write(self, ids: Sequence[UUID], *, is_first: bool) -> Outcomes:
        """What becomes of these threads. Raises only where they are the first of all."""
        try:
            if not is_first:
                self.parts.require_time()
            async with self.parts.reading() as con:
                rows = await update.find_many(con, self.context, ids, self.sent)
                outcomes, to_write = await self._decide(con, rows)
        except Exception as error:  # some are written already, and are to be answered
            if is_first:
                raise
            return dict.fromkeys(ids, self.parts.explained(error))
        outcomes |= await self.parts.write_all(to_write)
        return {id: outcomes.get(id, _NOT_THERE) for id in ids}

    async def _decide(
        self, con: Connection, rows: Mapping[UUID, Row]
    ) -> tuple[Outcomes, dict[UUID, Part]]:
        """What is known of the threads without writing, and how the others are written."""
        outcomes: Outcomes = {}
        parts: dict[UUID, Part] = {}
        same: dict[UUID, DecidedChange] = {}
        for id, row in rows.items():
            try:
                change = decide(self.context, id, row, self.sent)
            except ApiError as error:
                outcomes[id] = error
                continue
            if change.is_none:
                same[id] = change
            else:
                parts[id] = partial(self._write, change)
        shown = await sql.get_many(con, self.context, list(same)) if same else {}
        for id, change in same.items():
            version, body = shown.get(id, (0, ""))
            if version == change.row["version"]:
                outcomes[id] = self.room.fit(Answer(body, version))
            else:  # it has moved meanwhile
                parts[id] = partial(self._change, id)
        return outcomes, parts

    async def _write(self, change: DecidedChange, con: Connection) -> Answer:
        answer = await write_change(con, self.context, change, is_of_many=True)
        return self.room.fit(answer) if answer else await self._change(change.id, con)

    async def _change(self, id: UUID, con: Connection) -> Answer:
        return self.room.fit(await change_thread(con, self.context, id, self.sent))
