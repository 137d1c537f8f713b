"""Comments on the wire: what the team says of a thread among itself."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from looplane.kit.html_fields import MAX_HTML_LENGTH, Html
from looplane.kit.paging import PageQuery, page_of
from looplane.kit.schema import (
    Name,
    References,
    StrictModel,
    Text,
    WebUrl,
    at_most_items,
    optional,
)
from looplane.threads.children.schemas import CommentOut

_MAX_ATTACHMENTS = 20
_MAX_SIZE = 2**53 - 1  # bytes; what every reader of JSON can count to


def _whole(value: object) -> object:
    """JSON has one kind of number: 1.0 is 1."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class CommentAttachment(StrictModel):
    """A file that is elsewhere, at an http or https address; `size` in bytes."""

    name: Name
    url: WebUrl
    content_type: Annotated[Text, Field(max_length=255)] | None = None
    size: Annotated[int, Field(ge=0, le=_MAX_SIZE), BeforeValidator(_whole)] | None = None


Attachments = Annotated[
    list[CommentAttachment],
    at_most_items(_MAX_ATTACHMENTS),
    Field(
        description=f"All files of the comment, at most {_MAX_ATTACHMENTS} items.",
        json_schema_extra={"maxItems": _MAX_ATTACHMENTS},
    ),
]
_CONTENT = (
    "HTML; it is cleaned, and something must be left. `@` and the whole name or address of a "
    "member, whatever its accents and capitals, mentions that member; a name that several have "
    f"mentions nobody. At most {MAX_HTML_LENGTH:,} characters."
)
_MENTION_IDS = (
    "Members to mention whom the text need not name, in place of those who were listed before; "
    "whom the text names is mentioned all the same."
)


class CommentCreate(StrictModel):
    content: Annotated[Html, Field(description=_CONTENT)]
    attachments: Attachments = optional()
    mention_ids: References = optional(_MENTION_IDS)


class CommentPatch(StrictModel):
    content: Html = optional(_CONTENT)
    attachments: Attachments = optional()
    mention_ids: References = optional(_MENTION_IDS)


class CommentQuery(PageQuery):
    """A list with no filter; the name makes its cursors its own."""


CommentPage = page_of(CommentOut)
