"""Where merges of companies moved a thread and its contact, of which no events tell. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from looplane.kit.clock import iso

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge of companies that may have moved a thread or its contact.

    `undone_at` is None where it was not taken back by then, and `source_id` where it touched a
    contact and did not move it; `moves_back` says whether taking it back touched it as well.
    """

    source_id: str | None
    survivor_id: str
    created_at: datetime
    undone_at: datetime | None
    is_of_contact: bool
    moves_back: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The company of a thread or a contact, when a merge last moved it there, and `updated_at`."""

    company_id: str | None
    updated_at: str
    moved_at: datetime | None = None

    def touched(self, moment: datetime) -> "Place":
        """What a merge at this moment goes over is changed by it."""
        last = datetime.fromisoformat(self.updated_at)
        return replace(self, updated_at=iso(max(moment, last + _MILLISECOND)))


def move_thread(place: Place, merges: Iterable[Merge], since: datetime, at: datetime) -> Place:
    """Moves a thread that was at `place` since a moment; `updated_at` is that of the moment `at`.

    Merges move every thread that a company has.
    """
    for moment, merge, is_undoing in _steps(merges, since, is_of_contact=False):
        here, there = merge.source_id, merge.survivor_id
        if is_undoing:
            here, there = there, str(here)
        if place.company_id != here or (is_undoing and not merge.moves_back):
            continue
        place = replace(place, company_id=there, moved_at=moment)
        if moment >= at:
            place = place.touched(moment)
    return place


def move_contact(place: Place, merges: Iterable[Merge], since: datetime) -> Place:
    """Moves a contact that was at `place` since a moment.

    Those are given that touched it, whichever of its companies is the primary one.
    """
    for moment, merge, is_undoing in _steps(merges, since, is_of_contact=True):
        if is_undoing and not merge.moves_back:
            continue
        place = place.touched(moment)
        is_here = not is_undoing or place.company_id == merge.survivor_id
        if merge.source_id is not None and is_here:
            there = merge.source_id if is_undoing else merge.survivor_id
            place = replace(place, company_id=there, moved_at=moment)
    return place


def _steps(
    merges: Iterable[Merge], since: datetime, *, is_of_contact: bool
) -> list[tuple[datetime, Merge, bool]]:
    """What merges did from a moment on, in its order: when, which, and whether it was undoing."""
    steps = [
        (moment, merge, is_undoing)
        for merge in merges
        if merge.is_of_contact == is_of_contact
        for moment, is_undoing in ((merge.created_at, False), (merge.undone_at, True))
        if moment is not None and moment >= since
    ]
    return sorted(steps, key=lambda step: step[0])
