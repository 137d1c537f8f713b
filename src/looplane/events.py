"""Events: audit trail, outbox and webhook payload in one row, written with the change itself."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.kit.context import Context
from looplane.kit.ids import new_id

Values = Mapping[str, object]
# What an event that is shown looks like. It rises when a field goes or means something else, which
# is when those who read events must know; not for a field or a type of event that is new.
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a thing; `before` and `after` hold only the fields that changed.

    `type` is one of those that its noun declares. `aggregate_id` is the thing to whose history it
    belongs, where that is another one: of a customer need, its thread. `thread_ids` are threads
    that it concerns as well: at the end of a project, those that asked for it. `internal_before`
    are columns that changed and are not told, as they were. A member in `visible_to` is the only
    one who may see it.
    """

    type: str
    subject_id: UUID
    before: Values | None = None
    after: Values | None = None
    notify: Sequence[Values] | None = None
    aggregate_id: UUID | None = None
    thread_ids: Sequence[UUID] | None = None
    internal_before: Values | None = None
    visible_to: UUID | None = None


def as_write(context: Context, now: datetime, events: Sequence[Event]) -> dict[str, Any]:
    """Events of one write, as the statements take them (see WRITE).

    Of the events of one subject the first carries the resource, and the others refer to it.
    """
    carriers: dict[UUID, UUID] = {}
    rows = []
    for event in events:
        id = new_id()
        carrier = carriers.setdefault(event.subject_id, id)
        rows.append(
            {
                "id": id,
                "type": event.type,
                "subject_id": event.subject_id,
                "aggregate_id": event.aggregate_id or event.subject_id,
                "before": event.before,
                "after": event.after,
                "notify": event.notify,
                "thread_ids": event.thread_ids,
                "internal_before": event.internal_before,
                "visible_to": event.visible_to,
                "data_event_id": None if carrier is id else carrier,
            }
        )
    return {
        "write_id": context.write_id,
        "actor": context.principal.actor,
        "cause": context.cause,
        "created_at": now,
        "events": rows,
    }


def types_of(events: Sequence[Event]) -> tuple[str, ...]:
    """The types of `events`, each once and in their order."""
    return tuple(dict.fromkeys(event.type for event in events))


def difference(before: Values, after: Values) -> tuple[dict[str, object], dict[str, object]]:
    """The fields of `after` in which two states of a thing differ, as they were and as they are."""
    names = [name for name, value in after.items() if before[name] != value]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def without(values: Values, names: Container[str]) -> dict[str, object]:
    """`values` but for those with these `names`."""
    return {name: value for name, value in values.items() if name not in names}


def only(values: Values, names: Container[str]) -> dict[str, object] | None:
    """Those of `values` with these `names`; None where there are none."""
    return {name: value for name, value in values.items() if name in names} or None


# SQL that reads a write of `as_write` from a parameter.
WRITE = """
  select * from jsonb_to_record({}) as w(
    write_id uuid, actor jsonb, cause text, created_at timestamptz, events jsonb)"""


def insert(  # noqa: PLR0913  # the columns of an event that differ between statements
    source: str,
    data: str,
    subject: str,
    version: str = "null",
    workspace: str = "$1",
    created_at: str = "w.created_at",
) -> str:
    """SQL that inserts those events of the write `w` whose subject is in a row of `source`.

    `data`, `subject` and `version` are SQL of such a row: the resource's JSON, its id, its version.
    Where `source` has no row nothing is inserted: a write that did not happen leaves no event.
    """
    return f"""
  insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id, version, actor,
    cause, created_at, before, after, notify, thread_ids, internal_before, visible_to,
    data_event_id, data)
  select {workspace}, e.id, w.write_id, e.type, e.subject_id, e.aggregate_id, {version}, w.actor,
    w.cause, {created_at}, e.before, e.after, e.notify, e.thread_ids,
    e.internal_before, e.visible_to, e.data_event_id,
    case when e.data_event_id is null then {data} end
  from w, {source}, jsonb_to_recordset(w.events) as e(
    id uuid, type text, subject_id uuid, aggregate_id uuid, before jsonb, after jsonb,
    notify jsonb, thread_ids uuid[], internal_before jsonb, visible_to uuid, data_event_id uuid)
  where e.subject_id = {subject}"""
