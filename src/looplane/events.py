"""Events: audit trail, outbox and webhook payload in one row, written with the change itself."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from looplane.kit.auth import By
from looplane.kit.ids import new_id

EventType = Literal[
    "thread.created",
    "thread.updated",
    "thread.deleted",
    "thread.status_changed",
    "thread.assigned",
    "thread.tagged",
    "contact.created",
    "contact.updated",
    "contact.deleted",
    "company.created",
    "company.updated",
    "company.deleted",
    "project.created",
    "project.updated",
    "project.completed",
    "project.canceled",
    "project.deleted",
    "tag.created",
    "tag.updated",
    "tag.deleted",
    "tag_group.created",
    "tag_group.updated",
    "tag_group.deleted",
    "customer_need.created",
    "customer_need.deleted",
]
Change = Mapping[str, object]


def event(  # noqa: PLR0913  # an event is all of this
    by: By,
    kind: EventType,
    subject_id: UUID,
    before: Change | None = None,
    after: Change | None = None,
    notify: Sequence[Change] | None = None,
) -> dict[str, object]:
    """An event to be recorded; `before` and `after` hold only the fields that changed."""
    return {
        "id": new_id(),
        "type": kind,
        "subject_id": subject_id,
        "actor": by.actor,
        "at": by.now,
        "before": before,
        "after": after,
        "notify": notify,
    }


def kinds(events: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """The types of `events`, in their order."""
    return tuple(str(each["type"]) for each in events)


def changed(before: Change, after: Change) -> tuple[Change, Change]:
    """The fields in which two states of a thing differ, as they were and as they are."""
    names = [name for name, value in after.items() if before[name] != value]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def record(workspace: str, events: str, source: str, data: str) -> str:
    """SQL that inserts the events in parameter `events`, one row each for `source`.

    `data` is the SQL of the resource's JSON. Where `source` has no row, nothing is recorded:
    a write that did not happen leaves no event.
    """
    return f"""
    insert into events (workspace_id, id, type, subject_id, actor, at, before, after, notify, data)
    select {workspace}, e.id, e.type, e.subject_id, e.actor, e.at, e.before, e.after, e.notify,
      {data}
    from {source}, jsonb_to_recordset({events}::jsonb) as e(id uuid, type text, subject_id uuid,
      actor jsonb, at timestamptz, before jsonb, after jsonb, notify jsonb)"""
