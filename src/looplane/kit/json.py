"""JSON as it is written into the database."""

from datetime import datetime
from uuid import UUID

import orjson

from looplane.kit.clock import iso


def to_json(value: object) -> str:
    """JSON text of `value`: moments as the API spells them, and ids as text."""
    return orjson.dumps(value, _default, orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _default(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, UUID):  # asyncpg has a type of its own for them
        return str(value)
    if isinstance(value, frozenset):
        return list(value)
    raise TypeError
