"""Which state an issue gets. Pure: what was sent and what was found, to the state to be.

What was found holds the id, the type and the team of the chosen state as `chosen_id`, `chosen_type`
and `chosen_team_id`, and the team of the issue as `team_id`; of an issue that is there, also the
type of its present state as `state_type`.
"""

from collections.abc import Mapping

from looplane.kit.database import Row
from looplane.kit.references import unknown_reference


def state_faults(sent: Mapping[str, object], found: Row) -> list[str]:
    """What is wrong with the state that was sent."""
    if found["chosen_id"] is None:
        return unknown_reference(sent, "state_id", "workflow state", None)
    # A team that is not there is a fault by itself.
    if found["team_id"] in {None, found["chosen_team_id"]}:
        return []
    return ["state_id: is a workflow state of another team"]


def next_state(found: Row) -> dict[str, object]:
    """The chosen state as a column; none where none was chosen."""
    return {} if found["chosen_id"] is None else {"state_id": found["chosen_id"]}


def ending(row: Row) -> list[str]:
    """The event of an issue that is completed or canceled by this change."""
    chosen = row["chosen_type"]
    is_ended = chosen in {"completed", "canceled"} and chosen != row["state_type"]
    return [f"issue.{chosen}"] if is_ended else []
