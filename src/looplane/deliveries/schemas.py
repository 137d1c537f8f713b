"""What is delivered, by which channel, and what became of it."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import Moment, Reference, StrictModel, Text, Timestamp, optional

DeliveryKind = Literal["message", "broadcast", "invite", "notice", "sign_in_link", "event", "test"]
# By which a thread is answered.
MessageChannel = Literal["email", "slack", "live_chat", "teams"]
DeliveryChannel = Literal["email", "slack", "live_chat", "teams", "webhook"]
DeliveryState = Literal["queued", "delivered", "dead", "canceled"]


class DeliveryOut(StrictModel):
    """One thing for one target."""

    id: str
    kind: DeliveryKind
    channel: DeliveryChannel
    target: Annotated[
        str,
        Field(description="To whom or where, as the channel spells it: of a webhook its id."),
    ]
    event_id: Annotated[
        str,
        Field(
            description="What it tells of; the same over all attempts and replays.",
            json_schema_extra={"pattern": "^evt_[0-9a-f]{32}$"},
        ),
    ]
    event_type: Annotated[
        str | None, Field(description="Null where no event tells of it, such as a sign-in link.")
    ]
    thread_id: str | None
    subject_id: Annotated[str, Field(description="The message, the invite, the thing itself.")]
    state: Annotated[
        DeliveryState,
        Field(description="`dead`: nothing more is tried, unless it is replayed."),
    ]
    attempts: Annotated[int, Field(description="Of all its plans together.")]
    next_attempt_at: Annotated[
        Timestamp | None, Field(description="At the earliest; null once nothing more is tried.")
    ]
    reason: Annotated[str | None, Field(description="Why the last attempt did not succeed.")]
    delivered_by: Annotated[str | None, Field(description="What took it, such as `console`.")]
    created_at: Timestamp
    updated_at: Timestamp


DeliveryPage = page_of(DeliveryOut)


class DeliveryAttemptOut(StrictModel):
    """One try."""

    number: Annotated[int, Field(description="From 1, over all plans of the delivery.")]
    started_at: Timestamp
    ended_at: Timestamp
    outcome: Annotated[
        Literal["delivered", "failed", "refused", "interrupted"],
        Field(
            description="`failed` is tried again as the schedule has it, `refused` is not. "
            "`interrupted` was cut off by the end of a worker: whether it arrived is not known."
        ),
    ]
    reason: str | None
    request: Annotated[
        dict[str, Any] | None,
        Field(description="What was sent, as its channel keeps it, without secrets."),
    ]
    answer: Annotated[
        dict[str, Any] | None,
        Field(description="What was answered, of a long text the first 1,000 characters."),
    ]


DeliveryAttemptPage = page_of(DeliveryAttemptOut)
# Characters; as long as what a list takes by its cursor.
Target = Annotated[Text, Field(min_length=1, max_length=1000)]


class DeliveryFilter(StrictModel):
    """Which deliveries; the bounds of the span itself are outside."""

    channel: DeliveryChannel = optional()
    target: Target = optional("As a delivery has it: an address, or the id of a webhook.")
    kind: DeliveryKind = optional()
    thread_id: Reference = optional()
    event_id: Reference = optional()
    created_after: Moment = optional()
    created_before: Moment = optional()


class DeliveryQuery(DeliveryFilter, PageQuery):
    """Which deliveries are listed."""

    state: DeliveryState = optional()


class DeliveryAttemptQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What is to be delivered; `target` is to whom or where, as the channel spells it.

    `queue` is what can be slow or away as a whole: of webhooks the id of the endpoint, of other
    channels all of the workspace. What is in one `lane` of a queue leaves in the order in which it
    was planned.
    """

    kind: DeliveryKind
    channel: DeliveryChannel
    target: str
    subject_id: UUID
    thread_id: UUID | None = None
    queue: str = ""
    lane: UUID | None = None
