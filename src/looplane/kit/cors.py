"""Which pages of other origins may read our answers.

Keys travel in a header that a page sets itself, never in a cookie, so credentials are not allowed
and an origin that is not named gains nothing. Starlette's middleware answers a preflight with one
list of methods for all paths; here the path itself says which ones it has.
"""

from collections.abc import Collection

from looplane.kit.http_headers import Headers

_REQUEST_HEADERS = (
    b"Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID,"
    b" X-Request-Id"
)
EXPOSED_HEADERS = (
    b"ETag, Retry-After, Idempotent-Replayed, X-Looplane-Would, X-Looplane-Notify,"
    b" X-Looplane-Undo, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id"
)
_PREFLIGHT_SECONDS = b"600"  # that a browser may remember what it was allowed


class Cors:
    """The rules for exactly these origins."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = frozenset(origin.encode() for origin in origins)

    def headers(self, request: dict[bytes, bytes], method: str, allow: bytes) -> Headers:
        """What goes with an answer to `request`; `allow` is that answer's Allow header."""
        origin = request.get(b"origin")
        if origin not in self._origins:
            return []
        allowed = (b"access-control-allow-origin", origin)
        if method != "OPTIONS" or b"access-control-request-method" not in request:
            return [allowed, (b"access-control-expose-headers", EXPOSED_HEADERS)]
        return [
            allowed,
            (b"access-control-allow-methods", allow),
            (b"access-control-allow-headers", _REQUEST_HEADERS),
            (b"access-control-max-age", _PREFLIGHT_SECONDS),
        ]

    def __bool__(self) -> bool:
        return bool(self._origins)
