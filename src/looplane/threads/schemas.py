"""Threads on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field, GetPydanticSchema
from pydantic.json_schema import WithJsonSchema

from looplane.companies.schemas import CompanyOut
from looplane.contacts.schemas import ContactOut
from looplane.kit.html_fields import Html, OptionalHtml
from looplane.kit.paging import DatedQuery, page_of
from looplane.kit.schema import (
    Email,
    ExternalIds,
    ExternalIdsOut,
    Moment,
    Name,
    Reference,
    References,
    StrictModel,
    Text,
    WebUrl,
    at_most_items,
    matching,
    optional,
)
from looplane.members.schemas import UserRef
from looplane.tags.schemas import TagOut
from looplane.threads.children.schemas import CommentOut, CustomerNeedOut, MessageOut

PainLevel = Literal["UNKNOWN", "LOW", "MEDIUM", "HIGH"]
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
Title = Annotated[Text, Field(max_length=512)]


class Source(StrictModel):
    """What an AI consulted for a draft."""

    type: Name
    title: Annotated[Text, Field(min_length=1, max_length=1000)]
    identifier: Annotated[Text, Field(max_length=1000)] | None = None
    url: WebUrl | None = None


_MOST_SOURCES = 100
# The given document says no more of the sources than that they are an array, so their shape is
# kept from the contract.
_JUST_ARRAY = WithJsonSchema({"type": "array"})
_OF_SOURCES = GetPydanticSchema(
    lambda _, handler: handler(Annotated[list[Source], at_most_items(_MOST_SOURCES)])
)
Sources = Annotated[list[Any], _OF_SOURCES, _JUST_ARRAY]


class Notify(StrictModel):
    """Whom of the team to tell: the Slack channel; the assignee, or the watchers."""

    slack: bool = optional()
    email: bool = optional()


class ThreadPatch(StrictModel):
    text: Html = optional()
    title: Title | None = None
    pain_level: PainLevel = optional()
    assignee_id: Text | None = Field(None, description="A member of the workspace; null unassigns.")
    contact_id: Text = optional()
    company_id: Text | None = Field(
        None, description="Null detaches. Also becomes the company of the thread's contact."
    )
    tag_ids: References = optional()
    project_id: Text | None = None
    status: Status = optional()
    snoozed_until: Moment = optional()
    closed_loop: bool = optional()
    ai_draft_html: OptionalHtml | None = Field(
        None, description="A reply for the composer; null or an empty string clears it."
    )
    ai_draft_sources: Sources | None = Field(
        None, description="Items `{ type, title, identifier?, url? }`; null clears them."
    )
    clear_ai_draft_error: bool = optional()
    notify: Notify = optional()


class ThreadCreate(StrictModel):
    text: Html
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
    created_at: Moment = optional()
    updated_at: Moment = optional()
    notify: Notify = optional()
    external_ids: ExternalIds = Field(default_factory=ExternalIds)


class ThreadQuery(DatedQuery):
    status: Status | None = None
    tab: Tab | None = None
    assignee_id: Reference | None = None
    contact_id: Reference | None = None
    company_id: Reference | None = None
    tag_id: Reference | None = None
    pain_level: PainLevel | None = None
    origin: Origin | None = None
    issue_id: Reference | None = None
    project_id: Reference | None = None
    external_id: Reference | None = None


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
