"""Text that is not sent yet, on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field

from looplane.kit.html_fields import MAX_HTML_LENGTH, OptionalHtml
from looplane.kit.paging import PageInfo
from looplane.kit.schema import Moment, StrictModel, Timestamp, optional
from looplane.kit.signature import WriteQuery
from looplane.messages.schemas import Recipients
from looplane.outgoing_files.schemas import OutgoingAttachments

Mode = Literal["reply", "comment"]
_EXPECTED = (
    "The `updated_at` of what you have, null for none. Where another tab wrote since, the answer "
    "is 412, says when, and nothing is written."
)


class UnsentReply(StrictModel):
    html: str
    cc: list[Any]
    bcc: list[Any]
    attachments: Annotated[
        list[Any],
        Field(
            description="As they were sent. The `ContentLength` of those with a `file_id` is "
            "their size."
        ),
    ]
    ai_draft_generated_at: Annotated[
        Timestamp | None, Field(description="Of the AI's draft that it began with.")
    ]
    updated_at: Timestamp
    problem: Annotated[
        str | None,
        Field(description="Why it could not be sent when it was to be; a change of it clears it."),
    ]


class UnsentComment(StrictModel):
    html: str
    updated_at: Timestamp


class UnsentOut(StrictModel):
    """What a member wrote about a thread and did not send; nobody else sees it."""

    thread_id: str
    reply: UnsentReply | None
    comment: UnsentComment | None


class UnsentThread(StrictModel):
    thread_id: str
    modes: list[Mode]
    has_problem: Annotated[bool, Field(description="A reply of it could not be sent.")]
    updated_at: Timestamp


class UnsentPut(StrictModel):
    mode: Mode
    html: Annotated[
        OptionalHtml,
        Field(
            description="It is cleaned. Where nothing is left of it, nor of the rest, there is no "
            f"unsent text any more. At most {MAX_HTML_LENGTH:,} characters."
        ),
    ]
    cc: Recipients = optional("Only of a reply, as the next three; left out, each stays as it is.")
    bcc: Recipients = optional()
    attachments: OutgoingAttachments = optional()
    ai_draft_generated_at: Moment | None = None
    expected_updated_at: Moment | None = Field(None, description=_EXPECTED)


class UnsentDelete(WriteQuery):
    mode: Mode
    expected_updated_at: Moment | None = Field(None, description=_EXPECTED)


class UnsentPage(StrictModel):
    data: list[UnsentThread]
    page: PageInfo
