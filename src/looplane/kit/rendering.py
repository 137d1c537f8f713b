"""What Markdown means, as clean HTML.

The processes that clean HTML load this and nothing of the fields and bodies around it.
"""

from markdown_it import MarkdownIt

from looplane.kit.html import clean

# Characters of Markdown.
MAX_MARKDOWN_LENGTH = 200_000
# Characters of the HTML that it may mean: a few of Markdown can name one long address thousands of
# times.
MAX_RENDERED_LENGTH = 8 * MAX_MARKDOWN_LENGTH

# Tables and struck out text as people write them; HTML within goes through the cleaner like all
# that comes from outside.
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def render(markdown: str) -> str:
    """The clean HTML that `markdown` means. Raises ValueError for what cannot be cleaned."""
    html = clean(_MARKDOWN.render(markdown))
    if len(html) > MAX_RENDERED_LENGTH:
        msg = f"means {len(html):,} characters of HTML, at most {MAX_RENDERED_LENGTH:,}"
        raise ValueError(msg)
    return html
