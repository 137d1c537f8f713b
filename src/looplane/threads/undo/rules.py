"""What a thread becomes when a change of it is taken back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from looplane.events import Values, without
from looplane.inverses import PastEvent
from looplane.threads.rules import HTML_FIELDS, Thread

_IDS = {"contact_id", "company_id", "assignee_id"}
# What is given back otherwise than by what it was.
_OTHERWISE = {"tag_ids", "project_id", "html_version"}


@dataclass(frozen=True, slots=True)
class TagChange:
    """The tags that a change added and removed; the others are not its business."""

    added: frozenset[UUID] = frozenset()
    removed: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, event: PastEvent) -> "TagChange":
        """That which an event tells of."""
        was, became = (
            frozenset(map(UUID, told.get("tag_ids", ()))) for told in (event.before, event.after)
        )
        return cls(became - was, was - became)

    def touched(self, present: frozenset[UUID], found: Iterable[UUID]) -> frozenset[UUID]:
        """Those that are not as the change left them, of the tags that are `found` to be there."""
        return ((self.added & frozenset(found)) - present) | (self.removed & present)

    def gone(self, found: Iterable[UUID]) -> frozenset[UUID]:
        """Those that cannot be given back, for they were deleted."""
        return self.removed.difference(found)


def named(event: PastEvent) -> dict[str, Any]:
    """The links that a thread had, and every tag that came or went, as an update names them."""
    tags = TagChange.of(event)
    links = {name: event.before[name] for name in _IDS & event.before.keys()}
    project = {"project_id": event.before.get("project_id")}
    return {**links, **project, "tag_ids": sorted(map(str, tags.added | tags.removed))}


def kept(event: PastEvent) -> set[str]:
    """The columns that are kept untold with a change such as that of `event`."""
    states = {"state"} if event.after.keys() & {"status", "closed_loop"} else set()
    return states | ({"html_version"} if event.after.keys() & {*HTML_FIELDS} else set())


def given_back(before: Thread, event: PastEvent) -> Thread:
    """The thread with what `event` changed as it was; nothing else moves.

    A thread that was snoozed until a time that has come is so again, and wakes by itself.
    """
    was = without({**event.before, **event.internal_before}, _OTHERWISE)
    after = {**before, **{name: _read(name, was[name]) for name in was if name in before}}
    if "html_version" in event.internal_before:
        # What was not given back stays as it was cleaned.
        after["html_version"] = min(before["html_version"], event.internal_before["html_version"])
    tags = TagChange.of(event)
    return {**after, "tag_ids": (before["tag_ids"] - tags.added) | tags.removed}


def _read(name: str, value: Any) -> Any:  # noqa: ANN401  # what a column holds
    if value is None:
        return None
    if name in _IDS:
        return UUID(value)
    return datetime.fromisoformat(value) if name.endswith(("_at", "_until")) else value


def reversed_links(event: PastEvent) -> tuple[Values, Values]:
    """The project and the needs of an event, as they are and as they are again."""
    names = event.after.keys() & {"project_id", "customer_needs"}
    now, then = ({name: told[name] for name in names} for told in (event.after, event.before))
    return now, then


def priorities(event: PastEvent) -> list[dict[str, Any]]:
    """The needs whose priority changed: its id, its priority before and after."""
    needs: Mapping[str, Any] = event.before.get("customer_needs", {})
    after: Mapping[str, Any] = event.after.get("customer_needs", {})
    return [
        {"id": id, "was": need["priority"], "became": after[id]["priority"]}
        for id, need in needs.items()
    ]
