"""API keys as text: how one is made, what is stored of it, and what it may be allowed."""

import hashlib
import secrets

# All that the API knows; some are of operations that are still to come.
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


def new_key() -> str:
    """A new key: 256 random bits behind `ll_`."""
    return "ll_" + secrets.token_hex(32)


def new_invite_token() -> str:
    """A new token of an invite: 256 random bits behind `lli_`."""
    return "lli_" + secrets.token_hex(32)


def new_session_secret() -> str:
    """A new secret of a session: 256 random bits behind `lls_`."""
    return "lls_" + secrets.token_hex(32)


def new_link_token() -> str:
    """A new token of a link that signs in: 256 random bits behind `lll_`."""
    return "lll_" + secrets.token_hex(32)


def digest(key: str) -> bytes:
    """What is stored in place of a secret of 256 random bits: its SHA-256, without salt.

    It is found by an index: how long that takes says nothing of how much of a secret was right.
    """
    return hashlib.sha256(key.encode()).digest()
