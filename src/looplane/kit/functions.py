"""Stored functions, named by their text, so that programs of two versions share a database."""

import hashlib
from dataclasses import dataclass

_NAME = "<name>"
_HEAD = f"create function {_NAME}("
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class StoredFunction:
    """A function in the database that belongs to this text of it and to no other.

    `text` is SQL that starts with `create function <name>(`. The function is made where it is
    missing, and never replaced or dropped: what a running program calls stays what it was. Raises
    ValueError for a text that would do anything else.
    """

    stem: str
    text: str

    def __post_init__(self) -> None:
        if not self.text.lstrip().startswith(_HEAD):
            msg = f"{self.stem}: the text of a stored function starts with «{_HEAD}»"
            raise ValueError(msg)

    @property
    def name(self) -> str:
        """What statements call: `thread_update_3f9a1c2b`."""
        return f"{self.stem}_{hashlib.sha256(self.text.encode()).hexdigest()[:_DIGITS]}"

    @property
    def create(self) -> str:
        """The statement that makes it."""
        return self.text.replace(_NAME, self.name)
