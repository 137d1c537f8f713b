"""The headers in which a caller asks for care, and which operations take which.

A caller who sends one relies on it, so an operation refuses those that it does not take.
"""

from dataclasses import dataclass

from starlette.datastructures import Headers

from looplane.kit.context import ANY_VERSION, Precondition
from looplane.kit.errors import ValidationFailed
from looplane.kit.etags import parse_if_match
from looplane.kit.idempotency import parse_key

IF_MATCH = "If-Match"
IF_NONE_MATCH = "If-None-Match"
IDEMPOTENCY_KEY = "Idempotency-Key"
_ALL = (IF_MATCH, IF_NONE_MATCH, IDEMPOTENCY_KEY)


@dataclass(frozen=True, slots=True)
class RequestHeaders:
    """What these headers say, and what is wrong with them."""

    precondition: Precondition = ANY_VERSION
    if_none_match: str | None = None
    idempotency_key: str | None = None
    faults: tuple[str, ...] = ()


def headers_taken(method: str, path: str, *, writes: bool, has_etag: bool) -> frozenset[str]:
    """The names of those that an operation takes.

    A version is compared only where the path names the thing that has it, and a write is made
    once only where a second one would do more than the first.
    """
    taken = set()
    if writes and "{" in path:
        taken.add(IF_MATCH)
    if writes and method in {"POST", "PATCH"}:
        taken.add(IDEMPOTENCY_KEY)
    if method == "GET" and has_etag:
        taken.add(IF_NONE_MATCH)
    return frozenset(taken)


def read_headers(headers: Headers, taken: frozenset[str]) -> RequestHeaders:
    """What those of the `taken` headers say that were sent."""
    sent = {name: value for name in _ALL if (value := headers.get(name)) is not None}
    if not sent:
        return _NONE
    faults = [
        f"{name}: has no effect on this operation and must not be sent"
        for name in sent
        if name not in taken
    ]
    precondition, key = ANY_VERSION, None
    try:
        precondition = parse_if_match(sent.get(IF_MATCH))
        key = parse_key(sent.get(IDEMPOTENCY_KEY))
    except ValidationFailed as error:
        faults.extend(error.issues)
    return RequestHeaders(precondition, sent.get(IF_NONE_MATCH), key, tuple(faults))


_NONE = RequestHeaders()
