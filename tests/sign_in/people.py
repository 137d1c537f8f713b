"""Members with passwords and second factors, and how they sign in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pyotp
from starlette.types import ASGIApp

from looplane.kit.callers import CSRF_HEADER
from tests.cheap_hasher import cheap_hasher
from tests.conftest import connected
from tests.factory import Factory
from tests.sessions import APP

PASSWORD, OTHER = "a long walk home", "another walk home"
_HASH = cheap_hasher().hash(PASSWORD)


async def person(db: Any, workspace_id: UUID, **fields: Any) -> tuple[str, str]:
    """A member with PASSWORD: their id and address."""
    id = await Factory.insert_member(db, workspace_id, **fields)
    await give_password(db, workspace_id, id)
    return id, await db.fetchval("select email from members where id = $1", UUID(id))


async def give_password(db: Any, workspace_id: UUID, id: str | UUID) -> None:
    await db.execute(
        "insert into credentials (workspace_id, member_id, password_hash, created_at, updated_at)"
        " values ($1, $2, $3, $4, $4)",
        workspace_id,
        UUID(str(id)),
        _HASH,
        datetime.now(UTC),
    )


async def sign_in(
    client: httpx.AsyncClient, email: str, password: str = PASSWORD, **more: str
) -> httpx.Response:
    """Signs in, after which the client proves itself where that went well."""
    body = {"email": email, "password": password, **more}
    found = await client.post(f"{APP}/session", json=body)
    if found.status_code == 200:
        client.headers[CSRF_HEADER] = found.json()["csrf_token"]
    return found


@asynccontextmanager
async def at_screen(
    app: ASGIApp, email: str, password: str = PASSWORD, **more: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A client in which the member with this address has signed in."""
    async with connected(app, None) as client:
        found = await sign_in(client, email, password, **more)
        assert found.status_code == 200, found.text
        yield client


async def with_second_factor(client: httpx.AsyncClient, clock: Any) -> tuple[str, list[str]]:
    """Turns the second factor of who is signed in on: its secret, and the codes for recovery."""
    started = await client.post(f"{APP}/second-factor", json={"password": PASSWORD})
    assert started.status_code == 200, started.text
    secret = started.json()["secret"]
    code = {"code": code_at(secret, clock)}
    confirmed = await client.post(f"{APP}/second-factor/confirm", json=code)
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]


def code_at(secret: str, clock: Any, steps: int = 0) -> str:
    """The code that an app shows, so many steps off."""
    return pyotp.TOTP(secret).at(clock() + steps * timedelta(seconds=30))
