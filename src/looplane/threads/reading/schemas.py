"""Reading a thread, on the wire."""

from pydantic import Field

from looplane.kit.schema import Moment, Reference, StrictModel


class ReadMark(StrictModel):
    thread_id: Reference
    is_read: bool
    seen_inbound_at: Moment | None = Field(
        None,
        description="The `last_inbound_message_at` of what was read. Where a newer message came "
        "in, the thread stays unread: nobody has seen it yet.",
    )
