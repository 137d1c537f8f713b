"""Signing in by a link, and acting as a session does."""

from datetime import UTC, datetime
from typing import Any

from looplane.kit.callers import CSRF_HEADER
from looplane.sessions.links.commands import make_link
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.sessions import APP, signed_in


async def test_a_session_acts_as_its_member(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    thread = await make.thread()
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        mine = (await client.get(f"{APP}/session")).json()
        assert mine["member"]["id"] == str(workspace.member_id)
        changed = await client.patch(f"/threads/{thread['id']}", json={"title": "By hand"})
        assert changed.status_code == 200
        told = (await client.get(f"/threads/{thread['id']}/events")).json()["data"][0]
        assert told["actor"]["member_id"] == str(workspace.member_id)
        assert told["actor"]["key_id"] is None


async def test_a_write_without_the_token_is_refused(
    app: Any, db: Any, workspace: Workspace, make: Factory
) -> None:
    thread = await make.thread()
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        for token in ("", "0" * 64):
            client.headers[CSRF_HEADER] = token
            refused = await client.patch(f"/threads/{thread['id']}", json={"title": "No"})
            assert refused.status_code == 403


async def test_a_session_that_ended_opens_nothing(app: Any, db: Any, workspace: Workspace) -> None:
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        cookies = dict(client.cookies)
        assert (await client.delete(f"{APP}/session")).status_code == 200
        assert not client.cookies
        client.cookies.update(cookies)
        await db.execute("select pg_sleep(1.1)")  # a session that ended is known for a second
        assert (await client.get(f"{APP}/session")).status_code == 401


async def test_a_link_is_good_once(app: Any, db: Any, workspace: Workspace) -> None:
    now = datetime.now(UTC)
    token = await make_link(db, workspace.id, workspace.member_id, "sign_in", now)
    async with connected(app, None) as client:
        first = await client.post(f"{APP}/session/by-link", json={"token": token})
        again = await client.post(f"{APP}/session/by-link", json={"token": token})
    assert (first.status_code, again.status_code) == (200, 401)


async def test_a_key_has_no_session(client: Any) -> None:
    assert (await client.get(f"{APP}/session")).status_code == 403
