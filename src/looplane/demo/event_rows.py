"""From content to rows: what happened to threads, as it would have been told."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from looplane.demo import thread_rows
from looplane.demo.rows import NAMESPACE, Row, ago, staff
from looplane.demo.schemas import Content, Thread
from looplane.threads import rules
from looplane.threads.sql import THREAD

_ACTOR = {"type": "rule", "key_id": None, "member_id": None, "rule": "demo"}
# Columns that hold when something happened to a thread.
_MOMENTS = (
    "last_state_change_at",
    "last_snoozed_until",
    "ai_draft_generated_at",
    "ai_draft_started_at",
    "ai_draft_error_at",
)


def thread_events(content: Content, now: datetime) -> list[Row]:
    """Rows of `events`: that a thread was made, and how it was at each moment of a change since.

    What has no moment of its own was so from the beginning. A thread that moved with a merge has
    none, for the company that it was with is gone.
    """
    rows = zip(content.threads, thread_rows.threads(content, now), strict=True)
    return [
        event
        for thread, row in rows
        if not thread_rows.has_moved(content, thread)
        for event in _events(content, thread, row, now)
    ]


def _events(content: Content, thread: Thread, row: Row, now: datetime) -> Iterator[Row]:
    before: rules.Thread | None = None
    for version, moment in enumerate(thread_rows.moments_of(content, thread, now), 1):
        after = _columns_at(content, thread, row, now, moment)
        types = ["thread.created"] if before is None else rules.events_of(before, after)
        was, becomes = ({}, {}) if before is None else rules.difference(before, after)
        write_id = _id(thread, moment, 0)
        for number, name in enumerate(types):
            yield {
                "id": _id(thread, moment, number),
                "write_id": write_id,
                "type": name,
                "thread_id": row["id"],
                "version": version,
                "actor": _ACTOR,
                "created_at": moment,
                "before": was,
                "after": becomes,
                "data_event_id": write_id if number else None,
                "columns": {**after, **rules.in_api_words(after, ["state"]), "updated_at": moment},
            }
        before = after


def _columns_at(
    content: Content, thread: Thread, row: Row, now: datetime, moment: datetime
) -> rules.Thread:
    """The columns of a thread as they were at a moment."""
    then: dict[str, Any] = {name: row[name] for name in THREAD.columns}
    ours = staff(content)
    said = [(ago(now, hours=each.age_hours), each.sender in ours) for each in thread.messages]
    inbound = [at for at, is_ours in said if at <= moment and not is_ours]
    outbound = [at for at, is_ours in said if at <= moment and is_ours]
    then["last_inbound_message_at"] = max(inbound, default=None)
    then["last_outbound_message_at"] = max(outbound, default=None)
    then |= {name: None for name in _MOMENTS if then[name] is not None and then[name] > moment}
    if then["ai_draft_generated_at"] is None:
        then |= {"ai_draft_html": None, "ai_draft_sources": None}
    if then["last_state_change_at"] is None:
        # Until then the first answer had opened it.
        state = "open" if outbound else "new"
        then |= {"state": state, "last_state_change_at": min(outbound, default=None)}
        then["snoozed_until"] = None
    return then


def _id(thread: Thread, moment: datetime, number: int) -> UUID:
    """The id of an event of that moment, of version 7; `number` is its place in the write."""
    milliseconds = int(moment.timestamp() * 1000)
    rest = uuid5(NAMESPACE, f"event/{thread.slug}").int & (2**64 - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | number << 64 | rest)
