"""How the needs of a thread go and come back with a change of it that is taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from looplane.events import Event
from looplane.inverses import PastEvent, first_id_before
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.kit.errors import Conflict
from looplane.threads.children.commands import HeldThread
from looplane.threads.undo import rules
from looplane.threads.undo.needs import sql


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs that a write made and those that it removed, as they were then."""

    made: Sequence[Mapping[str, Any]] = ()
    removed: Sequence[Mapping[str, Any]] = ()

    def events(self, thread_id: UUID) -> list[Event]:
        """What is told when the ones go and the others are back."""
        sides = (("deleted", self.made), ("created", self.removed))
        return [
            Event(f"customer_need.{verb}", UUID(need["id"]), aggregate_id=thread_id)
            for verb, needs in sides
            for need in needs
        ]


async def find_needs(con: Connection, context: Context, event: PastEvent) -> Needs:
    """The needs that the write of a thread's event made and removed."""
    if not any(each.startswith("customer_need.") for each in event.write_types):
        return Needs()
    write = (event.aggregate_id, first_id_before(event.id), event.write_id)
    rows = await con.fetch(sql.FIND_NEED_EVENTS, context.workspace_id, *write)
    sides = (
        [orjson.loads(row["data"]) for row in rows if row["type"] == f"customer_need.{verb}"]
        for verb in ("created", "deleted")
    )
    return Needs(*sides)


async def give_needs_back(  # noqa: PLR0913  # what is given back, and how it is written
    con: Connection,
    context: Context,
    event: PastEvent,
    thread: HeldThread,
    needs: Needs,
    write: dict[str, Any],
) -> None:
    """Makes the needs of a held thread what they were before `event`, as `write` tells.

    Raises Conflict where one is not as it was left, or what it is for is gone.
    """
    key = (context.workspace_id, thread.id)
    await _hold_asked_for(con, context, needs)
    if needs.made:
        deleted = await con.fetch(sql.DELETE_NEEDS, *key, needs.made, write)
        _require_all([each["id"] for each in needs.made], deleted)
    if needs.removed:
        try:
            await con.execute(sql.INSERT_NEEDS, *key, needs.removed, write)
        except asyncpg.UniqueViolationError:
            msg = "What the thread asked for was linked to it anew since."
            raise Conflict(msg) from None
    if wanted := rules.priorities(event):
        changed = await con.fetch(sql.RESTORE_PRIORITIES, *key, wanted, thread.now)
        _require_all([each["id"] for each in wanted], changed)
    if "project_id" in event.before:
        project = event.before["project_id"]
        await con.execute(sql.SET_PROJECT_FIELD, *key, project)
        if project and not await con.fetchval(sql.IS_PROJECT_FIELD, *key, project):
            msg = "The link to the project was removed since."
            raise Conflict(msg, issues=[f"project_id: there is no need for {project} any more"])


async def _hold_asked_for(con: Connection, context: Context, needs: Needs) -> None:
    """Raises Conflict where what a need was for that is to be back is gone, and names it."""
    ids = [each["project_id"] or each["issue_id"] for each in (*needs.made, *needs.removed)]
    if not ids:
        return
    rows = await con.fetch(sql.HOLD_ASKED_FOR, context.workspace_id, ids)
    there = {str(row["id"]) for row in rows}
    gone = [
        f"{noun}_id: the {noun} {need[f'{noun}_id']} was deleted"
        for need in needs.removed
        for noun in ("project", "issue")
        if need[f"{noun}_id"] and need[f"{noun}_id"] not in there
    ]
    if gone:
        msg = "What the thread asked for is not there any more."
        raise Conflict(msg, issues=gone)


def _require_all(ids: Sequence[str], rows: Sequence[Row]) -> None:
    """Raises Conflict where not all of these needs were as they had been left."""
    found = {str(row["id"]) for row in rows}
    if missing := [id for id in ids if id not in found]:
        msg = "What the thread asks for was changed since."
        issues = [f"customer_needs.{id}: was changed or removed since" for id in missing]
        raise Conflict(msg, issues=issues)
