"""In which order events are fanned out."""

from collections.abc import Sequence
from uuid import UUID

from looplane.event_feed.schemas import FannedEvent


def in_order(events: Sequence[FannedEvent]) -> list[FannedEvent]:
    """The same events, with those of each subject in the order of its versions.

    Two writes that meet are committed in one order, and may have begun in the other one, which is
    that of positions. Nothing else is moved.
    """
    places: dict[UUID, list[int]] = {}
    for place, each in enumerate(events):
        if each.version is not None:
            places.setdefault(each.subject_id, []).append(place)
    ordered = list(events)
    for of_subject in places.values():
        versions = sorted((events[place] for place in of_subject), key=_version)
        for place, each in zip(of_subject, versions, strict=True):
            ordered[place] = each
    return ordered


def _version(event: FannedEvent) -> int:
    return event.version or 0


def newest_versions(events: Sequence[FannedEvent]) -> dict[UUID, tuple[UUID, int]]:
    """Of each subject whose history it is in, and its highest version."""
    newest: dict[UUID, tuple[UUID, int]] = {}
    for each in events:
        if each.version is not None:
            known = newest.get(each.subject_id, (each.aggregate_id, 0))[1]
            newest[each.subject_id] = (each.aggregate_id, max(known, each.version))
    return newest
