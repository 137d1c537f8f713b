"""What a command or a query hands back, and how it leaves as an HTTP answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.responses import Response

from looplane.kit.errors import NotFound

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Answer:
    """A representation: its JSON, its version, and what the writing of it set off."""

    body: str
    version: int | None = None
    events: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def all_headers(self) -> dict[str, str]:
        """The headers that go with the body, the version as ETag among them."""
        etag = {} if self.version is None else {"ETag": f'"{self.version}"'}
        return {**etag, **self.headers}


def found(answer: Found | None, noun: str) -> Found:
    """`answer` itself. Raises NotFound where it is None."""
    if answer is None:
        msg = f"There is no such {noun} in this workspace."
        raise NotFound(msg)
    return answer


class Ready(Response):
    """200 with JSON that is ready, and headers that need no more looking at."""

    media_type = "application/json"

    def __init__(self, body: str, headers: Mapping[str, str]) -> None:
        self.status_code = 200
        self.background = None
        self.body = body.encode()
        self.raw_headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(self.body)),
            *((name.lower().encode(), text.encode()) for name, text in headers.items()),
        ]
