"""Messages on the wire: how they are listed and sent."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic.json_schema import WithJsonSchema

from looplane.deliveries.schemas import MessageChannel
from looplane.kit.html_fields import MAX_HTML_LENGTH, Html
from looplane.kit.paging import DatedQuery, page_of
from looplane.kit.schema import (
    MAX_NAME_LENGTH,
    Email,
    Reference,
    StrictModel,
    Text,
    at_most_items,
    matching,
    optional,
)
from looplane.threads.children.schemas import Direction, MessageOut, MessageType

MAX_RECIPIENTS = 50  # in each of cc and bcc
MAX_ATTACHMENTS = 20

# What gets into the head of a mail: nothing there ends a line.
_ONE_LINE = r"[^\x00-\x1f\x7f]*"
_Line = Annotated[
    Text,
    Field(max_length=MAX_NAME_LENGTH, json_schema_extra={"pattern": r"^[^\u0000-\u001f\u007f]*$"}),
    matching(_ONE_LINE, "must be one line, without control characters"),
]
_FILE_NAME = r"[^\x00-\x1f\x7f/\\]+"
_FileName = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        json_schema_extra={"pattern": r"^[^\u0000-\u001f\u007f/\\]+$"},
    ),
    matching(_FILE_NAME, "must be the name of a file, without a folder or control characters"),
]
_PART = "[A-Za-z0-9!#$&^_.+-]{1,100}"
# With parameters, such as `; charset=utf-8`: mail programs send what the mail said.
MEDIA_TYPE = f"{_PART}/{_PART}(;[ -~]{{1,200}})?"
_MediaType = Annotated[
    Text,
    Field(json_schema_extra={"pattern": f"^{MEDIA_TYPE}$"}),
    matching(MEDIA_TYPE, "must be a media type such as image/png"),
]
_CONTENT_ID = r"[^\x00-\x20\x7f<>]*"
_ContentId = Annotated[
    Text,
    Field(
        max_length=MAX_NAME_LENGTH, json_schema_extra={"pattern": r"^[^\u0000-\u0020\u007f<>]*$"}
    ),
    matching(_CONTENT_ID, "must have no blanks and no < or >"),
]
_BASE64 = "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
Base64 = Annotated[
    str,
    Field(json_schema_extra={"pattern": f"^{_BASE64}$"}),
    matching(_BASE64, "must be base64, with its = at the end and no line breaks"),
]

# Known programs send it as a number and as a text.
_Length = Annotated[
    Reference,
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    WithJsonSchema({"type": ["string", "integer"]}),
]


class Recipient(StrictModel):
    """Somebody who gets a mail, as well."""

    email: Email
    name: _Line = ""
    mailbox_hash: _Line = Field("", alias="mailboxHash")


class Attachment(StrictModel):
    """A file that goes with a mail."""

    name: _FileName = Field(alias="Name")
    content_type: _MediaType = Field("application/octet-stream", alias="ContentType")
    content: Base64 = Field(alias="Content", description="The bytes, as base64.")
    content_length: _Length = Field(
        "",
        alias="ContentLength",
        description="Not looked at: the length is that of the content.",
    )
    content_id: _ContentId | None = Field(
        None, alias="ContentID", description="By which `cid:` in the HTML names it."
    )


Recipients = Annotated[
    list[Recipient],
    at_most_items(MAX_RECIPIENTS),
    Field(json_schema_extra={"maxItems": MAX_RECIPIENTS}),
]

Attachments = Annotated[
    list[Attachment],
    at_most_items(MAX_ATTACHMENTS),
    Field(json_schema_extra={"maxItems": MAX_ATTACHMENTS}),
]


class MessageCreate(StrictModel):
    content: Annotated[
        Html,
        Field(
            description="HTML; it is cleaned, and something must be left. "
            f"At most {MAX_HTML_LENGTH:,} characters."
        ),
    ]
    cc: Recipients = Field(default_factory=list, description="Only where the answer is a mail.")
    bcc: Recipients = Field(default_factory=list, description="Only where the answer is a mail.")
    attachments: Attachments = Field(
        default_factory=list,
        description="Files, which together fit into the body of the request.",
    )
    channel_id: Reference | None = Field(
        None,
        description="The Slack channel to write in, for a thread from Slack that has none of its "
        "own in `external_ids.slack_channel`.",
    )
    expected_last_message_id: Reference | None = Field(
        None,
        description="The last message that you have seen. If there is a newer one, from whomever, "
        "the answer is 412 and nothing is sent.",
    )


class SentMessage(StrictModel):
    """What is known of a message that is about to leave."""

    id: str
    thread_id: str
    channel: MessageChannel


class MessageQuery(DatedQuery):
    order: Literal["asc", "desc"] = "asc"
    type: MessageType | None = None
    direction: Direction | None = None
    user_id: Reference | None = None
    q: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=MAX_NAME_LENGTH,
            description="Words, or parts of words, all of which are in the text of a message, in "
            "any order, whatever their capitals and accents.",
        ),
    ] = optional()


MessagePage = page_of(MessageOut)
