"""Which status a project gets. Pure: what was sent and what was found, to the status to be.

What was found holds the id and the type of the chosen status as `status_found` and `state_found`;
of a project that is there, also its present type as `state`.
"""

from collections.abc import Mapping
from typing import Any

from looplane.events import EventType
from looplane.kit.db import Row
from looplane.kit.references import missing

# How the arrival at a state is told, beside the update.
_ENDS: dict[str, EventType] = {"completed": "project.completed", "canceled": "project.canceled"}


def status_faults(sent: Mapping[str, Any], found: Row) -> list[str]:
    """What is wrong with the status or the state that was sent."""
    state = sent.get("state")
    if "linear_status_id" not in sent:
        if state is None or found["status_found"]:
            return []
        return [f"state: this workspace has no status of the type {state}"]
    if found["status_found"] and state not in {None, found["state_found"]}:
        return [f"state: linear_status_id names a status of the type {found['state_found']}"]
    return missing(sent, "linear_status_id", "project status", found["status_found"])


def next_status(sent: Mapping[str, Any], row: Row) -> dict[str, object]:
    """The status after `sent`, which has no fault, as a column; none where it stays."""
    same_state = "linear_status_id" not in sent and row["state_found"] == row["state"]
    if row["status_found"] is None or same_state:
        return {}
    return {"linear_status_id": row["status_found"]}


def ends(row: Row) -> list[EventType]:
    """The event of a project that is completed or canceled by this change."""
    state = row["state_found"]
    return [_ENDS[state]] if state in _ENDS and state != row["state"] else []
