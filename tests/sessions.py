"""A member at a screen: a client with the cookie of a session, and what proves its pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from starlette.types import ASGIApp

from looplane.kit.callers import CSRF_HEADER
from looplane.main import API_ROOT, APP_ROOT
from looplane.sessions.links.commands import make_link
from tests.conftest import connected

# Where the operations of the inbox are, as seen from the API.
APP = f"..{APP_ROOT.removeprefix('/api')}"
__all__ = ["API_ROOT", "APP", "signed_in"]


@asynccontextmanager
async def signed_in(
    app: ASGIApp, db: Any, workspace_id: UUID, member_id: UUID | str
) -> AsyncIterator[httpx.AsyncClient]:
    """A client in which a member is signed in; what the inbox has itself is at `APP`."""
    token = await make_link(db, workspace_id, UUID(str(member_id)), "sign_in", datetime.now(UTC))
    async with connected(app, None) as client:
        found = await client.post(f"{APP}/session/by-link", json={"token": token})
        assert found.status_code == 200, found.text
        client.headers[CSRF_HEADER] = found.json()["csrf_token"]
        yield client
