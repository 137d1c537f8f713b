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


def to_response(body: str, headers: Mapping[str, str]) -> Response:
    """200 with JSON that is ready."""
    return Response(body.encode(), media_type="application/json", headers=headers)
