"""Drafts of articles on the wire: what somebody proposes, and what became of it."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.doc_articles.schemas import (
    AllowImageRemoval,
    Content,
)
from looplane.kit.markdown import OF_MARKDOWN, RenderedHtml
from looplane.kit.paging import DatedQuery
from looplane.kit.schema import Reference, StrictModel, Timestamp, Title, optional
from looplane.members.schemas import UserRef
from looplane.portal_references import OfPortal

DraftKind = Literal["edit", "create", "delete"]
DraftStatus = Literal["draft", "open", "accepted", "rejected", "superseded"]


_OF_ARTICLE = Field(
    description="That of the article or, where there is none yet, of the group; `main` stands for "
    "the main one."
)


class DocDraftOut(StrictModel):
    id: str
    kind: DraftKind
    status: DraftStatus
    article_id: Annotated[
        str | None,
        Field(description="Of an article that is to be created, once the draft was accepted."),
    ]
    article_version: Annotated[
        int | None, Field(description="The version of the article when this was proposed.")
    ]
    title: str | None
    content: str | None
    html: RenderedHtml | None
    group_id: str | None
    allow_image_removal: bool
    author: UserRef | None
    reviewed_by: UserRef | None
    reviewed_at: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp


class DocDraftCreate(StrictModel):
    """An edit names what changes: title, content or group; what is created needs the first two."""

    kind: DraftKind
    article_id: Reference = optional("For `edit` and `delete`, which need it, and them alone.")
    title: Title = optional()
    content: Content = optional(OF_MARKDOWN)
    allow_image_removal: AllowImageRemoval = False
    group_id: Reference = optional()
    submit_for_review: Annotated[
        bool, Field(description="Whether its status is `open` at once, or `draft` until then.")
    ] = False


class DocDraftQuery(DatedQuery):
    kind: DraftKind | None = None
    status: DraftStatus | None = None
    article_id: Reference | None = None
    group_id: Reference | None = None
    portal_instance_id: Annotated[OfPortal, _OF_ARTICLE] | None = None
