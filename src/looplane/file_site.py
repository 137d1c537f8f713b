"""Files as they are read: by whoever has the link, without a key."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from looplane.files.commands import find_served
from looplane.files.rules import disposition
from looplane.kit.errors import RangeNotSatisfiable, ValidationFailed
from looplane.kit.etags import is_unchanged, parse_if_none_match

FOLDER = "/files/"
_RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?", re.ASCII)
# A file is what it was: its link is for these bytes alone. For an hour, so that one that is deleted
# is gone soon.
_HEADERS = {
    "Cache-Control": "private, max-age=3600, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    # Pages elsewhere may show it: mails, articles, changelogs.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Accept-Ranges": "bytes",
}


class _Download(StreamingResponse):
    """A file on its way, which is closed at once when the caller leaves.

    Left to the collector, files of callers who left would stay open until there may be no more.
    """

    def __init__(
        self, parts: AsyncGenerator[bytes, None], status: int, headers: Mapping[str, str]
    ) -> None:
        super().__init__(parts, status, headers)
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._parts):
            await super().__call__(scope, receive, send)


def file_routes() -> list[BaseRoute]:
    """Where files are read."""
    return [Route(FOLDER + "{secret}/{name}", _serve, methods=["GET"])]


async def _serve(request: Request) -> Response:
    state = request.app.state
    file = await find_served(state.database, **request.path_params)
    etag, size = f'"{file["sha256"]}"', file["size"]
    headers = {**_HEADERS, "ETag": etag}
    if _is_known(request, etag):
        return Response(status_code=304, headers=headers)
    start, end = _range_of(request, size, etag)
    if is_partial := (start, end) != (0, size) or _asked(request, etag) is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Disposition"] = disposition(file["name"], file["content_type"])
    headers["Content-Length"] = str(end - start)
    headers["Content-Type"] = _with_charset(file["content_type"])
    if request.method == "HEAD":
        return Response(status_code=206 if is_partial else 200, headers=headers)
    parts = await state.files.storage.read(file["storage_key"], start, end)
    return _Download(parts, 206 if is_partial else 200, headers)


def _is_known(request: Request, etag: str) -> bool:
    sent = request.headers.get("if-none-match")
    return sent is not None and is_unchanged(parse_if_none_match(sent), etag)


def _asked(request: Request, etag: str) -> str | None:
    """The range that is asked for; none of a file that is no more what the caller has."""
    if request.headers.get("if-range", etag) != etag:
        return None
    return request.headers.get("range")


def _range_of(request: Request, size: int, etag: str) -> tuple[int, int]:
    """From where to before where. Raises ValidationFailed, RangeNotSatisfiable."""
    asked = _asked(request, etag)
    if asked is None:
        return 0, size
    found = _RANGE.fullmatch(asked.replace(" ", ""))
    if not found or found[0] == "bytes=-":
        raise ValidationFailed(["Range: must be one range of bytes, such as bytes=0-499"])
    if found[1] is None:
        start, end = max(0, size - int(found[2])), size
    else:
        start = int(found[1])
        end = min(size, int(found[2]) + 1) if found[2] else size
    if start >= end:
        raise RangeNotSatisfiable(size)
    return start, end


def _with_charset(content_type: str) -> str:
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type
