"""Whom of the team an event tells, why, and by what: one table. Pure.

`docs/notifications.md` has the same table printed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from looplane.notices.schemas import NoticeChannel, Reason
from looplane.notices.settings.rules import DEFAULTS, REASONS, QuietHours, chosen

# What the program does for its own upkeep, and what is put in from elsewhere, tells nobody.
SILENT_RULES = frozenset({"demo", "clean_html", "erase"})
# A thread that is said to be older than this when it is made was brought from elsewhere.
IMPORTED_AGE = timedelta(days=1)
# What a target begins with that names a member.
MEMBER = "member:"


@dataclass(frozen=True, slots=True)
class Happening:
    """What an event says, and what is so when it is told."""

    type: str
    actor_member_id: UUID | None = None
    rule: str | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    thread_created_at: datetime | None = None
    thread_id: UUID | None = None
    assignee_id: UUID | None = None
    mentioned: frozenset[UUID] = frozenset()
    snoozed_by: UUID | None = None
    # Of a message: who wrote it, and whether a thread began with it.
    sender: str | None = None
    is_opening: bool = False
    # Of a delivery: what it was, and who sent that.
    delivery_kind: str | None = None
    delivery_target: str | None = None
    sent_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team, and what they chose otherwise than it is for everybody."""

    id: UUID
    email: str
    role: str
    watches_new_threads: bool
    channels: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    quiet_hours: QuietHours | None = None


Team = Mapping[UUID, Member]
Audience = Callable[[Happening, Team], Iterable[UUID | None]]


def _assignee(happening: Happening, _team: Team) -> Iterable[UUID | None]:
    return [happening.assignee_id]


def _mentioned(happening: Happening, _team: Team) -> Iterable[UUID | None]:
    return happening.mentioned


def _watchers(_happening: Happening, team: Team) -> Iterable[UUID | None]:
    return [each.id for each in team.values() if each.watches_new_threads]


def _admins(_happening: Happening, team: Team) -> Iterable[UUID | None]:
    return [each.id for each in team.values() if each.role == "ADMIN"]


def _sender(happening: Happening, _team: Team) -> Iterable[UUID | None]:
    return [happening.sent_by]


def _sender_or_assignee_or_admins(happening: Happening, team: Team) -> Iterable[UUID | None]:
    """The first one who is still of the team; of what is no message, the admins."""
    asked = (happening.sent_by, happening.assignee_id)
    first = next((id for id in asked if id in team), None)
    is_answer = happening.delivery_kind == "message"
    return [first] if is_answer and first else _admins(happening, team)


def _assignee_or_snoozer(happening: Happening, _team: Team) -> Iterable[UUID | None]:
    return [happening.assignee_id or happening.snoozed_by]


def _is_gone(happening: Happening) -> bool:
    """Whether it is about a thread that is deleted."""
    of_thread = happening.type.startswith(("thread.", "comment.", "message."))
    return of_thread and happening.thread_id is None


def _always(_happening: Happening) -> bool:
    return True


def _is_still_theirs(happening: Happening) -> bool:
    return happening.after.get("assignee_id") == str(happening.assignee_id)


def _has_woken(happening: Happening) -> bool:
    return happening.rule == "snooze"


def _is_of_nobody(happening: Happening) -> bool:
    return happening.assignee_id is None and not _is_imported(happening)


def _is_not_imported(happening: Happening) -> bool:
    return not _is_imported(happening)


def _is_imported(happening: Happening) -> bool:
    made, told = happening.thread_created_at, happening.created_at
    return made is not None and told is not None and told - made > IMPORTED_AGE


def _is_of_one(happening: Happening) -> bool:
    """Whether it was for one person: of a broadcast very many come back at once."""
    return happening.delivery_kind in {"message", "invite", "notice"}


def _is_answer(happening: Happening) -> bool:
    return not happening.is_opening


@dataclass(frozen=True, slots=True)
class Row:
    """One of the table: an event tells somebody for a reason, when something is so."""

    reason: Reason
    event: str
    told: str
    audience: Audience
    when: str = ""
    condition: Callable[[Happening], bool] = _always
    tells_viewers: bool = False


TABLE: tuple[Row, ...] = (
    Row("mentioned", "comment.created", "whom it mentions", _mentioned, tells_viewers=True),
    Row(
        "mentioned",
        "comment.updated",
        "whom it mentions since",
        _mentioned,
        tells_viewers=True,
    ),
    Row(
        "assigned",
        "thread.created",
        "the assignee",
        _assignee,
        "it is not imported",
        _is_not_imported,
    ),
    Row("assigned", "thread.assigned", "the assignee", _assignee, "still theirs", _is_still_theirs),
    Row("delivery_dead", "delivery.dead", "admins", _admins),
    Row("delivery_dead", "delivery.dead", "who sent the message", _sender),
    Row(
        "delivery_dead",
        "delivery.bounced",
        "who sent the message, or else the assignee, or else admins",
        _sender_or_assignee_or_admins,
        "it was a message, an invite or a notice",
        _is_of_one,
    ),
    Row("reply", "message.received", "the assignee", _assignee, "no thread begins", _is_answer),
    Row("comment", "comment.created", "the assignee", _assignee),
    Row(
        "snooze_ended",
        "thread.status_changed",
        "the assignee, or else who snoozed it",
        _assignee_or_snoozer,
        "its time has come",
        _has_woken,
    ),
    Row(
        "new_thread",
        "thread.created",
        "who watches new threads",
        _watchers,
        "nobody is assigned, and it is not imported",
        _is_of_nobody,
    ),
    Row("mailbox_down", "mailbox.down", "admins", _admins),
    Row("mailbox_down", "mailbox.paused", "admins", _admins),
    Row("mailbox_down", "mailbox.thread_paused", "admins", _admins),
    Row("webhook_disabled", "webhook.disabled", "admins", _admins),
    Row("webhook_paused", "webhook.paused", "admins", _admins),
)
EVENTS = frozenset(row.event for row in TABLE)


def may_be_told(member: Member, happening: Happening, *, tells_viewers: bool) -> bool:
    """Whether a member is told at all: never of what they did, whether signed in or by a key."""
    is_own = member.id == happening.actor_member_id
    is_own = is_own or (happening.sender or "").lower() == member.email.lower()
    return not is_own and (tells_viewers or member.role != "VIEWER")


def told(happening: Happening, team: Team) -> dict[UUID, list[Reason]]:
    """Whom an event tells, and for which reasons, the most important first."""
    found: dict[UUID, list[Reason]] = {}
    if happening.rule in SILENT_RULES or _is_gone(happening):
        return found
    for row in TABLE:
        if row.event != happening.type or not row.condition(happening):
            continue
        for id in row.audience(happening, team):
            member = team.get(id) if id else None
            if member and may_be_told(member, happening, tells_viewers=row.tells_viewers):
                found.setdefault(member.id, []).append(row.reason)
    return {id: sorted({*each}, key=REASONS.index) for id, each in found.items()}


@dataclass(frozen=True, slots=True)
class Choice:
    """Of several events of one write the one of which a member is told, why, and by what."""

    happening_index: int
    reason: Reason
    channels: frozenset[NoticeChannel]


def choose(happenings: Sequence[Happening], team: Team) -> dict[UUID, Choice]:
    """What each member is told of one write: the most important of what they want to be told."""
    found: dict[UUID, list[Choice]] = {}
    for index, happening in enumerate(happenings):
        for id, reasons in told(happening, team).items():
            for reason in reasons:
                channels = channels_of(team[id], reason, happening)
                if channels:
                    found.setdefault(id, []).append(Choice(index, reason, channels))
    first = {id: min(each, key=lambda one: REASONS.index(one.reason)) for id, each in found.items()}
    return dict(sorted(first.items()))


def channels_of(member: Member, reason: Reason, happening: Happening) -> frozenset[NoticeChannel]:
    """By what a member is told of something.

    That a notice was not delivered is told in the inbox alone: else one notice that cannot be
    delivered would beget the next.
    """
    channels = chosen(member.channels, reason)
    return channels & {"in_app"} if happening.delivery_kind == "notice" else channels


def table_rows() -> list[tuple[str, ...]]:
    """The table as documents print it, with its heads first."""
    heads = ("Event", "Who is told", "When", "Reason", "VIEWER", "In-app", "E-mail", "Slack")
    rows = [
        (
            f"`{row.event}`",
            row.told,
            row.when or "always",
            f"`{row.reason}`",
            "yes" if row.tells_viewers else "no",
            *DEFAULTS[row.reason],
        )
        for row in TABLE
    ]
    return [heads, *rows]


def table_markdown() -> str:
    """The table as Markdown."""
    head, *rows = ("| " + " | ".join(row) + " |" for row in table_rows())
    return "\n".join([head, "|" + "---|" * len(table_rows()[0]), *rows])


def reading_faults(sent: Mapping[str, Any], known: Sequence[str]) -> list[str]:
    """What is wrong with what is to be marked as read; `known` are the faults of its fields."""
    there = {*sent, *(re.split("[.:]", each)[0] for each in known)}
    faults = [] if ("ids" in there) != ("all" in there) else ["ids, all: send one of the two"]
    if "until" in there and "all" not in there:
        faults.append("until: goes only with all")
    return faults
