"""Which mails may leave now, and how long the others wait. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from looplane.deliveries.schemas import DeliveryKind

# Until what waits is looked at again: a mailbox may be made active meanwhile.
MAX_WAIT = timedelta(minutes=5)
# What goes to very many leaves a fifth of a budget to all else, and is looked at less often.
_LEFT, _MAX_WAIT_OF_MANY = 5, timedelta(hours=1)
HOUR = timedelta(hours=1)
# Who cannot sign in cannot mend anything.
_ALWAYS: frozenset[DeliveryKind] = frozenset({"sign_in_link"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mail that is to leave by a mailbox, in the order in which it should."""

    delivery_id: UUID
    kind: DeliveryKind
    mailbox_id: UUID
    thread_id: UUID | None
    message_id: str
    recipient: str

    @property
    def limited_with(self) -> "Limited | None":
        """Those that count towards the same limit of a thread; None where there is none.

        What the team is told counts for each of them alone: it holds back no answer to a customer,
        however many are told, and who answers notices by a program is told no faster than that.
        """
        if self.thread_id is None:
            return None
        return self.thread_id, self.recipient if self.kind == "notice" else ""


# A thread, and to whom, where that matters.
Limited = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Used:
    """What left before: by mailboxes in this day, and in threads in this hour."""

    by_mailbox: Mapping[UUID, int]
    by_thread: Mapping[Limited, tuple[int, datetime]]


@dataclass(frozen=True, slots=True)
class Sorted:
    """What may leave, and what waits: for which mailbox's day, or for which thread's hour.

    `of_many` waits for the day as well, on which others may still leave.
    """

    now: Sequence[Wanted]
    of_day: Sequence[Wanted]
    of_thread: Sequence[Wanted]
    of_many: Sequence[Wanted]


def sort(wanted: Sequence[Wanted], mailboxes: Mapping[UUID, Any], used: Used) -> Sorted:
    """Lets through what the limits of the mailboxes leave room for."""
    days, hours = Counter(used.by_mailbox), Counter({k: n for k, (n, _) in used.by_thread.items()})
    now: list[Wanted] = []
    of_day: list[Wanted] = []
    of_thread: list[Wanted] = []
    of_many: list[Wanted] = []
    for each in wanted:
        mailbox = mailboxes[each.mailbox_id]
        if not is_exempt(each.kind) and days[each.mailbox_id] >= mailbox["daily_budget"]:
            of_day.append(each)
            continue
        if each.kind == "broadcast" and days[each.mailbox_id] >= broadcast_budget(mailbox):
            of_many.append(each)
            continue
        if (limited := each.limited_with) is not None:
            if hours[limited] >= mailbox["per_thread_per_hour"]:
                of_thread.append(each)
                continue
            hours[limited] += 1
        days[each.mailbox_id] += 1
        now.append(each)
    return Sorted(now, of_day, of_thread, of_many)


def broadcast_budget(mailbox: Mapping[str, Any]) -> int:
    """After how many mails of a day no broadcast leaves, so that answers do."""
    budget: int = mailbox["daily_budget"]
    return budget - budget // _LEFT


def is_exempt(kind: DeliveryKind) -> bool:
    """Whether a mail leaves by a mailbox that is paused."""
    return kind in _ALWAYS


def end_of_day(now: datetime) -> datetime:
    """The next midnight, UTC."""
    return datetime.combine(now.date() + timedelta(days=1), time(), UTC)


def wait_of_many(now: datetime) -> timedelta:
    """How long until a broadcast is looked at again that waits for the next day."""
    return min(end_of_day(now) - now, _MAX_WAIT_OF_MANY)


def wait(now: datetime, until: datetime | None) -> timedelta:
    """How long until what waits is looked at again."""
    if until is None:
        return MAX_WAIT
    return max(timedelta(seconds=1), min(until - now, MAX_WAIT))


def budget_reason(mailbox: Mapping[str, Any]) -> str:
    """Why a mailbox is paused that has used its budget up."""
    return f"Its budget of {mailbox['daily_budget']:,} mails a day is used up."


def broadcast_reason(mailbox: Mapping[str, Any]) -> str:
    """Why a broadcast waits for the next day."""
    most, budget = broadcast_budget(mailbox), mailbox["daily_budget"]
    return f"Of its budget of {budget:,} mails a day, broadcasts leave what is over {most:,}."


def thread_reason(mailbox: Mapping[str, Any]) -> str:
    """Why a mail waits in whose thread many left."""
    return f"In this thread {mailbox['per_thread_per_hour']:,} mails left within an hour."
