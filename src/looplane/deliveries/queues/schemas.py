"""Queues of deliveries on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.deliveries.schemas import DeliveryChannel
from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import Count, Reference, StrictModel, Text, Timestamp, optional

# Queued deliveries are counted no further.
MAX_COUNTED = 1000
_MAX_REASON_LENGTH = 500  # characters
QueueStatus = Literal["active", "failing", "paused"]
_QUEUE = "Of webhooks the id of one; of other channels empty, for all of the workspace."


class DeliveryQueueOut(StrictModel):
    """What can be slow or away as a whole."""

    channel: DeliveryChannel
    queue: Annotated[str, Field(description=_QUEUE)]
    status: Annotated[
        QueueStatus,
        Field(description="`failing`: the last attempt did not reach it. `paused`: none is made."),
    ]
    due_at: Annotated[
        Timestamp | None,
        Field(description="When the worker looks at it next; null where nothing is queued."),
    ]
    failing_since: Annotated[
        Timestamp | None, Field(description="Null while the last attempt reached it.")
    ]
    failures: Annotated[Count, Field(description="In a row, of the target as a whole.")]
    paused_at: Timestamp | None
    paused_reason: str | None
    queued: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_COUNTED,
            description=f"Deliveries that wait, counted up to {MAX_COUNTED:,}.",
        ),
    ]


DeliveryQueuePage = page_of(DeliveryQueueOut)


class DeliveryQueueQuery(PageQuery):
    """Which queues."""

    channel: DeliveryChannel = optional()
    status: QueueStatus = optional()


class DeliveryQueueName(StrictModel):
    channel: DeliveryChannel
    queue: Reference = Field(default="", description=_QUEUE)


class DeliveryQueuePause(DeliveryQueueName):
    reason: Annotated[Text, Field(min_length=1, max_length=_MAX_REASON_LENGTH)] = optional(
        "Why, for those who find it paused."
    )
