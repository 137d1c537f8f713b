"""Somebody who is told."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.sessions import signed_in


@pytest.fixture
async def ada(make: Factory) -> str:
    return await make.member(name="Ada")


@pytest.fixture
async def session(
    app: ASGIApp, db: Any, workspace: Workspace, clock: SteppedClock, ada: str
) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(app, db, workspace.id, ada) as client:
        yield client


@pytest.fixture
async def colleague(app: ASGIApp, make: Factory) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """Another member, and a client with their key."""
    member = await make.member(name="Ada Lovelace")
    async with connected(app, await make.key(member_id=member)) as client:
        yield member, client
