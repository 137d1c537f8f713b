"""The shape of the files in content/ that are written for readers: snippets, changelogs, help.

Markdown is a list of its lines.
"""

from typing import Literal

from pydantic import Field

from looplane.doc_articles.schemas import Visibility
from looplane.kit.schema import Color, StrictModel
from looplane.translations import DEFAULT_LANGUAGE, Language

Html = list[str]
Markdown = list[str]


class SnippetFolder(StrictModel):
    slug: str
    name: str
    age_days: float


class Snippet(StrictModel):
    slug: str
    title: str
    folder: str | None
    age_days: float
    html: Html


class Snippets(StrictModel):
    folders: list[SnippetFolder]
    snippets: list[Snippet]


class ChangelogTag(StrictModel):
    slug: str
    name: str
    color: Color | None
    icon: str | None
    age_days: float


class Translation(StrictModel):
    language: Language
    title: str
    content: Markdown


class Broadcast(StrictModel):
    """A mail to all who have subscribed, delivered at once."""

    age_hours: float
    message: str
    sender: str


class Changelog(StrictModel):
    """`portal` is null for the main one. `age_days` is that of its date."""

    slug: str
    title: str
    tags: list[str]
    is_published: bool = True
    is_archived: bool = False
    portal: str | None = None
    language: Language = DEFAULT_LANGUAGE
    age_days: float
    broadcast: Broadcast | None = None
    content: Markdown
    translations: list[Translation] = Field(default_factory=list)


class Changelogs(StrictModel):
    tags: list[ChangelogTag]
    changelogs: list[Changelog]


class DocGroup(StrictModel):
    """They are shown in the order of the file."""

    slug: str
    name: str
    age_days: float


class DocTranslation(Translation):
    summary: str


class DocArticle(StrictModel):
    slug: str
    title: str
    group: str
    icon: str
    visibility: Visibility = "public"
    show_on_home_page: bool = False
    version: int = 1
    age_days: float
    updated_age_days: float
    summary: str
    content: Markdown
    translations: list[DocTranslation] = Field(default_factory=list)


class DocDraft(StrictModel):
    """`article_version` is the one that its author has read."""

    slug: str
    kind: Literal["edit", "create"]
    status: Literal["open", "superseded"]
    article: str | None = None
    article_version: int | None = None
    group: str | None = None
    author: str
    reviewed_by: str | None = None
    reviewed_age_days: float | None = None
    age_days: float
    title: str | None = None
    content: Markdown
