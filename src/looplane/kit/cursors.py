"""Cursors: where a page ended, and of which list it was a page."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from looplane.kit.errors import Unprocessable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MAX_INTEGER = 2**53

Filters = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyType:
    """How the value that a list is ordered by stands in a cursor.

    `decode` takes what JSON made of what `encode` gave, and raises ValueError, TypeError or
    OverflowError for anything else.
    """

    encode: Callable[[Any], object]
    decode: Callable[[Any], object]


def _to_microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _from_microseconds(microseconds: int) -> datetime:
    return _EPOCH + microseconds * _MICROSECOND


def _to_integer(value: Any) -> int:  # noqa: ANN401  # whatever a cursor holds
    if not isinstance(value, int) or abs(value) > _MAX_INTEGER:
        raise ValueError(value)
    return value


MOMENT = KeyType(_to_microseconds, _from_microseconds)
NUMBER = KeyType(float, float)
INTEGER = KeyType(_to_integer, _to_integer)
ID = KeyType(str, UUID)


def several(*types: KeyType) -> KeyType:
    """A key of several values, which are a tuple."""

    def decode(values: Any) -> tuple[object, ...]:  # noqa: ANN401  # whatever a cursor holds
        return tuple(each.decode(value) for each, value in zip(types, values, strict=True))

    return KeyType(
        lambda key: [each.encode(value) for each, value in zip(types, key, strict=True)], decode
    )


@dataclass(frozen=True, slots=True)
class Cursor:
    """The key of the last row of a page, in the list `name` with these `filters`."""

    name: str
    filters: Filters
    key: object
    id: UUID


def encode_cursor(cursor: Cursor, key_type: KeyType) -> str:
    """The text of a cursor, which goes into an address as it is."""
    parts = [cursor.name, cursor.filters, key_type.encode(cursor.key), str(cursor.id)]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode_filters(text: str, name: str) -> Filters:
    """The filters of the list that a cursor belongs to.

    Raises Unprocessable for one that is broken or belongs to another list than `name`.
    """
    found, filters, *_ = _parts(text)
    if found != name or not isinstance(filters, dict):
        msg = "The cursor belongs to another list; start again without one."
        raise Unprocessable(msg)
    return filters


def decode_key(text: str, key_type: KeyType) -> tuple[object, UUID]:
    """The key and the id of the row after which the next page begins. Raises Unprocessable."""
    _, _, key, id = _parts(text)
    try:
        return key_type.decode(key), UUID(id)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise _broken() from None


def _parts(text: str) -> tuple[Any, Any, Any, Any]:
    try:
        padded = text + "=" * (-len(text) % 4)
        name, filters, key, id = orjson.loads(
            base64.b64decode(padded, altchars="-_", validate=True)
        )
    except (ValueError, TypeError, binascii.Error):
        raise _broken() from None
    return name, filters, key, id


def _broken() -> Unprocessable:
    msg = "The cursor is broken; start again without one."
    return Unprocessable(msg)
