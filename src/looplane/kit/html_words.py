"""HTML that must be shown whatever it is: where it cannot be cleaned, its words alone."""

import re
from html import escape, unescape

from looplane.kit.html_fields import Cleaner

# What stands for HTML of which nothing is left: no text is ever empty.
_NOTHING = "<p></p>"
_LINE_END = re.compile(r"(?i)<(?:br|/?(?:p|div|li|d[dt]|t[dhr]|h[1-6]|pre|blockquote))\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


async def clean_or_words(html: str, cleaner: Cleaner) -> tuple[str, bool]:
    """What is to be in place of `html`, and whether that is not merely what is harmless of it."""
    try:
        safe = await cleaner.clean(html)
    except ValueError:
        words = escape(_words(html), quote=False)
        return await cleaner.clean(f"<pre>{words}</pre>"), True
    return safe or _NOTHING, not safe


def html_of_text(text: str) -> str:
    """HTML that shows `text` in its paragraphs and lines."""
    parts = _PARAGRAPHS.split(re.sub(r"\r\n?", "\n", text).strip())
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in parts).replace("\n", "<br>")


def _words(html: str) -> str:
    """The words of HTML that no parser gets through, in lines."""
    text = unescape(_TAG.sub("", _LINE_END.sub("\n", html)))
    return "\n".join(filter(None, map(str.strip, text.splitlines())))
