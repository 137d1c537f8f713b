"""Threads on the wire."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, GetPydanticSchema
from pydantic.json_schema import WithJsonSchema

from looplane.comments.schemas import CommentOut
from looplane.companies.schemas import CompanyOut
from looplane.contacts.schemas import ContactOut
from looplane.customer_needs.schemas import CustomerNeedOut
from looplane.kit.paging import DatedQuery, PageInfo
from looplane.kit.schema import (
    Closed,
    Email,
    ExternalIds,
    ExternalIdsOut,
    Html,
    Moment,
    Name,
    Reference,
    Text,
    WebUrl,
    absent,
    cleaned,
)
from looplane.members.schemas import UserRef
from looplane.messages.schemas import MessageOut
from looplane.tags.schemas import TagOut

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


class Source(Closed):
    """What an AI consulted for a draft."""

    type: Name
    title: Annotated[Text, Field(min_length=1, max_length=1000)]
    identifier: Annotated[Text, Field(max_length=1000)] | None = None
    url: WebUrl | None = None


# The given document says no more of the sources than that they are an array, so their shape is
# kept from the contract.
_JUST_ARRAY = WithJsonSchema({"type": "array"})
_OF_SOURCES = GetPydanticSchema(
    lambda _, handler: handler(Annotated[list[Source], Field(max_length=100)])
)
Sources = Annotated[list[Any], _OF_SOURCES, _JUST_ARRAY]


def _draft(html: str) -> str:
    return cleaned(html) if html else html


class Notify(Closed):
    """Whom of the team to tell: the Slack channel; the assignee, or the watchers."""

    slack: bool = absent()
    email: bool = absent()


class ThreadPatch(Closed):
    text: Html = absent()
    title: Title | None = None
    pain_level: PainLevel = absent()
    assignee_id: Text | None = Field(None, description="A member of the workspace; null unassigns.")
    contact_id: Text = absent()
    company_id: Text | None = Field(
        None, description="Null detaches. Also becomes the company of the thread's contact."
    )
    tag_ids: list[Text] = absent()
    project_id: Text | None = None
    status: Status = absent()
    snoozed_until: Moment = absent()
    closed_loop: bool = absent()
    ai_draft_html: Annotated[Text, AfterValidator(_draft)] | None = Field(
        None, description="A reply for the composer; null or an empty string clears it."
    )
    ai_draft_sources: Sources | None = Field(
        None, description="Items `{ type, title, identifier?, url? }`; null clears them."
    )
    clear_ai_draft_error: bool = absent()
    notify: Notify = absent()


class ThreadCreate(Closed):
    text: Html
    pain_level: PainLevel
    contact_email: Email
    title: Title | None = None
    status: Status = "open"
    snoozed_until: Moment = absent()
    origin: Origin = "api"
    contact_name: Name | None = Field(None, description="Used when the contact is new.")
    assignee_id: Text | None = None
    company_id: Text | None = None
    project_id: Text | None = None
    issue_id: Text | None = None
    created_at: Moment = absent()
    updated_at: Moment = absent()
    notify: Notify = absent()
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


class ExpandQuery(Closed):
    # Declared for every operation of the path; nothing is written here anyway.
    dry_run: bool = False
    expand: (
        Annotated[
            str,
            Field(
                pattern=r"^(messages|comments)(,(messages|comments))*$",
                description="`messages`, `comments`, or both with a comma between.",
            ),
        ]
        | None
    ) = None


class ThreadOut(Closed):
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
    messages: list[MessageOut] = absent()
    comments: list[CommentOut] = absent()


class ThreadPage(Closed):
    data: list[ThreadOut]
    page: PageInfo
