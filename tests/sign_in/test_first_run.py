"""The first run: a link for the first ADMIN, for as long as nobody has a password."""

from datetime import UTC, datetime
from typing import Any

import pytest

from looplane.kit.database import connected as connected_to
from looplane.kit.keys import digest
from looplane.sessions.links.commands import make_first_run_link, make_link
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.sessions import APP
from tests.sign_in.people import PASSWORD, sign_in


async def _first_run(db: Any, workspace: Workspace) -> str:
    return await make_link(db, workspace.id, workspace.member_id, "first_run", datetime.now(UTC))


async def test_the_first_admin_says_who_they_are(app: Any, db: Any, workspace: Workspace) -> None:
    token = await _first_run(db, workspace)
    who = {"name": "Ada", "email": "ada@first.example", "password": PASSWORD}
    async with connected(app, None) as client:
        shown = await client.post(f"{APP}/links", json={"token": token})
        assert (shown.json()["purpose"], shown.json()["role"]) == ("first_run", "ADMIN")
        opened = await client.post(f"{APP}/session/by-link", json={"token": token, **who})
        assert opened.status_code == 200, opened.text
        member = opened.json()["member"]
        assert (member["name"], member["email"]) == ("Ada", "ada@first.example")
        assert opened.json()["has_password"] is True
        assert (await sign_in(client, "ada@first.example")).status_code == 200
    told = await db.fetchrow(
        "select actor, before, after from events where workspace_id = $1 and type = 'membership.updated'",
        workspace.id,
    )
    assert told["actor"]["member_id"] == str(workspace.member_id)
    assert told["after"] == {"name": "Ada", "email": "ada@first.example"}


async def test_what_is_wrong_uses_the_link_up_no_more_than_looking(
    app: Any, db: Any, workspace: Workspace
) -> None:
    token = await _first_run(db, workspace)
    await Factory.insert_member(db, workspace.id, email="taken@first.example")
    wrong = [
        ({"password": "password123"}, 400),
        ({"email": "new@first.example", "password": "new@first.example"}, 400),
        ({"email": "no address"}, 400),
        ({"name": ""}, 400),
        ({"email": "Taken@first.example", "password": PASSWORD}, 409),
    ]
    async with connected(app, None) as client:
        for body, status in wrong:
            refused = await client.post(f"{APP}/session/by-link", json={"token": token, **body})
            assert refused.status_code == status, refused.text
        opened = await client.post(f"{APP}/session/by-link", json={"token": token})
        assert opened.status_code == 200
        assert opened.json()["has_password"] is False


@pytest.fixture
async def empty(dsn: str, database: Any) -> Any:
    """A connection that sees no workspace but its own, and leaves nothing."""
    async with connected_to(dsn) as con:
        transaction = con.transaction()
        await transaction.start()
        await con.execute("update members set role = 'USER'; delete from credentials")
        yield con
        await transaction.rollback()


async def test_a_restart_prints_a_new_link_until_anybody_has_a_password(
    empty: Any, workspace: Workspace
) -> None:
    await empty.execute("update members set role = 'ADMIN' where id = $1", workspace.member_id)
    now = datetime.now(UTC)
    first, second = [await make_first_run_link(empty, now) for _ in range(2)]
    assert first
    assert second
    good = await empty.fetch(
        "select hash from sign_in_links where purpose = 'first_run' and used_at is null"
    )
    assert [each["hash"] for each in good] == [digest(second)]
    await empty.execute(
        "insert into credentials (workspace_id, member_id, password_hash, created_at, updated_at)"
        " values ($1, $2, 'x', now(), now())",
        workspace.id,
        workspace.member_id,
    )
    assert await make_first_run_link(empty, now) is None
