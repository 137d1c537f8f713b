"""Fields that hold Markdown: kept to the letter, and rendered at the way in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from markdown_it import MarkdownIt
from pydantic import Field

from looplane.kit.html import CLEANER_VERSION, clean
from looplane.kit.schema import Text, at_most_characters

# Characters of Markdown.
MAX_MARKDOWN_LENGTH = 200_000
# Characters of the HTML that it may mean: a few of Markdown can name one long address thousands of
# times.
MAX_RENDERED_LENGTH = 8 * MAX_MARKDOWN_LENGTH

# Tables and struck out text as people write them; HTML within goes through the cleaner like all
# that comes from outside.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


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


def render(markdown: str) -> str:
    """The clean HTML that `markdown` means. Raises ValueError for what cannot be cleaned."""
    html = clean(_MARKDOWN.render(markdown))
    if len(html) > MAX_RENDERED_LENGTH:
        msg = f"means {len(html):,} characters of HTML, at most {MAX_RENDERED_LENGTH:,}"
        raise ValueError(msg)
    return html


def html_columns(sent: Mapping[str, object]) -> dict[str, object]:
    """What is stored beside the Markdown in `content`, where it was sent."""
    content = sent.get("content")
    if not isinstance(content, MarkdownText):
        return {}
    return {"html": content.html, "html_version": CLEANER_VERSION}
