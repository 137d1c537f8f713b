"""Files that are to go with a message, on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.schema import Reference, StrictModel, Timestamp, at_most_items, optional
from looplane.messages.schemas import MAX_ATTACHMENTS, Attachment, Base64

# What mail programs take, of one file and of all that go with a message.
MAX_SIZE = 25_000_000


class OutgoingFileOut(StrictModel):
    id: str
    name: str
    content_type: str
    size: Annotated[int, Field(description="In bytes.")]
    created_at: Timestamp


class OutgoingAttachment(Attachment):
    """A file that goes with a mail: its bytes, or one that was uploaded for it."""

    content: Base64 = Field(
        default=None,  # type: ignore[assignment]  # may be left out, and is never null when sent
        alias="Content",
        description="The bytes, as base64, where there is no `file_id`.",
    )
    file_id: Reference = optional("One of your outgoing files, in place of `Content`.")


OutgoingAttachments = Annotated[
    list[OutgoingAttachment],
    at_most_items(MAX_ATTACHMENTS),
    Field(json_schema_extra={"maxItems": MAX_ATTACHMENTS}),
]
