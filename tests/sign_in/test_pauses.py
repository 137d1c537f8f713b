"""How often signing in may be tried: by address and by account, in all processes together."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from looplane.kit.config import Settings
from looplane.main import create_app
from looplane.sessions.attempts.rules import FREE
from tests.conftest import SteppedClock, Workspace, connected
from tests.sessions import APP, signed_in
from tests.sign_in.people import OTHER, PASSWORD, at_screen, person, sign_in
from tests.unlimited import UNLIMITED


async def _fail(client: Any, email: str, times: int) -> list[int]:
    return [(await sign_in(client, email, OTHER)).status_code for _ in range(times)]


@pytest.mark.parametrize("is_known", [True, False])
async def test_pauses_grow_for_an_account_and_end(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock, is_known: bool
) -> None:
    email = f"{uuid4().hex}@team.example"
    if is_known:
        await person(db, workspace.id, email=email)
    async with connected(app, None) as client:
        assert await _fail(client, email, FREE) == [401] * FREE
        pauses = []
        for _ in range(9):
            refused = await sign_in(client, email.upper(), OTHER)
            assert refused.status_code == 429
            pauses.append(int(refused.headers["retry-after"]))
            clock.step(timedelta(seconds=pauses[-1] - 1))
            assert (await sign_in(client, email, OTHER)).status_code == 429
            clock.step(timedelta(seconds=1))
            assert (await sign_in(client, email, OTHER)).status_code == 401
        assert pauses == [15, 30, 60, 120, 240, 480, 900, 900, 900]


async def test_the_pause_is_that_of_another_process_and_outlasts_a_restart(
    app: Any, db: Any, database: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    async with connected(app, None) as client:
        await _fail(client, email, FREE)
    restarted = create_app(database, UNLIMITED, clock)
    try:
        async with connected(restarted, None) as client:
            assert (await sign_in(client, email)).status_code == 429
    finally:
        await restarted.aclose()


async def test_who_is_right_in_time_begins_anew(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    async with connected(app, None) as client:
        for _ in range(2):
            await _fail(client, email, FREE - 1)
            assert (await sign_in(client, email)).status_code == 200
        await _fail(client, email, FREE)
        clock.step(timedelta(days=1, seconds=1))
        assert await _fail(client, email, FREE) == [401] * FREE


async def test_of_many_tries_at_once_no_more_get_through(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    async with connected(app, None) as client:
        answers = await asyncio.gather(*(sign_in(client, email, OTHER) for _ in range(12)))
    assert sorted(each.status_code for each in answers) == [401] * FREE + [429] * (12 - FREE)


async def test_the_owner_gets_in_by_a_link_meanwhile(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id, email = await person(db, workspace.id)
    async with connected(app, None) as client:
        await _fail(client, email, FREE + 1)
    async with signed_in(app, db, workspace.id, id) as client:
        # A stranger's tries do not keep the owner from changing the password either.
        change = {"current_password": PASSWORD, "new_password": OTHER}
        assert (await client.post(f"{APP}/password", json=change)).status_code == 200


async def test_who_has_a_session_may_not_guess_the_password_for_ever(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as client:
        change = {"current_password": "a guess", "new_password": OTHER}
        bodies = [("/password", change), ("/second-factor", {"password": "a guess"})] * FREE
        statuses = [
            (await client.post(f"{APP}{path}", json=body)).status_code for path, body in bodies
        ]
        assert statuses == [400] * FREE + [429] * FREE
        assert (await sign_in(client, email)).status_code == 200


async def test_links_are_not_mailed_without_end(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, known = await person(db, workspace.id)
    for email in (known, f"{uuid4().hex}@team.example"):
        async with connected(app, None) as client:
            statuses = [
                (await client.post(f"{APP}/sign-in-links", json={"email": email})).status_code
                for _ in range(FREE + 1)
            ]
        assert statuses == [200] * FREE + [429]


async def test_asking_for_links_elsewhere_keeps_nobody_from_theirs(
    app: Any, db: Any, workspace: Workspace, other: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    async with connected(app, None) as client:
        for elsewhere in ("x", str(other.id)):
            for _ in range(FREE + 1):
                body = {"email": email, "workspace_id": elsewhere}
                await client.post(f"{APP}/sign-in-links", json=body)
        for body in ({"email": email}, {"email": email, "workspace_id": str(workspace.id)}):
            asked = await client.post(f"{APP}/sign-in-links", json=body)
            assert asked.status_code == 200, asked.text
    mails = "select count(*) from deliveries where kind = 'sign_in_link' and workspace_id = $1"
    assert await db.fetchval(mails, workspace.id) == 2


async def test_an_address_has_so_many_visits_a_minute(
    database: Any, db: Any, one_minute: None
) -> None:
    settings = Settings(visits_per_minute=3, data_dir=UNLIMITED.data_dir)
    limited = create_app(database, settings)
    try:
        statuses = [
            (await _visit(limited, address, path)).status_code
            for address, path in [
                ("2001:db8::1", "/links"),
                ("2001:db8::2", "/sign-in-links"),
                ("2001:db8::ffff:1", "/session"),
                ("2001:db8::3", "/session/by-link"),
                ("2001:db8::1", "/session/by-invite"),
                ("2001:db8:0:1::1", "/links"),
                ("192.0.2.1", "/links"),
            ]
        ]
    finally:
        await limited.aclose()
    assert statuses[3:5] == [429, 429]
    assert 429 not in statuses[:3] + statuses[5:]


async def _visit(app: Any, address: str, path: str) -> Any:
    bodies = {
        "/links": {"token": "x"},
        "/sign-in-links": {"email": f"{uuid4().hex}@team.example"},
        "/session": {"email": f"{uuid4().hex}@team.example", "password": "x"},
        "/session/by-link": {"token": "x"},
        "/session/by-invite": {"token": "x", "password": PASSWORD},
    }
    async with connected(app, None, address) as client:
        return await client.post(f"{APP}{path}", json=bodies[path])
