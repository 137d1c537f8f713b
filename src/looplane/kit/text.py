"""Text of others, who may have put anything into it, and lists of names."""

from collections.abc import Sequence
from typing import Any


def storable(text: str) -> str:
    """`text` without what no table holds: NUL, and halves of characters."""
    return text.replace("\0", "").encode(errors="replace").decode()


def storable_json(value: Any) -> Any:  # noqa: ANN401  # anything that JSON has
    """A value of JSON with all its text, at any depth, made `storable`."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable_json(name): storable_json(each) for name, each in value.items()}
    return [storable_json(each) for each in value] if isinstance(value, (list, tuple)) else value


def some_of(names: Sequence[str], most: int = 3) -> str:
    """The first of `names`, and how many more there are."""
    more = len(names) - most
    return ", ".join([*names[:most], *([f"and {more} more"] if more > 0 else [])])
