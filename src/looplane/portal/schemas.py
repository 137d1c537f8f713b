"""What the public sees, on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.issues.schemas import StateRef
from looplane.kit.paging import page_of
from looplane.kit.schema import Email, Name, StrictModel, Text, Timestamp, matching, optional
from looplane.projects.schemas import State
from looplane.scores.schemas import ThreadCount
from looplane.translations import Language

_SLUG = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
Slug = Annotated[
    Text,
    Field(
        description="Names the portal in addresses: small letters, digits and hyphens, 63 at the "
        "most. No other portal of the workspace has the same.",
        json_schema_extra={"pattern": f"^{_SLUG}$"},
    ),
    matching(_SLUG, "must be small letters, digits and hyphens, 63 at the most"),
]
_OF_LANGUAGE = "In which its texts are written where they name no language."
# Characters of a description that the public sees; the whole is in the project or the issue.
MAX_DESCRIPTION = 5000
Description = Annotated[
    str | None, Field(description=f"The first {MAX_DESCRIPTION:,} characters, in plain text.")
]
IsRequested = Annotated[
    bool | None,
    Field(
        description="Whether a thread of the contact with the address `contact_email` asks for "
        "it; null where no address was sent."
    ),
]


class PortalInstanceOut(StrictModel):
    id: str
    name: str
    slug: str
    language: Annotated[str, Field(description=_OF_LANGUAGE)]
    created_at: Timestamp
    updated_at: Timestamp


class PortalInstanceCreate(StrictModel):
    name: Name
    slug: Slug
    language: Language = optional(f"{_OF_LANGUAGE} `en` where it is left out.")


class PortalInstancePatch(StrictModel):
    name: Name = optional()
    slug: Slug = optional()
    language: Language = optional(_OF_LANGUAGE)


PortalInstancePage = page_of(PortalInstanceOut)


class RoadmapQuery(StrictModel):
    contact_email: Annotated[
        Email, Field(description="Shows what the contact with this address asks for.")
    ] = optional()
    language: Annotated[
        Language,
        Field(description="Projects and issues have one language; the answer says which it is."),
    ] = optional()


class RoadmapIssueOut(StrictModel):
    id: str
    title: str
    description: Description
    state: StateRef
    thread_count: ThreadCount
    is_requested: IsRequested
    created_at: Timestamp
    updated_at: Timestamp


class RoadmapProjectOut(StrictModel):
    id: str
    name: str
    description: Description
    icon: str | None
    color: str | None
    state: State
    thread_count: ThreadCount
    is_requested: IsRequested
    issues: Annotated[
        list[RoadmapIssueOut], Field(description="The first 50 visible ones, by score.")
    ]
    created_at: Timestamp
    updated_at: Timestamp


class RoadmapStatusOut(StrictModel):
    id: str
    name: str
    type: State
    color: str
    projects: Annotated[
        list[RoadmapProjectOut], Field(description="The first 100 visible ones, by score.")
    ]


class RoadmapOut(StrictModel):
    """The visible projects by their status, and the visible issues beside them."""

    language: str
    statuses: Annotated[
        list[RoadmapStatusOut],
        Field(description="All in their order, but those of what was canceled."),
    ]
    issues: Annotated[
        list[RoadmapIssueOut],
        Field(description="The first 100 visible ones of no visible project, by score."),
    ]


class CustomerPortalQuery(StrictModel):
    email: Email


class PortalContactOut(StrictModel):
    id: str
    email: str
    name: str | None
    image_url: str | None
    is_subscribed: bool


class PortalCompanyOut(StrictModel):
    id: str
    name: str
    logo_url: str | None


class PortalThreadOut(StrictModel):
    id: str
    title: str | None
    preview: Annotated[str, Field(description="The first 300 characters of its text, in plain.")]
    status: Literal["open", "snoozed", "done"]
    last_inbound_message_at: Timestamp | None
    last_outbound_message_at: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp


class CustomerPortalOut(StrictModel):
    """What a contact sees of their own; nothing that the team keeps to itself is in it."""

    contact: PortalContactOut
    company: PortalCompanyOut | None
    threads: Annotated[
        list[PortalThreadOut], Field(description="The newest 100; more are in `GET /threads`.")
    ]
    has_more_threads: bool
    projects: Annotated[
        list[RoadmapProjectOut],
        Field(description="The visible ones that their threads ask for, by score."),
    ]
    issues: Annotated[
        list[RoadmapIssueOut],
        Field(description="The visible ones that their threads ask for, by score."),
    ]
