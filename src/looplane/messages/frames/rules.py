"""What a message is as a page of its own, which runs nothing and loads nothing unasked. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from looplane.files.rules import disposition, types_of
from looplane.kit.html import is_blank, with_image_urls

# Pictures that browsers show, and that run nothing.
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# The page's own policy. Its origin is kept, so that the inbox can measure it and its pictures are
# sent with the session; nothing in it can make use of that, since nothing in it runs.
_SANDBOX = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:{remote}; base-uri 'none';"
    f" form-action 'none'; frame-ancestors 'self'; {_SANDBOX}"
)
# Mails are written for a light sheet, in whatever theme the inbox is.
_STYLE = """
:root { color-scheme: light; background: #fff; color: #1c1b19 }
body { display: flow-root; margin: 0; overflow-wrap: anywhere }
body { font: 15px/24px system-ui, sans-serif }
body > :first-child { margin-top: 0 }
body > :last-child { margin-bottom: 0 }
img { max-width: 100%; height: auto }
img:not([src]) { display: inline-block; padding: 0 4px; border: 1px dashed #8a857c; color: #5f5b54 }
a { color: #0b5f5c }
pre { white-space: pre-wrap }
table { max-width: 100% }
blockquote { margin: 8px 0; padding-left: 12px; border-left: 2px solid #d8d3c9; color: #5f5b54 }
summary { width: max-content; cursor: pointer; color: #5f5b54 }
summary:focus-visible { outline: 2px solid #0b5f5c; outline-offset: 2px }
"""
_PAGE = """<!doctype html>
<html data-remote-images="{remote}"><head><meta charset="utf-8"><title>Message</title>\
<base target="_blank"><style>{style}</style></head>
<body dir="auto">{body}</body></html>
"""
_QUOTE = re.compile(r"<(/?)blockquote\b[^<>]*>")
_FOLDED = "<details><summary>Quoted text</summary>{quoted}</details>"


@dataclass(frozen=True, slots=True)
class Frame:
    """A page that shows a message, and the policy that goes with it."""

    page: str
    policy: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of a message are read, and what a browser reaches us by."""

    files: str
    address: str


def frame(
    html: str, files: Sequence[Mapping[str, Any]], place: Place, *, loads_remote: bool
) -> Frame:
    """The page of a message with this clean HTML."""
    remote = 0
    by_content_id = {
        each["ContentID"]: each["id"] for each in files if each.get("ContentID") is not None
    }

    def shown(url: str) -> str | None:
        nonlocal remote
        scheme, _, rest = url.partition(":")
        if scheme.lower() == "cid":
            id = by_content_id.get(rest) or by_content_id.get(unquote(rest))
            return None if id is None else f"{place.files}/{id}"
        if url.startswith(f"{place.address}/"):
            return url
        remote += 1
        # What is not encrypted may be asked for encrypted, and tells less on its way.
        return f"https:{rest}" if loads_remote else None

    body = fold_quote(with_image_urls(html, shown))
    page = _PAGE.format(remote=remote, style=_STYLE, body=body)
    return Frame(page, _POLICY.format(remote=" https:" if loads_remote else ""))


def fold_quote(html: str) -> str:
    """Folds what is quoted at the end; a quote that is answered below stays open."""
    depth, start, end = 0, None, 0
    for tag in _QUOTE.finditer(html):
        depth += -1 if tag[1] else 1
        if not tag[1] and depth == 1:
            start = tag.start()
        if tag[1] and depth == 0:
            end = tag.end()
    if start is None or end < start or not is_blank(html[end:]) or is_blank(html[:start]):
        return html
    return html[:start] + _FOLDED.format(quoted=html[start:end]) + html[end:]


def file_headers(described: Mapping[str, Any], content: bytes) -> dict[str, str]:
    """How a file of a message is answered: shown only if it is a picture, whatever it says."""
    found = next(iter(types_of(content)), "")
    kind = found if found in _PICTURES else "application/octet-stream"
    return {
        "Content-Type": kind,
        "Content-Disposition": disposition(str(described["Name"]), kind),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "private, max-age=3600, immutable",
        "Vary": "Cookie",
    }
