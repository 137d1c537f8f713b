"""What hangs on a thread, on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field

from looplane.kit.schema import StrictModel, Timestamp
from looplane.members.schemas import UserRef

MessageType = Literal["email", "slack", "chat", "live_chat", "feedback"]
Direction = Literal["inbound", "outbound"]


class CustomerNeedOut(StrictModel):
    id: str
    thread_id: str
    project_id: str | None
    issue_id: str | None
    priority: float
    created_at: str
    updated_at: str


class MessageDeliveryOut(StrictModel):
    """What came of sending a message: `dead` is given up, `bounced` was taken and came back."""

    state: Literal["queued", "delivered", "dead", "canceled", "bounced"]
    reason: Annotated[str | None, Field(description="Why the last attempt did not succeed.")]


class MessageOut(StrictModel):
    id: str
    thread_id: str
    type: MessageType
    direction: Direction
    subject: str
    from_: Any = Field(alias="from")
    to: list[Any]
    cc: list[Any]
    bcc: list[Any]
    text: str
    html: str
    attachments: list[Any]
    user_id: str | None
    delivery: Annotated[
        MessageDeliveryOut | None,
        Field(description="Null of what nothing was to leave for, and once it is not kept."),
    ]
    created_at: Timestamp


class CommentAttachmentOut(StrictModel):
    """A file that is elsewhere; `size` in bytes."""

    name: str
    url: str
    content_type: str | None
    size: int | None


class CommentOut(StrictModel):
    id: str
    thread_id: str
    author: UserRef | None
    content: str
    attachments: list[CommentAttachmentOut]
    mentions: list[UserRef]
    created_at: Timestamp
    updated_at: Timestamp
