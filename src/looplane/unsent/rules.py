"""What unsent text becomes. Pure."""

from collections.abc import Mapping
from typing import Any

_OF_REPLY = ("cc", "bcc", "attachments", "ai_draft_generated_at")
_EMPTY: dict[str, Any] = {
    "html": "",
    "cc": [],
    "bcc": [],
    "attachments": [],
    "ai_draft_generated_at": None,
}


def mode_faults(sent: Mapping[str, Any]) -> list[str]:
    """What goes only with a reply."""
    if sent.get("mode") == "reply":
        return []
    return [f"{name}: goes only with a reply" for name in _OF_REPLY if sent.get(name)]


def next_text(before: Mapping[str, Any] | None, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a text after `sent`; what is left out stays."""
    present = _EMPTY if before is None else {name: before[name] for name in _EMPTY}
    return {name: sent.get(name, value) for name, value in present.items()}


def is_nothing(text: Mapping[str, Any]) -> bool:
    """Whether nothing of it is worth keeping."""
    return not any(text[name] for name in ("html", "cc", "bcc", "attachments"))
