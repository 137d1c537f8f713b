"""Changelogs on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.markdown import OF_MARKDOWN, Markdown, RenderedHtml
from looplane.kit.paging import DatedQuery
from looplane.kit.schema import (
    Moment,
    Name,
    Reference,
    References,
    StrictModel,
    Timestamp,
    Title,
    WebUrl,
    optional,
)
from looplane.portal_references import Portal
from looplane.translations import Language

Content = Annotated[Markdown, Field(description=OF_MARKDOWN)]
Date = Annotated[
    Moment, Field(description="The date that readers see; now, where a new one names none.")
]
Published = Annotated[
    bool, Field(description="Whether readers see it. Nobody is notified; see `broadcast`.")
]
TagIds = Annotated[References, Field(description="Tags of changelogs; replaced as a whole.")]


class ChangelogOut(StrictModel):
    id: str
    title: str
    content: Annotated[str, Field(description="Markdown, as it was sent.")]
    html: RenderedHtml
    date: Timestamp
    published: bool
    archived: bool
    image_url: str | None
    portal_instance_id: str | None
    language: Annotated[
        str,
        Field(
            description="In which `title`, `content` and `html` are: the one that was asked for, "
            "or its own where there is no such translation."
        ),
    ]
    languages: Annotated[list[str], Field(description="Its own language and its translations'.")]
    tag_ids: list[str]
    broadcast_at: Annotated[Timestamp | None, Field(description="When it was last broadcast.")]
    created_at: Timestamp
    updated_at: Timestamp


class ChangelogCreate(StrictModel):
    title: Title
    content: Content
    date: Date = optional()
    published: Published = False
    image_url: WebUrl | None = None
    portal_instance_id: Portal | None = None
    language: Language | None = Field(
        None, description="Its own language; that of its portal where none is named, or `en`."
    )
    tag_ids: TagIds = Field(default_factory=list)


class ChangelogPatch(StrictModel):
    title: Title = optional()
    content: Content = optional(OF_MARKDOWN)
    date: Date = optional()
    published: Published = optional()
    archived: bool = optional()
    image_url: WebUrl | None = None
    portal_instance_id: Portal | None = None
    tag_ids: TagIds = optional()
    language: Language = optional(
        "`title` and `content` are for this translation, which is made where there is none yet. "
        "All other fields are the same in every language."
    )


class ChangelogQuery(DatedQuery):
    published: bool | None = None
    archived: bool | None = None
    language: Language | None = Field(
        None, description="Only what there is in this language, and shown in it."
    )
    title_contains: Name | None = None
    tag_id: Reference | None = None
    portal_instance_id: Reference | None = Field(
        None, description="Only what this portal shows; `main` stands for the main one."
    )
