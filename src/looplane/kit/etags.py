"""Conditional requests: what If-Match and If-None-Match say."""

import re

from looplane.kit.context import ANY_VERSION, Precondition
from looplane.kit.errors import ValidationFailed

# Proxies that compress make an ETag weak; the version in it means the same.
_ETAG = re.compile(r'\s*(?:W/)?"([^"]*)"\s*')
_VERSION = re.compile(r"(\d{1,18})(?:-[0-9a-f]+)?", re.ASCII)
# Stands for `*`: no ETag has a quote within its quotes, so no list of them is equal to this.
_ANY = frozenset('"')


def parse_if_match(header: str) -> Precondition:
    """The versions that If-Match names; `*` stands for any.

    Raises ValidationFailed for what is no list of ETags.
    """
    if header.strip() == "*":
        return ANY_VERSION
    versions = [_VERSION.fullmatch(tag) for tag in _tags("If-Match", header)]
    # An ETag that none of ours can be is no fault: it just never matches.
    return Precondition(frozenset(int(version[1]) for version in versions if version))


def parse_if_none_match(header: str) -> frozenset[str]:
    """What stands in the quotes of the ETags that If-None-Match names; `*` stands for any.

    Raises ValidationFailed for what is no list of ETags.
    """
    return _ANY if header.strip() == "*" else frozenset(_tags("If-None-Match", header))


def is_unchanged(known: frozenset[str] | None, etag: str) -> bool:
    """Whether the caller has what `etag` stands for already."""
    return known is not None and (known is _ANY or etag.strip('"') in known)


def _tags(name: str, header: str) -> list[str]:
    tags = [_ETAG.fullmatch(part) for part in header.split(",")]
    if not all(tags):
        msg = f'{name}: must be ETags in double quotes as they were answered, such as "7-0a1b"'
        raise ValidationFailed([msg])
    return [tag[1] for tag in tags if tag]
