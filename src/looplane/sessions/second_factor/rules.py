"""What a second factor takes. Pure."""

import re

CODES = 10  # for recovery
ISSUER = "Looplane"
_OF_APP = re.compile(r"[0-9]{6}", re.ASCII)


def code_of_app(typed: str) -> str | None:
    """The six digits that were typed, however grouped; None where it is no such code."""
    text = "".join(typed.split())
    return text if _OF_APP.fullmatch(text) else None
