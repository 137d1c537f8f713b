"""Messages on the wire."""

from typing import Any, Literal

from pydantic import Field

from looplane.kit.schema import Closed


class MessageOut(Closed):
    id: str
    thread_id: str
    type: Literal["email", "slack", "chat", "live_chat", "feedback"]
    direction: Literal["inbound", "outbound"]
    subject: str
    from_: Any = Field(alias="from")
    to: list[Any]
    cc: list[Any]
    bcc: list[Any]
    text: str
    html: str
    attachments: list[Any]
    user_id: str | None
    created_at: str
