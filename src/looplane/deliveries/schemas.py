"""What is delivered, and by which channel."""

from typing import Literal

DeliveryKind = Literal["message", "broadcast", "invite", "notice", "sign_in_link", "event", "test"]
# By which a thread is answered.
MessageChannel = Literal["email", "slack", "live_chat", "teams"]
DeliveryChannel = Literal["email", "slack", "live_chat", "teams", "webhook"]
