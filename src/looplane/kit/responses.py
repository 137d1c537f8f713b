"""What a command or a query hands back, and how it leaves as an HTTP response."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.responses import Response

from looplane.kit.errors import NotFound

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Answer:
    """A representation: its JSON, its version where it has one, and what the writing set off.

    `shown_once` is the JSON with a secret that is kept nowhere: it is answered by the write itself,
    and `body` when that is rehearsed or repeated. `headers_if_kept` stand in place of `headers`
    where the write was not rehearsed: they name what is there since.
    """

    body: str
    version: int | None = None
    events: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    headers_if_kept: Mapping[str, str] = field(default_factory=dict)
    shown_once: str | None = field(default=None, repr=False)

    def all_headers(self) -> dict[str, str]:
        """The headers that go with the body, the ETag among them."""
        etag = {"ETag": make_etag(self.body, self.version)}
        return {**etag, **self.headers, **self.headers_if_kept}


def make_etag(body: str, version: int | None) -> str:
    """The version, which If-Match looks at, and a digest of the body, for If-None-Match."""
    digest = hashlib.blake2b(body.encode(), digest_size=8).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def or_404(value: Value | None, noun: str) -> Value:
    """`value` itself. Raises NotFound where it is None."""
    if value is None:
        msg = f"There is no such {noun} in this workspace."
        raise NotFound(msg)
    return value


class JsonResponse(Response):
    """200 with JSON that is already text, and headers that need no more looking at.

    `events` are the types of those that were written with it.
    """

    media_type = "application/json"

    def __init__(self, body: str, headers: Mapping[str, str], events: tuple[str, ...] = ()) -> None:
        self.events = events
        self.status_code = 200
        self.background = None
        self.body = body.encode()
        self.raw_headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(self.body)),
            *((name.lower().encode(), text.encode()) for name, text in headers.items()),
        ]


class NotModified(Response):
    """304: the caller has what is there."""

    def __init__(self, etag: str) -> None:
        super().__init__(status_code=304, headers={"ETag": etag})
