"""Who may see an event, and take it back, is said of every noun that has events."""

import pytest
from starlette.types import ASGIApp

from looplane.kit.keys import SCOPES
from looplane.nouns import EVENT_TYPES, INVERSES, SCOPES_OF_EVENTS
from tests.conftest import connected
from tests.contract import OPERATIONS, Operation
from tests.factory import Factory
from tests.operations import World, request


def test_every_event_has_a_scope_that_sees_it_and_one_that_takes_it_back() -> None:
    nouns = {each.partition(".")[0] for each in EVENT_TYPES}
    assert nouns == SCOPES_OF_EVENTS.keys()
    named = {scope for both in SCOPES_OF_EVENTS.values() for scope in both}
    assert named <= {*SCOPES}


def test_only_events_that_there_are_can_be_taken_back() -> None:
    assert not INVERSES.keys() - {*EVENT_TYPES}


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.any_scopes], ids=str)
async def test_one_of_its_scopes_is_needed(
    app: ASGIApp, mine: World, make: Factory, operation: Operation
) -> None:
    others = set(SCOPES) - {*operation.any_scopes}
    async with connected(app, await make.key(others)) as caller:
        answer = await caller.request(**request(operation, mine))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_required")
