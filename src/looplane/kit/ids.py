"""Identifiers: UUIDs of version 7, so that new rows stand together in an index."""

from uuid import UUID

from uuid_utils.compat import uuid7 as new_id

__all__ = ["new_id", "parse_id"]


def parse_id(text: str) -> UUID | None:
    """The id that `text` spells, or None when no id of ours is spelled so."""
    try:
        id = UUID(text)
    except ValueError:
        return None
    # One thing has one name: braces, capitals or a missing hyphen are not it.
    return id if str(id) == text else None
