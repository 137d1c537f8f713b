"""Whom an event tells, by what: the table of the program, cell by cell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, strategies as st

from looplane.notices.rules import (
    EVENTS,
    IMPORTED_AGE,
    SILENT_RULES,
    TABLE,
    Happening,
    Member,
    Row,
    channels_of,
    choose,
    table_markdown,
    told,
)
from looplane.notices.schemas import Reason
from looplane.notices.settings.rules import (
    CHANNELS,
    DEFAULTS,
    REASONS,
    channel_faults,
    chosen,
    merged_channels,
)
from looplane.notices.settings.schemas import ReasonsOut, ReasonsPatch
from looplane.notices.words.rules import Facts, words_of
from looplane.nouns import EVENT_TYPES

DOCUMENT = Path(__file__).parents[2] / "docs" / "notifications.md"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
THREAD, OURS, ACTOR = uuid4(), uuid4(), uuid4()


def member(id: UUID = OURS, role: str = "USER", *, watches: bool = False) -> Member:
    return Member(id, f"{id}@team.example", role, watches)


def happening(row: Row, recipient: UUID = OURS) -> Happening:
    """One that tells the recipient, by this row."""
    of_audience: dict[str, dict[str, Any]] = {
        "the assignee": {"assignee_id": recipient},
        "whom it mentions": {"mentioned": frozenset({recipient})},
        "whom it mentions since": {"mentioned": frozenset({recipient})},
        "the assignee, or else who snoozed it": {"snoozed_by": recipient},
        "who sent the message": {"sent_by": recipient, "delivery_kind": "message"},
        "who sent the message, or else the assignee, or else admins": {
            "sent_by": recipient,
            "delivery_kind": "message",
        },
        "who watches new threads": {},
        "admins": {},
    }
    return Happening(
        row.event,
        actor_member_id=ACTOR,
        rule="snooze" if row.reason == "snooze_ended" else None,
        after={"assignee_id": str(recipient)},
        created_at=NOW,
        thread_created_at=NOW,
        thread_id=THREAD,
        **of_audience[row.told],
    )


def team_of(row: Row, **changes: Any) -> dict[UUID, Member]:
    """Whom the row may tell, and somebody else."""
    ours = member(role="ADMIN" if row.told == "admins" else "USER", watches=True)
    other = member(uuid4())
    return {OURS: replace(ours, **changes), other.id: other}


def reasons(row: Row, event: Happening, team: dict[UUID, Member]) -> list[Reason]:
    return told(event, team).get(OURS, [])


every_row = pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.event}-{row.told}")


@every_row
def test_it_tells_whom_it_says_and_nobody_else(row: Row) -> None:
    team = team_of(row)
    assert row.reason in reasons(row, happening(row), team)
    assert {*told(happening(row), team)} == {OURS}


@every_row
def test_nobody_is_told_of_what_they_did(row: Row) -> None:
    own = replace(happening(row), actor_member_id=OURS)
    assert reasons(row, own, team_of(row)) == []
    written = replace(happening(row), sender=f"{OURS}@Team.Example")
    assert reasons(row, written, team_of(row)) == [], "by mail neither"


@every_row
def test_who_left_is_not_told(row: Row) -> None:
    team = team_of(row)
    del team[OURS]
    assert told(happening(row), team) == {}


@every_row
def test_a_viewer_is_told_where_the_table_says_so(row: Row) -> None:
    found = reasons(row, happening(row), team_of(row, role="VIEWER"))
    assert (row.reason in found) == row.tells_viewers
    assert row.tells_viewers == (row.reason == "mentioned")


@every_row
@pytest.mark.parametrize("rule", sorted(SILENT_RULES))
def test_what_the_program_does_for_itself_tells_nobody(row: Row, rule: str) -> None:
    assert told(replace(happening(row), rule=rule), team_of(row)) == {}


@every_row
def test_of_a_thread_that_is_gone_nothing_is_told(row: Row) -> None:
    found = told(replace(happening(row), thread_id=None), team_of(row))
    assert bool(found) == row.event.startswith(("delivery.", "mailbox.", "webhook."))


@every_row
@pytest.mark.parametrize("channel", CHANNELS)
def test_it_tells_by_what_the_table_says(row: Row, channel: Any) -> None:
    default = DEFAULTS[row.reason][CHANNELS.index(channel)]
    plain = team_of(row)[OURS]
    event = happening(row)
    assert (channel in channels_of(plain, row.reason, event)) == (default == "on")
    for wanted in (True, False):
        changed = replace(plain, channels={row.reason: {channel: wanted}})
        found = channels_of(changed, row.reason, event)
        assert (channel in found) == (wanted and default != "never")
        assert found - {channel} == channels_of(plain, row.reason, event) - {channel}


UNTOLD = [
    ("thread.assigned", {"after": {"assignee_id": str(ACTOR)}}, "it is another's by now"),
    ("thread.assigned", {"after": {"assignee_id": None}, "assignee_id": None}, "nobody's"),
    ("thread.created", {"thread_created_at": NOW - IMPORTED_AGE * 2}, "an import"),
    ("message.received", {"is_opening": True}, "the thread began with it"),
    ("thread.status_changed", {"rule": None}, "somebody opened it"),
    ("delivery.bounced", {"delivery_kind": "broadcast"}, "very many come back at once"),
    ("delivery.dead", {"delivery_kind": "message", "sent_by": None}, "no member sent it"),
]


@pytest.mark.parametrize(("kind", "changes", "why"), UNTOLD)
def test_where_the_condition_does_not_hold_nobody_is_told(
    kind: str, changes: dict[str, Any], why: str
) -> None:
    for row in TABLE:
        if row.event == kind and row.told != "admins":
            assert told(replace(happening(row), **changes), team_of(row)) == {}, why


def test_watchers_are_told_of_threads_that_are_nobodys_alone() -> None:
    row = next(each for each in TABLE if each.reason == "new_thread")
    team = team_of(row)
    assert told(happening(row), team) == {OURS: ["new_thread"]}
    assert told(replace(happening(row), assignee_id=OURS), team) == {OURS: ["assigned"]}
    idle = team_of(row, watches_new_threads=False)
    assert told(happening(row), idle) == {}


def test_a_notice_that_did_not_leave_begets_no_other() -> None:
    row = next(each for each in TABLE if each.told == "admins" and each.event == "delivery.dead")
    lost = replace(happening(row), delivery_kind="notice")
    assert choose([lost], team_of(row))[OURS].channels == {"in_app"}


def test_the_most_important_reason_that_is_wanted_wins() -> None:
    team = {OURS: member()}
    comment = Happening(
        "comment.created", ACTOR, assignee_id=OURS, mentioned=frozenset({OURS}), thread_id=THREAD
    )
    assigned = Happening(
        "thread.assigned",
        ACTOR,
        assignee_id=OURS,
        thread_id=THREAD,
        after={"assignee_id": str(OURS)},
    )
    for events in ([comment, assigned], [assigned, comment]):
        choice = choose(events, team)[OURS]
        assert (choice.reason, events[choice.happening_index]) == ("mentioned", comment)
    deaf = replace(team[OURS], channels={"mentioned": dict.fromkeys(CHANNELS, False)})
    assert choose([comment, assigned], {OURS: deaf})[OURS].reason == "assigned"
    silent: dict[str, Any] = {each: dict.fromkeys(CHANNELS, False) for each in REASONS}
    assert choose([comment, assigned], {OURS: replace(deaf, channels=silent)}) == {}


_ids = st.sampled_from([uuid4() for _ in range(5)])
_some_id = st.none() | _ids
_teams = st.dictionaries(
    _ids,
    st.builds(
        lambda role, watches: (role, watches),
        st.sampled_from(["ADMIN", "USER", "VIEWER"]),
        st.booleans(),
    ),
)
_happenings = st.builds(
    Happening,
    type=st.sampled_from([*sorted(EVENTS), "thread.updated", "tag.created"]),
    actor_member_id=_some_id,
    rule=st.sampled_from([None, "snooze", "demo"]),
    after=st.fixed_dictionaries({"assignee_id": _some_id.map(lambda id: id and str(id))}),
    created_at=st.just(NOW),
    thread_created_at=st.sampled_from([NOW, NOW - timedelta(days=9)]),
    thread_id=st.sampled_from([None, THREAD]),
    assignee_id=_some_id,
    mentioned=st.frozensets(_ids),
    snoozed_by=_some_id,
    is_opening=st.booleans(),
    delivery_kind=st.sampled_from([None, "message", "notice", "event"]),
    sent_by=_some_id,
)


@given(st.lists(_happenings, max_size=6), _teams)
def test_random_events_never_tell_who_did_them(
    events: list[Happening], roles: dict[UUID, tuple[str, bool]]
) -> None:
    team = {id: member(id, role, watches=each) for id, (role, each) in roles.items()}
    for id, choice in choose(events, team).items():
        event = events[choice.happening_index]
        assert id in team
        assert id != event.actor_member_id
        assert event.rule != "demo"
        assert choice.channels == channels_of(team[id], choice.reason, event) != frozenset()
        assert team[id].role != "VIEWER" or choice.reason == "mentioned"
        others = [each for one in events for each in told(one, team).get(id, [])]
        assert choice.reason == min(others, key=REASONS.index)


def test_what_is_chosen_is_kept_only_where_it_differs() -> None:
    assert merged_channels({}, {"reply": {"email": True, "slack": True}}) == {
        "reply": {"slack": True}
    }
    before = {"reply": {"slack": True}, "comment": {"in_app": False}}
    assert merged_channels(before, {"reply": {"slack": False}}) == {"comment": {"in_app": False}}
    assert chosen(before, "comment") == frozenset()
    assert channel_faults({"mailbox_down": {"email": True}}) == [
        "channels.mailbox_down.email: nobody is told of this so"
    ]
    assert channel_faults({"mailbox_down": {"email": False}, "reply": {"email": True}}) == []


def test_each_reason_has_its_place() -> None:
    assert {*DEFAULTS} == {*REASONS} == {*ReasonsOut.model_fields} == {*ReasonsPatch.model_fields}
    assert {row.reason for row in TABLE} == {*REASONS} - {"asked"}
    # Events of what comes with its own part are not there in a program without it.
    ours = {each for each in EVENTS if not each.startswith(("delivery.", "mailbox.", "webhook."))}
    assert ours <= {*EVENT_TYPES}
    for reason in REASONS:
        words = words_of(Facts(reason))
        assert words.subject
        assert words.sentence.endswith((".", "?"))


def test_the_documents_have_the_same_table() -> None:
    assert table_markdown() in DOCUMENT.read_text()
