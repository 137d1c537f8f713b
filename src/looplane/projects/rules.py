"""Which status a project gets. Pure: what was sent and what was found, to the status to be.

What was found holds the id and the type of the chosen status as `chosen_id` and `chosen_state`; of
a project that is there, also its present type as `state`.
"""

from collections.abc import Mapping
from typing import Any

from looplane.kit.database import Row
from looplane.kit.references import unknown_reference

# The event of the arrival at a state, beside the update.
_ENDINGS: dict[str, str] = {"completed": "project.completed", "canceled": "project.canceled"}


def status_faults(sent: Mapping[str, Any], found: Row) -> list[str]:
    """What is wrong with the status or the state that was sent."""
    state = sent.get("state")
    if "linear_status_id" not in sent:
        if state is None or found["chosen_id"]:
            return []
        return [f"state: this workspace has no status of the type {state}"]
    if found["chosen_id"] and state not in {None, found["chosen_state"]}:
        return [f"state: linear_status_id names a status of the type {found['chosen_state']}"]
    return unknown_reference(sent, "linear_status_id", "project status", found["chosen_id"])


def next_status(sent: Mapping[str, Any], row: Row) -> dict[str, object]:
    """The status after `sent`, which has no fault, as a column; none where it stays."""
    same_state = "linear_status_id" not in sent and row["chosen_state"] == row["state"]
    if row["chosen_id"] is None or same_state:
        return {}
    return {"linear_status_id": row["chosen_id"]}


def ending(row: Row) -> list[str]:
    """The event of a project that is completed or canceled by this change."""
    state = row["chosen_state"]
    return [_ENDINGS[state]] if state in _ENDINGS and state != row["state"] else []
