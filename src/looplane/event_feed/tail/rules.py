"""The last events of a workspace, as they are kept in memory for those who follow it."""

from bisect import bisect_right
from collections.abc import Sequence

from looplane.event_feed.schemas import Position
from looplane.event_feed.sql import StoredEvent, Wanted


class Ring:
    """The last events in their order: all of those after `start`, up to `end`.

    The oldest ones go where all together have more text than `most_bytes`.
    """

    def __init__(self, place: Position, most_bytes: int) -> None:
        self.start = self.end = place
        self._most_bytes, self._bytes = most_bytes, 0
        self._events: list[StoredEvent] = []

    def forget(self) -> None:
        """Lets all events go."""
        self.start, self._events, self._bytes = self.end, [], 0

    def add(self, events: Sequence[StoredEvent], end: Position) -> None:
        """Adds what comes next, and that there was no more up to `end`."""
        self._events += events
        self._bytes += sum(map(_size, events))
        self.end = end
        gone = 0
        while self._bytes > self._most_bytes:
            self._bytes -= _size(self._events[gone])
            gone += 1
        if gone:
            self.start = self._events[gone - 1].position
            del self._events[:gone]

    def after(self, place: Position) -> Sequence[StoredEvent] | None:
        """All events after a place; None where it is before or behind all that is here."""
        if not self.start <= place <= self.end:
            return None
        return self._events[bisect_right(self._events, place, key=_place) :]


def _place(event: StoredEvent) -> Position:
    return event.position


def _size(event: StoredEvent) -> int:
    # What a text takes that is not ASCII is no more than four times as much.
    return len(event.body)


def first_of(events: Sequence[StoredEvent], most: int, most_bytes: int) -> Sequence[StoredEvent]:
    """The first `most` events, or fewer where they have much text, but for the first one."""
    taken = 0
    for number, each in enumerate(events[:most]):
        taken += _size(each)
        if number and taken > most_bytes:
            return events[:number]
    return events[:most]


def is_wanted(event: StoredEvent, wanted: Wanted) -> bool:
    """Whether a caller wants an event, and may see it: as the statement has it."""
    return (
        event.type in wanted.types
        and event.visible_to in {None, wanted.member_id}
        and wanted.subject in {None, str(event.aggregate_id)}
    )
