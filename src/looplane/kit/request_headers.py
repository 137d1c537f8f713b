"""The headers in which a caller asks for care, and which operations take which.

A caller who sends one relies on it, so an operation refuses those that it does not take.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers

from looplane.kit.context import ANY_VERSION, Precondition
from looplane.kit.errors import ValidationFailed
from looplane.kit.etags import parse_if_match, parse_if_none_match
from looplane.kit.idempotency import parse_key

IF_MATCH = "If-Match"
IF_NONE_MATCH = "If-None-Match"
IDEMPOTENCY_KEY = "Idempotency-Key"
LAST_EVENT_ID = "Last-Event-ID"
_PARSERS: dict[str, Callable[[str], Any]] = {
    IF_MATCH: parse_if_match,
    IF_NONE_MATCH: parse_if_none_match,
    IDEMPOTENCY_KEY: parse_key,
    LAST_EVENT_ID: str,
}


@dataclass(frozen=True, slots=True)
class RequestHeaders:
    """What these headers say, and what is wrong with them."""

    precondition: Precondition = ANY_VERSION
    known_etags: frozenset[str] | None = None
    idempotency_key: str | None = None
    last_event_id: str | None = None
    faults: tuple[str, ...] = ()


def headers_taken(  # noqa: PLR0913  # what an operation says of itself
    method: str,
    path: str,
    *,
    writes: bool,
    has_version: bool = True,
    has_etag: bool,
    has_events: bool = False,
    keeps_answers: bool = True,
) -> frozenset[str]:
    """The names of those that an operation takes.

    A version is compared only where the path names the thing that has it, and a write is made
    once only where a second one would do more than the first.
    """
    taken = set()
    if writes and has_version and "id}" in path:
        taken.add(IF_MATCH)
    if writes and keeps_answers and method in {"POST", "PATCH"}:
        taken.add(IDEMPOTENCY_KEY)
    if method == "GET" and has_etag:
        taken.add(IF_NONE_MATCH)
    if has_events:
        taken.add(LAST_EVENT_ID)
    return frozenset(taken)


def read_headers(headers: Headers, taken: frozenset[str]) -> RequestHeaders:
    """What those of the `taken` headers say that were sent."""
    sent = {name: value for name in _PARSERS if (value := headers.get(name)) is not None}
    if not sent:
        return _NONE
    said: dict[str, Any] = {}
    faults: list[str] = []
    for name, value in sent.items():
        if name not in taken:
            faults.append(f"{name}: has no effect on this operation and must not be sent")
            continue
        try:
            said[name] = _PARSERS[name](value)
        except ValidationFailed as error:
            faults.extend(error.issues)
    return RequestHeaders(
        said.get(IF_MATCH, ANY_VERSION),
        said.get(IF_NONE_MATCH),
        said.get(IDEMPOTENCY_KEY),
        said.get(LAST_EVENT_ID),
        tuple(faults),
    )


_NONE = RequestHeaders()
