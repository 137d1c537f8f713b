"""What a channel is given, and what it makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol
from uuid import UUID

from looplane.deliveries.schemas import DeliveryChannel, DeliveryKind
from looplane.kit.database import Connection

AttemptOutcome = Literal["delivered", "failed", "refused", "canceled"]


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """What is to be delivered now.

    `attempt` is its number, from 1. `target` is to whom or where, as the channel spells it, and
    `event_id` what it tells of: both stay the same over all attempts.
    """

    workspace_id: UUID
    id: UUID
    event_id: UUID
    kind: DeliveryKind
    channel: DeliveryChannel
    target: str
    subject_id: UUID
    thread_id: UUID | None
    created_at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class Attempted:
    """What one attempt came to.

    What `failed` is tried again, after `retry_after` at the earliest; what was `refused` is not.
    What was `canceled` is not to leave any more: nothing was tried.
    `is_target_down` says that the target as a whole is at fault, such as a server that does not
    answer: then what waits for it waits too, at least as long. With `is_postponed` it was not its
    turn, such as when a budget is used up: it waits for `retry_after`, and that counts as no
    attempt. `request` and `answer` are kept for people to read, without secrets and cut to a size;
    `reason` is a sentence.
    """

    outcome: AttemptOutcome
    reason: str | None = None
    retry_after: timedelta | None = None
    is_target_down: bool = False
    is_postponed: bool = False
    request: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None

    @property
    def was_tried(self) -> bool:
        """Whether it counts as an attempt."""
        return not self.is_postponed and self.outcome != "canceled"


class Channel(Protocol):
    """A way to the outside.

    `name` is what a delivery says it was taken by. Of one queue so many leave at once as
    `most_at_once`, and an attempt has `seconds`.
    """

    name: str
    most_at_once: int
    seconds: float

    async def load(self, con: Connection, deliveries: Sequence[DueDelivery]) -> Mapping[UUID, Any]:
        """What `send` needs, by the ids of deliveries, all at once.

        One that is missing is not sent: what it told of is gone. An Attempted in place of what is
        needed is what it came to, and it is not sent.
        """
        ...

    async def send(self, delivery: DueDelivery, loaded: Any) -> Attempted:  # noqa: ANN401  # what `load` gave
        """One attempt, with no connection to the database in hand, and more than once perhaps.

        What it raises is a failure, with the text as its reason.
        """
        ...


Channels = Mapping[DeliveryChannel, Channel]


@dataclass(frozen=True, slots=True)
class ClaimedQueue:
    """A queue that is ours until its lease ends, as it was found."""

    workspace_id: UUID
    channel: DeliveryChannel
    queue: str
    lease: UUID
    leased_until: datetime
    failures: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the target of a queue is doing: how often in a row it was down, and since when.

    Nothing is tried before `not_before`.
    """

    failures: int
    failing_since: datetime | None
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt that is over, after so many `tries` that had failed before."""

    delivery: DueDelivery
    tries: int
    started_at: datetime
    ended_at: datetime
    attempted: Attempted
    by: str


@dataclass(frozen=True, slots=True)
class SentQueue:
    """Attempts that are over, of a queue that is ours.

    `over` is what came of all that was taken at once, where the queue is to be given back.
    """

    queue: ClaimedQueue
    sent: Sequence[Sent]
    over: Sequence[Attempted] | None = None
