"""What every answer carries, whoever gives it: the application, or the protocol below it."""

import random
import re

import orjson

from looplane.kit.errors import ApiError

Headers = list[tuple[bytes, bytes]]

SECURITY_HEADERS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# Unless the answer says otherwise. What a page may load is said where the page is served; an
# answer of the API loads nothing.
DEFAULT_HEADERS: Headers = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]

# Regular expressions: what we name a request, and what its caller may.
OWN_REQUEST_ID = "req_[0-9a-f]{16}"
REQUEST_ID = "[!-~]{1,128}"
_REQUEST_ID = re.compile(REQUEST_ID.encode())


def request_id(sent: bytes = b"") -> str:
    """The caller's own id where it is visible ASCII and not long, else a new one."""
    return sent.decode() if _REQUEST_ID.fullmatch(sent) else f"req_{random.getrandbits(64):016x}"


def error_parts(error: ApiError) -> tuple[Headers, bytes]:
    """The headers and the body of an error, in the shape of the contract."""
    body = orjson.dumps(error.body())
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    headers += [(name.lower().encode(), text.encode()) for name, text in error.headers.items()]
    return headers, body
