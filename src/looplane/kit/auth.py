"""Who calls: keys, scopes, and the caller that every command is told of."""

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from looplane.kit.errors import PreconditionFailed, Unauthenticated, UnsupportedKeyVersion

SCOPES = (
    "threads:read",
    "threads:write",
    "messages:write",
    "comments:write",
    "contacts:read",
    "contacts:write",
    "companies:read",
    "companies:write",
    "changelogs:read",
    "changelogs:write",
    "docs:read",
    "docs:write",
    "portal:read",
    "projects:read",
    "projects:write",
    "issues:read",
    "issues:write",
    "tags:read",
    "tags:write",
    "snippets:read",
    "snippets:write",
    "files:write",
    "admin",
)
# A revoked key is refused after this many seconds at the latest.
_CACHE_SECONDS = 1.0
_CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class Key:
    """An API key that is known and not revoked."""

    workspace_id: UUID
    id: UUID
    member_id: UUID | None
    scopes: frozenset[str]

    @property
    def actor(self) -> dict[str, object]:
        """The key as an event names it."""
        member = str(self.member_id) if self.member_id else None
        return {"type": "key", "id": str(self.id), "member_id": member}


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, in which workspace, at what moment, and on which version of the thing."""

    workspace_id: UUID
    actor: dict[str, object]
    now: datetime
    member_id: UUID | None = None
    if_match: frozenset[int] | None = None

    def check(self, version: int) -> None:
        """Raises PreconditionFailed unless the caller means this `version`, or any."""
        if self.if_match is not None and version not in self.if_match:
            msg = f'It has changed since: the present version is "{version}".'
            raise PreconditionFailed(msg, headers={"ETag": f'"{version}"'})


def mint() -> str:
    """A new key: 256 random bits behind `ll_`."""
    return "ll_" + secrets.token_hex(32)


def digest(key: str) -> bytes:
    """What is stored in place of a key: its SHA-256, which needs no salt at 256 random bits."""
    return hashlib.sha256(key.encode()).digest()


def bearer(header: str | None) -> str:
    """The key in an Authorization header.

    Raises Unauthenticated without one, UnsupportedKeyVersion for a key of API v1.
    """
    scheme, _, key = (header or "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        msg = "Send an API key in the header «Authorization: Bearer ll_…»."
        raise Unauthenticated(msg)
    if key.startswith("pl_v1_"):
        msg = "Keys of API v1 are not accepted here; create a key for API v2."
        raise UnsupportedKeyVersion(msg)
    return key


class Keyring:
    """Finds keys, and remembers them for a moment."""

    def __init__(self, find: Callable[[bytes], Awaitable[Key | None]]) -> None:
        self._find = find
        self._known: dict[bytes, tuple[float, Key]] = {}

    async def look_up(self, text: str) -> Key:
        """The key that `text` is. Raises Unauthenticated when it is unknown or revoked."""
        hashed = digest(text)
        found = self._known.get(hashed)
        if found is not None and found[0] > time.monotonic():
            return found[1]
        key = await self._find(hashed)
        if key is None:
            self._known.pop(hashed, None)
            msg = "This API key is unknown or revoked."
            raise Unauthenticated(msg)
        if len(self._known) >= _CACHE_SIZE:
            self._known.clear()
        self._known[hashed] = (time.monotonic() + _CACHE_SECONDS, key)
        return key
