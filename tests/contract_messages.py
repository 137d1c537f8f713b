"""What a message to the caller may say, and how."""

import re
from typing import Any

LONGEST = 300
# What is ours to know: names of classes, regular expressions, the language it is written in.
_INSIDE = re.compile(
    r"\b[A-Z][a-z]+[A-Z]\w*|\b(?:str|int|bool|dict|NoneType|None|UUID|Pydantic|Closed)\b"
    r"|\^|\$$|\\[dwsx]|\(\?|after validation|Input should|Value error|Traceback|_type\b"
)
# An issue names the place first: a field, a parameter, a header, or the whole of the body.
_PLACE = re.compile(r"[\w.-]+(?:, [\w.]+)*: \S|The (?:body|form) |and [\d,]+ more faults$")
# What is not ours has a name of the caller's own making.
_OF_CALLER = re.compile(
    r".+: (?:is not a (?:field|query parameter) here|is given twice)$", re.DOTALL
)


def check_messages(error: dict[str, Any]) -> None:
    """Fails unless each message of an error is one that a person can act on."""
    issues = [each["message"] for each in error.get("issues", [])]
    for message in [error["message"], *issues]:
        assert 0 < len(message) <= LONGEST, message
    assert not _INSIDE.search(error["message"]), error
    for issue in issues:
        if not _OF_CALLER.match(issue):
            assert _PLACE.match(issue), issue
            assert not _INSIDE.search(issue.partition(": ")[2] or issue), issue
