"""Accepting an invite with a password, and being signed in."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.conftest import SteppedClock, Workspace, connected
from tests.sessions import APP
from tests.sign_in.people import PASSWORD, sign_in


async def _invite(client: Any, **fields: str) -> tuple[str, str]:
    email = f"{uuid4().hex}@team.example"
    body = {"email": email, "name": "As invited", "role": "USER", **fields}
    made = await client.post("/members/invites", json=body)
    return made.json()["token"], email


async def test_who_is_invited_becomes_a_member_with_a_password(
    app: Any, client: Any, db: Any, workspace: Workspace
) -> None:
    token, email = await _invite(client)
    async with connected(app, None) as visitor:
        shown = await visitor.post(f"{APP}/links", json={"token": token})
        assert shown.json() == {
            "purpose": "invite",
            "workspace": {"id": str(workspace.id), "name": "Test"},
            "email": email,
            "name": "As invited",
            "role": "USER",
            "has_second_factor": False,
        }
        body = {"token": token, "name": "As I am", "password": PASSWORD}
        joined = await visitor.post(f"{APP}/session/by-invite", json=body)
        assert joined.status_code == 200, joined.text
        assert joined.json()["member"]["name"] == "As I am"
        assert joined.json()["member"]["role"] == "USER"
        assert (await visitor.get(f"{APP}/session")).status_code == 200
        assert (await sign_in(visitor, email)).status_code == 200
        for path in ("/session/by-invite", "/links"):
            again = body if path != "/links" else {"token": token}
            assert (await visitor.post(f"{APP}{path}", json=again)).status_code == 409
    types = await db.fetch("select type from events where workspace_id = $1", workspace.id)
    assert {"membership.joined", "invite.accepted"} <= {each["type"] for each in types}


async def test_of_two_who_accept_at_once_one_joins(
    app: Any, client: Any, db: Any, workspace: Workspace
) -> None:
    token, email = await _invite(client)
    body = {"token": token, "password": PASSWORD}
    async with connected(app, None) as one, connected(app, None) as two:
        answers = await asyncio.gather(
            *(each.post(f"{APP}/session/by-invite", json=body) for each in (one, two))
        )
    assert sorted(each.status_code for each in answers) == [200, 409]
    assert await db.fetchval("select count(*) from members where email = $1", email) == 1


async def test_what_is_refused_leaves_the_invite_good(
    app: Any, client: Any, clock: SteppedClock
) -> None:
    token, email = await _invite(client)
    async with connected(app, None) as visitor:
        for body, status in [
            ({"token": token, "password": "short"}, 400),
            ({"token": token, "password": email}, 400),
            ({"token": token, "password": PASSWORD, "name": ""}, 400),
            ({"token": token}, 400),
            ({"token": f"{token}x", "password": PASSWORD}, 404),
        ]:
            refused = await visitor.post(f"{APP}/session/by-invite", json=body)
            assert refused.status_code == status
        clock.step(timedelta(days=8))
        late = {"token": token, "password": PASSWORD}
        assert (await visitor.post(f"{APP}/session/by-invite", json=late)).status_code == 409
        clock.step(timedelta(days=-8))
        assert (await visitor.post(f"{APP}/session/by-invite", json=late)).status_code == 200
