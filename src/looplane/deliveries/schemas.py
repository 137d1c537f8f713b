"""What is delivered, and by which channel."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

DeliveryKind = Literal["message", "broadcast", "invite", "notice", "sign_in_link", "event", "test"]
# By which a thread is answered.
MessageChannel = Literal["email", "slack", "live_chat", "teams"]
DeliveryChannel = Literal["email", "slack", "live_chat", "teams", "webhook"]


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
