"""Groups of the help center's articles on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.schema import Name, StrictModel, Timestamp, optional
from looplane.portal_references import OfPortal, Portal

Order = Annotated[
    float,
    Field(
        ge=-1_000_000_000,
        le=1_000_000_000,
        description="Groups are listed by it, the smallest first; a new one is the last.",
    ),
]


class DocGroupOut(StrictModel):
    id: str
    name: str
    order: float
    portal_instance_id: str | None
    article_count: Annotated[
        int, Field(description="How many articles are in it, whoever may see them.")
    ]
    created_at: Timestamp
    updated_at: Timestamp


class DocGroupCreate(StrictModel):
    name: Name
    portal_instance_id: Portal | None = None


class DocGroupPatch(StrictModel):
    name: Name = optional()
    order: Order = optional()
    portal_instance_id: Portal | None = None


class DocGroupQuery(StrictModel):
    portal_instance_id: OfPortal | None = None
