"""What becomes of a delivery and of its queue after an attempt."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from looplane.deliveries.rules import RETRY_AFTER
from looplane.delivery.schemas import Attempted, ClaimedQueue, QueueState
from looplane.kit.text import storable
from looplane.undo.rules import LIFETIME as UNDO_LIFETIME

# A target that asks for more time gets no more than this.
MAX_RETRY_AFTER = timedelta(hours=24)
# Until a target that is down is tried again: doubled from try to try.
_FIRST_REST, _MAX_REST = timedelta(seconds=10), timedelta(minutes=5)
_MAX_REASON_LENGTH = 500  # characters
# So long after a thread was deleted it can be there again: undone in time, and written a bit later.
_UNDONE_FOR = UNDO_LIFETIME + timedelta(minutes=1)
_LOOK = timedelta(minutes=1)
_DELETED = "Its thread was deleted: it waits while that can be taken back, and is canceled then."
# Of one that fails only so many are tried at once.
PROBES = 1

State = Literal["delivered", "queued", "dead", "canceled"]


def next_attempt_at(
    attempted: Attempted, tries: int, now: datetime, jitter: float
) -> datetime | None:
    """When to try again after so many `tries` that failed before; None for never.

    What the schedule says is stretched by `jitter`, so that not all come at once.
    """
    if attempted.is_postponed:
        return now + min(attempted.retry_after or timedelta(0), MAX_RETRY_AFTER)
    if attempted.outcome != "failed" or tries >= len(RETRY_AFTER):
        return None
    wait = RETRY_AFTER[tries] * jitter
    if attempted.retry_after is not None:
        wait = max(wait, min(attempted.retry_after, MAX_RETRY_AFTER))
    return now + wait


def state_after(attempted: Attempted, again_at: datetime | None) -> State:
    """What a delivery is after an attempt, which is made again at that time, if ever."""
    if attempted.outcome in {"delivered", "canceled"}:
        return attempted.outcome
    return "dead" if again_at is None else "queued"


def queue_after(queue: ClaimedQueue, attempts: Sequence[Attempted], now: datetime) -> QueueState:
    """What a queue is after these attempts; one that nobody was sent by stays as it was.

    Where any of them reached the target it is not down, or no longer.
    """
    attempts = [each for each in attempts if each.was_tried]
    is_down = any(each.is_target_down for each in attempts)
    is_reached = any(not each.is_target_down for each in attempts)
    failures = (0 if is_reached else queue.failures) + is_down
    if not attempts:
        failures = queue.failures
    if not failures:
        return QueueState(0, None, None)
    since = queue.failing_since if queue.failures and not is_reached else None
    asked = [each.retry_after or timedelta() for each in attempts if each.is_target_down]
    rest = max(rest_after(failures), min(max(asked, default=timedelta()), MAX_RETRY_AFTER))
    return QueueState(failures, since or now, now + rest if is_down else None)


def of_deleted_thread(deleted_at: datetime, now: datetime) -> Attempted:
    """What becomes of what tells of a thread that was deleted.

    As long as the deletion can be taken back it waits, and is looked at again in a minute.
    """
    until = deleted_at + _UNDONE_FOR
    if now >= until:
        return Attempted("canceled", "Its thread was deleted.")
    return Attempted("failed", _DELETED, min(until - now, _LOOK), is_postponed=True)


def rest_after(failures: int) -> timedelta:
    """How long a target is left alone that is down for the so manyth time in a row."""
    doubled: int = 2 ** min(failures - 1, 10)
    return min(_FIRST_REST * doubled, _MAX_REST)


def reason_of(error: Exception) -> str:
    """Why an attempt failed that raised this, as it can be kept."""
    return clip(str(error) or type(error).__name__)


def clip(reason: str) -> str:
    """A reason as it can be kept."""
    return storable(reason)[:_MAX_REASON_LENGTH]
