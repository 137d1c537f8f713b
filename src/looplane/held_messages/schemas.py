"""Messages that are held back for a moment, on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field

from looplane.kit.paging import PageInfo
from looplane.kit.schema import Moment, Reference, StrictModel, Timestamp, optional
from looplane.messages.schemas import MessageCreate
from looplane.outgoing_files.schemas import MAX_SIZE, OutgoingAttachments

HeldState = Literal["held", "sent", "taken_back", "returned"]


class HeldChange(StrictModel):
    """What becomes of the thread once the message is sent, as an update of it takes it."""

    status: Literal["done", "snoozed"] = optional()
    snoozed_until: Moment = optional()
    closed_loop: bool = optional()


class HeldChangeOut(StrictModel):
    status: Literal["done", "snoozed"] = optional()
    snoozed_until: Timestamp = optional()
    closed_loop: bool = optional()


class HeldCreate(MessageCreate):
    thread_id: Reference
    attachments: OutgoingAttachments = Field(  # type: ignore[assignment]  # it is only read
        default_factory=list,
        description="Files: those with a `Content` fit into the body of the request, and all "
        f"together have at most {MAX_SIZE:,} bytes.",
    )
    then: HeldChange = Field(
        default_factory=HeldChange,
        description="What becomes of the thread together with the sending.",
    )


class HeldOut(StrictModel):
    id: str
    thread_id: str
    state: Annotated[
        HeldState,
        Field(
            description="`taken_back`: you did that. `returned`: it could not be sent, and is "
            "unsent text again, with the problem."
        ),
    ]
    content: Annotated[str, Field(description="Empty once it is no longer held.")]
    cc: list[Any]
    bcc: list[Any]
    then: HeldChangeOut
    held_for: Annotated[int, Field(description="Seconds from its making to `due_at`.")]
    due_at: Annotated[Timestamp, Field(description="When it is sent.")]
    created_at: Timestamp
    message_id: Annotated[str | None, Field(description="The message, once it is sent.")]


class HeldPage(StrictModel):
    data: list[HeldOut]
    page: PageInfo
