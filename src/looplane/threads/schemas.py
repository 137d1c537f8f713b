"""Threads on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field, GetPydanticSchema
from pydantic.json_schema import WithJsonSchema

from looplane.companies.schemas import CompanyOut
from looplane.contacts.schemas import ContactOut
from looplane.kit.html_fields import MAX_HTML_LENGTH, Html, OptionalHtml
from looplane.kit.paging import page_of
from looplane.kit.schema import (
    MAX_NAME_LENGTH,
    MAX_REFERENCE_LENGTH,
    MAX_REFERENCES,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
    Email,
    ExternalIds,
    ExternalIdsOut,
    Moment,
    Name,
    Reference,
    StrictModel,
    Text,
    WebUrl,
    at_most_characters,
    at_most_items,
    matching,
    optional,
)
from looplane.members.schemas import UserRef
from looplane.scores.schemas import PainLevel
from looplane.tags.schemas import TagOut
from looplane.threads.children.schemas import CommentOut, CustomerNeedOut, MessageOut

Status = Literal["open", "snoozed", "done"]
Tab = Literal["open", "new", "needs-response", "my", "snoozed", "done"]
Origin = Literal[
    "in_app",
    "portal",
    "support_portal",
    "email",
    "slack",
    "slack_connect",
    "intercom",
    "intercom_attachment",
    "zendesk",
    "zendesk_attachment",
    "front_attachment",
    "zapier",
    "hubspot",
    "plain",
    "productboard",
    "api",
    "live_chat",
    "ai_chat",
    "calendar",
    "widget",
    "teams",
    "linear",
    "upvote",
]
Title = Annotated[Text, Field(max_length=MAX_TITLE_LENGTH)]
_MAX_SOURCE_TEXT = 1000  # characters


class Source(StrictModel):
    """What an AI consulted for a draft."""

    type: Name
    title: Annotated[Text, Field(min_length=1, max_length=_MAX_SOURCE_TEXT)]
    identifier: Annotated[Text, Field(max_length=_MAX_SOURCE_TEXT)] | None = None
    url: WebUrl | None = None


_MAX_SOURCES = 100
# The given document says no more of the sources than that they are an array, so their shape is
# kept from the contract.
_JUST_ARRAY = WithJsonSchema({"type": "array"})
_OF_SOURCES = GetPydanticSchema(
    lambda _, handler: handler(Annotated[list[Source], at_most_items(_MAX_SOURCES)])
)
Sources = Annotated[list[Any], _OF_SOURCES, _JUST_ARRAY]


class Notify(StrictModel):
    slack: bool = optional()
    email: bool = optional()


_TEXT = f"HTML; it is cleaned, and something must be left. At most {MAX_HTML_LENGTH:,} characters."
_NOTIFY = (
    "Whom of the team to tell of this write, and never the customer: the Slack channel; by mail "
    "the assignee, or else those who watch new threads. A write that changes nothing tells nobody."
)
# The given operation has no keywords for these limits, so they are said in words.
_TagIds = Annotated[
    list[Annotated[Text, at_most_characters(MAX_REFERENCE_LENGTH)]], at_most_items(MAX_REFERENCES)
]


class ThreadPatch(StrictModel):
    text: Html = optional(_TEXT)
    title: Title | None = None
    pain_level: PainLevel = optional()
    assignee_id: Text | None = Field(
        None, description="A member of the workspace who is no VIEWER; null unassigns."
    )
    contact_id: Text = optional("The thread takes over the company of a new contact.")
    company_id: Text | None = Field(
        None, description="Null detaches. Also becomes the company of the thread's contact."
    )
    tag_ids: _TagIds = optional(
        "All tags of the thread from now on: those that are not named leave it. "
        f"At most {MAX_REFERENCES} items, each of at most {MAX_REFERENCE_LENGTH} characters.",
    )
    project_id: Text | None = Field(
        None,
        description="Links the thread to this project in place of the one that this field named "
        "before; null ends that link. Other links stay.",
    )
    status: Status = optional(
        "`snoozed` needs `snoozed_until` beside it, `open` wakes and opens again, "
        "`done` ends the work. A new thread stays new on `open`.",
    )
    snoozed_until: Moment = optional(
        "When the thread is open and unread again, in the future; for a thread that "
        "is snoozed, or becomes so.",
    )
    closed_loop: bool = optional(
        "For a thread that is done, or becomes so: whether the customer knows, which "
        "closes it. Left out on a closed one, it stays closed.",
    )
    ai_draft_html: OptionalHtml | None = Field(
        None,
        description="The next reply as an AI drafts it, HTML that the composer opens with. A new "
        "one sets `ai_draft_generated_at` and empties `ai_draft_started_at`, `ai_draft_error_at` "
        "and, unless they are sent too, `ai_draft_sources`. Null, an empty string, or HTML that "
        f"shows nothing clears the draft and its sources. At most {MAX_HTML_LENGTH:,} characters.",
    )
    ai_draft_sources: Sources | None = Field(
        None,
        description="What the AI consulted for the draft, as the composer shows it; only with a "
        "draft. Items `{ type, title, identifier?, url? }` with `type` of 1 to "
        f"{MAX_NAME_LENGTH} characters, `title` of 1 to {_MAX_SOURCE_TEXT:,}, `identifier` of at "
        f"most {_MAX_SOURCE_TEXT:,}, `url` of at most {MAX_URL_LENGTH:,}. Null clears them. "
        f"At most {_MAX_SOURCES} items.",
    )
    clear_ai_draft_error: bool = optional(
        "True empties `ai_draft_error_at`, and with it the notice in the composer, "
        "without a new draft.",
    )
    notify: Notify = optional(_NOTIFY)


class ThreadCreate(StrictModel):
    text: Annotated[Html, Field(description=_TEXT)]
    pain_level: PainLevel
    contact_email: Email
    title: Title | None = None
    status: Status = "open"
    snoozed_until: Moment = optional()
    origin: Origin = "api"
    contact_name: Name | None = Field(None, description="Used when the contact is new.")
    assignee_id: Text | None = None
    company_id: Text | None = None
    project_id: Text | None = None
    issue_id: Text | None = None
    created_at: Moment = optional("Not in the future; now where it is left out.")
    updated_at: Moment = optional("Not before `created_at`, which it is where it is left out.")
    notify: Notify = optional(_NOTIFY)
    external_ids: ExternalIds = Field(default_factory=ExternalIds)


class ThreadTagCreate(StrictModel):
    tag_id: Reference


_EXPAND = "(messages|comments)(,(messages|comments))?"


class ExpandQuery(StrictModel):
    expand: (
        Annotated[
            str,
            Field(
                json_schema_extra={"pattern": f"^{_EXPAND}$"},
                description="`messages`, `comments`, or both with a comma between: the first 200 "
                "of each.",
            ),
            matching(_EXPAND, "must be messages, comments, or both with a comma between"),
        ]
        | None
    ) = None


class ThreadGetQuery(ExpandQuery):
    as_of: Moment | None = Field(
        None,
        description="Shows the thread as it was at this moment, which must not be in the future, "
        "with what was said by then. 404 where it was not there, 422 where what is kept does not "
        "tell.",
    )


class ThreadOut(StrictModel):
    id: str
    created_at: str
    updated_at: str
    title: str | None
    text: str
    pain_level: PainLevel
    origin: str
    status: Status
    tab: Tab
    snoozed_until: str | None
    last_inbound_message_at: str | None
    last_outbound_message_at: str | None
    last_state_change_at: str | None
    is_read: bool
    contact: ContactOut | None
    company: CompanyOut | None
    assignee: UserRef | None
    reporter: UserRef | None
    tags: list[TagOut]
    customer_needs: list[CustomerNeedOut]
    external_ids: ExternalIdsOut
    ai_draft_html: str | None
    ai_draft_sources: Annotated[list[Any], _JUST_ARRAY] | None
    ai_draft_generated_at: str | None
    ai_draft_started_at: str | None
    ai_draft_error_at: str | None


class ThreadExpandedOut(ThreadOut):
    messages: list[MessageOut] = optional()
    comments: list[CommentOut] = optional()


ThreadPage = page_of(ThreadOut)
