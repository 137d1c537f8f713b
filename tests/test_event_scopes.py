"""Who may see an event, and take it back, is said of every noun that has events."""

from looplane.kit.keys import SCOPES
from looplane.nouns import EVENT_TYPES, INVERSES, SCOPES_OF_EVENTS


def test_every_event_has_a_scope_that_sees_it_and_one_that_takes_it_back() -> None:
    nouns = {each.partition(".")[0] for each in EVENT_TYPES}
    assert nouns == SCOPES_OF_EVENTS.keys()
    named = {scope for both in SCOPES_OF_EVENTS.values() for scope in both}
    assert named <= {*SCOPES}


def test_only_events_that_there_are_can_be_taken_back() -> None:
    assert not INVERSES.keys() - {*EVENT_TYPES}
