"""What texts look like, by the format that the contract gives them and by the name they have."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|evt_[0-9a-f]{32}")
# The given operation gives its answer no formats: there the name tells.
_BY_NAME = [
    (re.compile(r".+_at|snoozed_until"), "date-time"),
    (re.compile(r"id|.+_ids?"), "uuid"),
    (re.compile(r".+_url"), "uri"),
    (re.compile("email"), "email"),
]
# What others named, and what they sent as it is.
_OF_OTHERS = {"external_id", "external_ids", "label_ids", "ai_draft_sources"}
_OF_OTHERS |= {"from", "to", "cc", "bcc", "attachments"}


def is_moment(value: object) -> bool:
    """Whether a text is a moment as we answer it, in UTC and to the millisecond."""
    if not isinstance(value, str):
        return True
    try:
        return _MOMENT.fullmatch(value) is not None and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def is_id(value: object) -> bool:
    """Whether a text is an id as we answer it; that of an event begins with `evt_`."""
    return not isinstance(value, str) or _ID.fullmatch(value) is not None


def is_web_address(value: object) -> bool:
    """Whether a text is an address that a browser can open."""
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", value)
    )


def is_email(value: object) -> bool:
    """Whether a text can be an e-mail address."""
    return not isinstance(value, str) or re.fullmatch(r"[^\s@]{1,64}@[^\s@]+", value) is not None


FORMATS: dict[str, Callable[[object], bool]] = {
    "date-time": is_moment,
    "uuid": is_id,
    "uri": is_web_address,
    "email": is_email,
}


@cache
def _formats_of(name: str) -> list[str]:
    return [kind for pattern, kind in _BY_NAME if pattern.fullmatch(name)]


def check_formats(node: Any) -> None:
    """Fails unless each text in an answer has the form that its name promises."""
    for name, value in node.items() if isinstance(node, dict) else ():
        if name in _OF_OTHERS:
            continue
        for kind in _formats_of(name):
            for each in value if isinstance(value, list) else [value]:
                assert FORMATS[kind](each), (name, each)
        check_formats(value)
    for each in node if isinstance(node, list) else ():
        check_formats(each)
