"""What texts look like, by the format that the contract gives them and by the name they have."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from jsonschema import FormatChecker

FORMATS = FormatChecker(formats=())
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
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


@FORMATS.checks("date-time")
def is_moment(value: object) -> bool:
    """Whether a text is a moment as we answer it, in UTC and to the millisecond."""
    return not isinstance(value, str) or (
        _MOMENT.fullmatch(value) is not None and datetime.fromisoformat(value) is not None
    )


@FORMATS.checks("uuid", raises=ValueError)
def is_id(value: object) -> bool:
    """Whether a text is an id as we answer it; that of an event begins with `evt_`."""
    if isinstance(value, str) and value.startswith("evt_"):
        return UUID(value[4:]).hex == value[4:]
    return not isinstance(value, str) or str(UUID(value)) == value


@FORMATS.checks("uri", raises=ValueError)
def is_web_address(value: object) -> bool:
    """Whether a text is an address that a browser can open."""
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return (
        parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", value)
    )


@FORMATS.checks("email")
def is_email(value: object) -> bool:
    """Whether a text can be an e-mail address."""
    return not isinstance(value, str) or re.fullmatch(r"[^\s@]{1,64}@[^\s@]+", value) is not None


def check_formats(node: Any) -> None:
    """Fails unless each text in an answer has the form that its name promises."""
    for name, value in node.items() if isinstance(node, dict) else ():
        if name in _OF_OTHERS:
            continue
        for pattern, kind in _BY_NAME:
            if pattern.fullmatch(name):
                for each in value if isinstance(value, list) else [value]:
                    FORMATS.check(each, kind)
        check_formats(value)
    for each in node if isinstance(node, list) else ():
        check_formats(each)
