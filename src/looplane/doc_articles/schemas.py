"""Articles of the help center on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.markdown import OF_MARKDOWN, Markdown, RenderedHtml
from looplane.kit.paging import DatedQuery
from looplane.kit.schema import (
    Name,
    Reference,
    References,
    StrictModel,
    Text,
    Timestamp,
    Title,
    optional,
)
from looplane.portal_references import OfPortal, Portal
from looplane.translations import Language

# Characters.
MAX_SUMMARY_LENGTH = 2000
Visibility = Literal["public", "agent", "internal", "unlisted"]
Kind = Literal["doc", "link"]
AnyVisibility = Literal["public", "agent", "internal", "unlisted", "all"]
AnyKind = Literal["doc", "link", "all"]
Content = Annotated[Markdown, Field(description=OF_MARKDOWN)]
Summary = Annotated[Text, Field(max_length=MAX_SUMMARY_LENGTH)]
Icon = Annotated[Name, Field(description="Name of an icon.")]
AllowImageRemoval = Annotated[
    bool,
    Field(
        description="Unless it is true, new content that lacks an image of the present content is "
        "refused: an issue names each such image."
    ),
]
_ALL = "`all` is the same as leaving it out."


class DocArticleOut(StrictModel):
    id: str
    title: str
    content: Annotated[str, Field(description="Markdown, as it was sent.")]
    html: RenderedHtml
    summary: str | None
    group_id: str | None
    portal_instance_id: str | None
    published: bool
    archived: bool
    visibility: Visibility
    show_on_home_page: bool
    icon: str | None
    kind: Kind
    language: Annotated[str, Field(description="The one in which it is shown here.")]
    languages: Annotated[list[str], Field(description="Those in which it is there, in order.")]
    version: Annotated[int, Field(description="Counts its changes, the first being 1.")]
    created_at: Timestamp
    updated_at: Timestamp


class DocArticleCreate(StrictModel):
    title: Title
    content: Content
    group_id: Reference
    summary: Summary | None = None
    portal_instance_id: Portal | None = None
    published: bool = False
    visibility: Visibility = "public"
    icon: Icon | None = None
    language: Language = optional("In which it is written; its portal's where it is left out.")


class DocArticlePatch(StrictModel):
    title: Title = optional()
    content: Content = optional(OF_MARKDOWN)
    allow_image_removal: AllowImageRemoval = False
    summary: Summary | None = None
    published: bool = optional()
    visibility: Visibility = optional()
    archived: bool = optional()
    show_on_home_page: bool = optional()
    group_id: Reference | None = None
    portal_instance_id: Portal | None = None
    icon: Icon | None = None
    language: Language = optional(
        "`title`, `content` and `summary` are for this translation, which is made where there is "
        "none yet. All other fields are the same in every language."
    )


class DocArticleQuery(DatedQuery):
    """What is not filtered by is left open: without any filter all articles are listed."""

    group_id: Reference | None = None
    published: bool | None = None
    archived: bool | None = None
    visibility: Annotated[AnyVisibility, Field(description=_ALL)] | None = None
    kind: Annotated[AnyKind, Field(description=_ALL)] | None = None
    title_contains: Name | None = None
    portal_instance_id: OfPortal | None = None
    language: Annotated[
        Language | None, Field(description="Those that are there in it, shown in it.")
    ] = None


class DocArticleMove(StrictModel):
    article_ids: Annotated[References, Field(min_length=1)]
    group_id: Annotated[Reference | None, Field(description="Null takes them out of any group.")]


class DocArticleList(StrictModel):
    data: list[DocArticleOut]
