"""What is wrong with a request, in words for its caller, and without their values for the log."""

import re
from collections.abc import Iterable
from typing import Self

# As many as help somebody who reads the log.
_MOST_LOGGED = 20
_INDEX = re.compile("[0-9]{1,4}")
# Of our own making: a caller's name of a header is in no message.
_HEADER = re.compile("[A-Z][A-Za-z]*(-[A-Z][A-Za-z]*)+")
# The names that our own bodies and queries have. What a caller sent in place of one is not among
# them, and could be anything.
_KNOWN: set[str] = {"body"}


class Fault(str):
    """A sentence, `tag_ids.0: must be an id`, and the `code` of the rule that was broken."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, text: str, code: str) -> Self:
        fault = super().__new__(cls, text)
        fault.code = code
        return fault


def know_names(names: Iterable[str]) -> None:
    """Notes names of fields, which may be logged."""
    _KNOWN.update(names)


def loggable(issues: Iterable[str]) -> list[str]:
    """Each fault as `path code`, with nothing in it that a caller made up."""
    return [_loggable(each) for each, _ in zip(issues, range(_MOST_LOGGED), strict=False)]


def _loggable(issue: str) -> str:
    path, colon, _ = issue.partition(": ")
    named = _path(path) if colon and " " not in path else "body"
    return f"{named} {issue.code if isinstance(issue, Fault) else 'invalid'}"


def _path(path: str) -> str:
    if _HEADER.fullmatch(path):
        return path
    return ".".join(
        each if each in _KNOWN or _INDEX.fullmatch(each) else "?" for each in path.split(".")
    )
