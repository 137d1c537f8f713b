"""Fields that hold Markdown: kept to the letter, and rendered at the way in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from looplane.kit.html import CLEANER_VERSION
from looplane.kit.rendering import MAX_MARKDOWN_LENGTH
from looplane.kit.schema import Text, at_most_characters


class MarkdownText(str):
    """Markdown as it was sent, with the clean HTML that it means in `html`."""

    __slots__ = ("html",)

    html: str

    def __new__(cls, markdown: str, html: str) -> Self:
        text = super().__new__(cls, markdown)
        text.html = html
        return text


@dataclass(frozen=True, slots=True)
class MarkdownMark:
    """Says that a field holds Markdown; a body's value is then a MarkdownText."""


OF_MARKDOWN = f"Markdown; comes out as it went in. At most {MAX_MARKDOWN_LENGTH:,} characters."
RenderedHtml = Annotated[str, Field(description="What the Markdown means: clean HTML.")]
Markdown = Annotated[
    Text, Field(min_length=1), at_most_characters(MAX_MARKDOWN_LENGTH), MarkdownMark()
]


def html_columns(sent: Mapping[str, object]) -> dict[str, object]:
    """What is stored beside the Markdown in `content`, where it was sent."""
    content = sent.get("content")
    if not isinstance(content, MarkdownText):
        return {}
    return {"html": content.html, "html_version": CLEANER_VERSION}
