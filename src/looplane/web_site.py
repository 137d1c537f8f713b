"""The inbox's files: its one page at each of its addresses, and what that page loads.

All is read once, at the start: an upgrade may exchange the files under a program that runs, and
the page and what it loads belong together.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from looplane.kit.compression import choose_encoding
from looplane.kit.etags import is_unchanged, parse_if_none_match
from looplane.kit.migrations import folder_of

_NOT_BUILT = Path(__file__).parent / "reader" / "not_built.html"
# The first parts of the addresses of the page; what is behind them is the page's own business.
_ROOMS = (
    *("inbox", "contacts", "companies", "settings", "search", "overview"),
    *("sign-in", "sign-in-link", "invite", "first-run"),
)
_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
# What the build leaves beside a file: the same, compressed as small as it gets.
_PACKED = {"br": ".br", "gzip": ".gz"}
# Below these are no pages, whatever a browser takes.
_NO_PAGES = ("/api/", "/assets/")
# Files whose names say what is in them, as the build makes them: such a name has one content.
_HASHED = re.compile(r"assets/.+-[\w-]{8}\.\w+")
_FOR_EVER = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "no-cache"
# Stands in the built page where the nonce of an answer belongs, as `web/vite.config.ts` has it.
_NONCE = b"looplane-nonce"
# Mails are shown in frames of ours that have a policy of their own, and pictures that were just
# chosen are shown from memory. What keeps the page behind a dialog from scrolling is a style that
# is made in the browser: it has the nonce, and styles in anybody's HTML have not.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data: blob:;"
    " connect-src 'self'; font-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_OF_PAGES = {
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass(frozen=True)
class _File:
    """A file, whole, and by its encoding what is the same but smaller."""

    name: str
    content: bytes
    packed: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def etag(self) -> str:
        """What names this content, without quotes."""
        return hashlib.blake2b(self.content, digest_size=16).hexdigest()

    def headers(self) -> dict[str, str]:
        """What goes with it, however it is packed, but for its ETag."""
        kind = _MEDIA_TYPES.get(Path(self.name).suffix, "application/octet-stream")
        is_hashed = _HASHED.fullmatch(self.name)
        return {"Content-Type": kind, "Cache-Control": _FOR_EVER if is_hashed else _ASKED_AGAIN}


def web_routes(folder: Path | None = None) -> list[BaseRoute]:
    """The inbox as it is built in `folder`, or what to do where it is not."""
    files = {each.name: each for each in _read(folder or folder_of("web/dist"))}
    page = files.pop("index.html", None)
    content = page.content if page else _NOT_BUILT.read_bytes()
    at = ("/", *(path for room in _ROOMS for path in (f"/{room}", f"/{room}/{{rest:path}}")))
    return [
        *(_page_route(path, content) for path in at),
        _Files(files),
        _page_route("/{nowhere:path}", content, _Nowhere),
    ]


class _Nowhere(Route):
    """The page, which says that there is no such page, for who looks for one; it comes last."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Nothing but what a browser asks for to show it: all else is refused as everywhere."""
        match, found = super().matches(scope)
        accepted = Headers(scope=scope).get("accept", "") if match is Match.FULL else ""
        is_page = "text/html" in accepted and not scope["path"].startswith(_NO_PAGES)
        return (match, found) if is_page else (Match.NONE, {})


def _read(folder: Path) -> Iterator[_File]:
    paths = {path for path in folder.rglob("*") if path.is_file()}
    for path in paths:
        beside = {name: path.with_name(f"{path.name}{end}") for name, end in _PACKED.items()}
        if path.suffix not in _PACKED.values():
            packed = {name: each.read_bytes() for name, each in beside.items() if each in paths}
            yield _File(path.relative_to(folder).as_posix(), path.read_bytes(), packed)


def _page_route(path: str, content: bytes, kind: type[Route] = Route) -> Route:
    """The page has a nonce for each answer, so that no two are the same."""
    status = 404 if kind is _Nowhere else 200

    async def serve(_request: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        policy = POLICY.format(nonce=f" 'nonce-{nonce}'")
        body = content.replace(_NONCE, nonce.encode())
        headers = {**_OF_PAGES, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return Response(body, status, headers=headers)

    return kind(path, serve)


class _Files(Route):
    """Each file at its name, looked up: an expression for each takes its time at every start."""

    def __init__(self, files: Mapping[str, _File]) -> None:
        super().__init__("/{name:path}", self._serve)
        self._files = files

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        is_ours = scope["path"].removeprefix("/") in self._files
        return super().matches(scope) if is_ours else (Match.NONE, {})

    async def _serve(self, request: Request) -> Response:
        file, sent = self._files[request.path_params["name"]], request.headers
        encoding = choose_encoding(sent.get("accept-encoding", "").encode("latin-1"))
        is_packed = encoding in file.packed
        tagged = {**file.headers(), "ETag": f'W/"{file.etag}"' if is_packed else f'"{file.etag}"'}
        known = sent.get("if-none-match")
        if known is not None and is_unchanged(parse_if_none_match(known), file.etag):
            del tagged["Content-Type"]  # of what does not come
            return Response(status_code=304, headers=tagged)
        if encoding is None or not is_packed:
            return Response(file.content, headers=tagged)
        return Response(file.packed[encoding], headers={**tagged, "Content-Encoding": encoding})
