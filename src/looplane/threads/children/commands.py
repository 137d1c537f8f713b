"""How what hangs on a thread is written: hold the thread, write one's rows, touch the thread.

Whoever writes a need, a message or a comment goes this way. One write carries the events of all:
each statement records those of the rows that it wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane import changes
from looplane.events import Event, Values, as_write, types_of
from looplane.kit.clock import later_than
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.ids import new_id
from looplane.threads import rules
from looplane.threads.children import sql
from looplane.threads.sql import THREAD


@dataclass(frozen=True, slots=True)
class HeldThread:
    """A thread that nobody else can change now; `now` is the moment of the write to come."""

    id: UUID
    version: int
    now: datetime


async def hold_thread(con: Connection, context: Context, id: UUID) -> HeldThread:
    """Holds a thread to the end of the transaction. Raises NotFound, PreconditionFailed."""
    row = await changes.lock(con, context, THREAD, id)
    return HeldThread(id, row["version"], later_than(row["updated_at"], context.clock))


@dataclass(frozen=True, slots=True)
class DecidedChange:
    """The columns of a thread that change, and the events that tell of it."""

    columns: Mapping[str, object]
    events: Sequence[Event]


def decide_thread(
    row: Mapping[str, Any],
    rule: Callable[[rules.Thread, datetime], rules.Thread],
    thread: HeldThread,
) -> DecidedChange:
    """What a `rule` makes of a held thread, of which `row` has the columns."""
    before = {name: row[name] for name in THREAD.columns}
    after = rule(before, thread.now)
    difference = rules.difference(before, after)
    events = [Event(each, thread.id, *difference) for each in rules.events_of(before, after)]
    columns = {name: after[name] for name in before if after[name] != before[name]}
    return DecidedChange(columns, events)


async def touch_thread(
    con: Connection,
    context: Context,
    thread: HeldThread,
    write: dict[str, Any],
    columns: Values | None = None,
) -> int:
    """Makes what hangs on a thread a change of the thread, of its `columns` too; its new version.

    `write` has a `thread.updated` among its events.
    """
    key = (context.workspace_id, thread.id)
    await con.execute(THREAD.update, *key, thread.version, columns or {}, write)
    return thread.version + 1


@dataclass(frozen=True, slots=True)
class NewNeed:
    """A need to be: what a thread asks for is a project or an issue."""

    project_id: UUID | None
    issue_id: UUID | None
    id: UUID

    def event(self, thread_id: UUID) -> Event:
        """The event that tells of it."""
        return Event("customer_need.created", self.id, aggregate_id=thread_id)


async def insert_needs(  # noqa: PLR0913  # what a need is made of
    con: Connection,
    context: Context,
    thread_id: UUID,
    needs: Sequence[NewNeed],
    write: dict[str, Any],
    *,
    priority: float = 0.0,
    is_of_project_field: bool = False,
) -> None:
    """Stores needs of a thread; their events are in `write`."""
    columns = [[getattr(need, name) for need in needs] for name in ("id", "project_id", "issue_id")]
    args = (context.workspace_id, thread_id, write, *columns, priority, is_of_project_field)
    await con.execute(sql.INSERT_NEEDS, *args)


async def link_new_thread(
    con: Connection,
    context: Context,
    thread_id: UUID,
    project_id: UUID | None,
    issue_id: UUID | None,
) -> tuple[str, ...]:
    """Stores the needs that a thread is born with; the types of the events."""
    needs = [NewNeed(project_id, None, new_id())] if project_id else []
    needs += [NewNeed(None, issue_id, new_id())] if issue_id else []
    if not needs:
        return ()
    events = [need.event(thread_id) for need in needs]
    write = as_write(context, context.clock(), events)
    await insert_needs(con, context, thread_id, needs, write, is_of_project_field=True)
    return types_of(events)
