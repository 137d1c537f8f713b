"""Links that are mailed or printed: what they are for, and that they are good once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from looplane.channels import open_channels
from looplane.kit.clock import system_clock
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.keys import digest
from looplane.sessions.links.commands import make_link
from tests.conftest import SteppedClock, Workspace, connected
from tests.dispatch import deliver_due
from tests.factory import Factory
from tests.sessions import APP
from tests.sign_in.people import person


async def _link(db: Any, workspace: Workspace, id: str | UUID) -> str:
    return await make_link(db, workspace.id, UUID(str(id)), "sign_in", datetime.now(UTC))


async def test_a_link_says_what_it_is_for_and_stays_good(
    app: Any, db: Any, workspace: Workspace
) -> None:
    id = await Factory.insert_member(db, workspace.id, email="ada@team.example", name="Ada")
    token = await _link(db, workspace, id)
    async with connected(app, None) as client:
        for _ in range(2):
            shown = await client.post(f"{APP}/links", json={"token": token})
            assert shown.json() == {
                "purpose": "sign_in",
                "workspace": {"id": str(workspace.id), "name": "Test"},
                "email": "ada@team.example",
                "name": "Ada",
                "role": "USER",
                "has_second_factor": False,
            }
        assert not client.cookies
        opened = await client.post(f"{APP}/session/by-link", json={"token": token})
        assert opened.json()["member"]["id"] == id
        used = await client.post(f"{APP}/links", json={"token": token})
        assert used.status_code == 404


async def test_of_two_who_open_a_link_at_once_one_gets_in(
    app: Any, db: Any, workspace: Workspace
) -> None:
    for _ in range(5):
        token = await _link(db, workspace, workspace.member_id)
        async with connected(app, None) as one, connected(app, None) as two:
            answers = await asyncio.gather(
                *(each.post(f"{APP}/session/by-link", json={"token": token}) for each in (one, two))
            )
        assert sorted(each.status_code for each in answers) == [200, 401]


async def test_a_link_opens_nothing_when_it_is_old_or_its_member_is_gone(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    gone = await Factory.insert_member(db, workspace.id)
    of_gone = await _link(db, workspace, gone)
    await db.execute("update members set deleted_at = now() where id = $1", UUID(gone))
    old = await _link(db, workspace, workspace.member_id)
    clock.step(timedelta(days=1, seconds=1))
    async with connected(app, None) as client:
        for token in (of_gone, old, "lll_" + "0" * 64, ""):
            refused = await client.post(f"{APP}/session/by-link", json={"token": token})
            assert refused.status_code == 401
            assert (await client.post(f"{APP}/links", json={"token": token})).status_code == 404


async def test_names_and_passwords_are_taken_at_the_first_run_only(
    app: Any, db: Any, workspace: Workspace
) -> None:
    token = await _link(db, workspace, workspace.member_id)
    more = {"name": "Eve", "email": "eve@other.example", "password": "a long walk home"}
    async with connected(app, None) as client:
        refused = await client.post(f"{APP}/session/by-link", json={"token": token, **more})
        assert refused.status_code == 400
        assert len(refused.json()["issues"]) == 3
        good = await client.post(f"{APP}/session/by-link", json={"token": token})
        assert good.status_code == 200
        assert good.json()["has_password"] is False


async def test_a_mailed_link_is_made_when_it_leaves_and_signs_in(
    app: Any, database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id, email = await person(db, workspace.id, email=f"{uuid4().hex}@team.example")
    async with connected(app, None) as client:
        asked = await client.post(f"{APP}/sign-in-links", json={"email": email.upper()})
        assert asked.json() == {"accepted": True}
        planned = await db.fetchrow(
            "select * from deliveries where workspace_id = $1 and kind = 'sign_in_link'",
            workspace.id,
        )
        # To the address as the member has it, and with nothing in the row that lets anybody in.
        assert (planned["target"], str(planned["subject_id"])) == (email, id)
        assert (
            await db.fetchval("select count(*) from sign_in_links where member_id = $1", UUID(id))
            == 0
        )
        with structlog.testing.capture_logs() as lines:
            settings = Settings(secret_key="s" * 32)
            async with open_channels(database, settings, system_clock) as channels:
                await deliver_due(db, system_clock, channels)
        [link] = [each["link"] for each in lines if each.get("recipient") == email]
        address, _, token = link.partition("#")
        assert address == "http://127.0.0.1:8000/sign-in-link"
        opened = await client.post(f"{APP}/session/by-link", json={"token": token})
        assert opened.json()["member"]["id"] == id
    spans = await db.fetchval(
        "select expires_at - created_at from sign_in_links where hash = $1", digest(token)
    )
    assert spans == timedelta(hours=1)


async def test_each_workspace_that_knows_the_address_mails_a_link(
    app: Any, db: Any, workspace: Workspace, other: Workspace
) -> None:
    email = f"{uuid4().hex}@team.example"
    for each in (workspace, other):
        await person(db, each.id, email=email)
    async with connected(app, None) as client:
        await client.post(f"{APP}/sign-in-links", json={"email": email})
    planned = await db.fetch("select workspace_id from deliveries where target = $1", email)
    assert {each["workspace_id"] for each in planned} == {workspace.id, other.id}


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    app: Any, db: Any, workspace: Workspace, other: Workspace
) -> None:
    _, email = await person(db, workspace.id, email=f"{uuid4().hex}@team.example")
    async with connected(app, None) as client:
        for body in (
            {"email": f"{uuid4().hex}@team.example"},
            {"email": email, "workspace_id": str(other.id)},
            {"email": email, "workspace_id": "x"},
            {"email": email, "workspace_id": ""},
        ):
            asked = await client.post(f"{APP}/sign-in-links", json=body)
            assert (asked.status_code, asked.json()) == (200, {"accepted": True})
    count = (
        "select count(*) from deliveries where kind = 'sign_in_link' and workspace_id = any ($1)"
    )
    assert await db.fetchval(count, [workspace.id, other.id]) == 0


async def test_a_letter_that_only_looks_like_another_brings_the_mail_to_the_member(
    app: Any, db: Any, workspace: Workspace
) -> None:
    name = uuid4().hex
    _, email = await person(db, workspace.id, email=f"k{name}@team.example")
    async with connected(app, None) as client:
        lookalike = f"\u212a{name}@team.example"  # the sign for kelvin, a K to the database
        await client.post(f"{APP}/sign-in-links", json={"email": lookalike})
    targets = await db.fetch(
        "select target from deliveries where kind = 'sign_in_link' and workspace_id = $1",
        workspace.id,
    )
    assert {each["target"] for each in targets} <= {email}
