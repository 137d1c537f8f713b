"""What a change of an article may take away, and what it sets off. Pure."""

from collections.abc import Mapping
from typing import Any

from looplane.kit.html import image_urls
from looplane.kit.markdown import MarkdownText

# Characters of an address that a fault shows.
_SHOWN = 150
_NEW: dict[str, object] = {
    "summary": None,
    "group_id": None,
    "portal_instance_id": None,
    "published": False,
    "archived": False,
    "visibility": "public",
    "show_on_home_page": False,
    "icon": None,
}


def image_faults(sent: Mapping[str, Any], present: str | None) -> list[str]:
    """A fault for each image of the `present` HTML that the new content lacks, if it may not."""
    content = sent.get("content")
    if present is None or sent.get("allow_image_removal") or not isinstance(content, MarkdownText):
        return []
    kept = set(image_urls(content.html))
    return [
        f"content: the image {_shortened(url)} would be removed; "
        "send allow_image_removal: true to remove it"
        for url in image_urls(present)
        if url not in kept
    ]


def new_article(values: Mapping[str, object]) -> dict[str, object]:
    """The columns of a new article: `values`, and what it is unless they say otherwise."""
    return {**_NEW, **values}


def publishing(after: Mapping[str, Any], *, was_published: bool) -> list[str]:
    """The event of an article that becomes published."""
    is_published = after.get("published") and not was_published
    return ["doc.published"] if is_published else []


def _shortened(url: str) -> str:
    return url if len(url) <= _SHOWN else f"{url[:_SHOWN]}…"
