"""What is delivered, and by which channel."""

from typing import Literal

DeliveryKind = Literal["message", "broadcast", "invite", "notice", "sign_in_link"]
DeliveryChannel = Literal["email", "slack", "live_chat", "teams"]
