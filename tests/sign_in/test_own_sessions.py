"""A member's own sessions: listed, ended, used and outlasted."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from looplane.main import create_app
from looplane.sessions.commands import sweep_ended
from looplane.sessions.rules import MAX_SESSIONS
from tests.conftest import SteppedClock, Workspace, connected
from tests.sessions import APP, signed_in
from tests.sign_in.people import at_screen, person, sign_in
from tests.unlimited import UNLIMITED


async def test_own_sessions_are_listed_newest_first(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    _, someone = await person(db, workspace.id)
    async with (
        at_screen(app, someone),
        connected(app, None, "192.0.2.7", **{"User-Agent": "A/1"}) as first,
    ):
        await sign_in(first, email)
        clock.step(timedelta(seconds=1))
        async with at_screen(app, email) as second:
            listed = (await second.get(f"{APP}/sessions")).json()["data"]
            assert [each["is_current"] for each in listed] == [True, False]
            assert (listed[1]["agent"], listed[1]["address"]) == ("A/1", "192.0.2.7")
            assert listed[0]["id"] == (await second.get(f"{APP}/session")).json()["id"]


async def test_own_sessions_are_ended_one_or_all_others(
    app: Any, db: Any, workspace: Workspace
) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as a, at_screen(app, email) as b, at_screen(app, email) as c:
        ids = [(await each.get(f"{APP}/session")).json()["id"] for each in (a, b, c)]
        ended = await a.delete(f"{APP}/sessions/{ids[1]}")
        assert ended.json() == {"id": ids[1], "deleted": True}
        # In this process at once.
        assert (await b.get(f"{APP}/session")).status_code == 401
        assert (await a.delete(f"{APP}/sessions/{ids[1]}")).status_code == 404
        rest = await a.delete(f"{APP}/sessions")
        assert rest.json() == {"ended": 1}
        assert (await c.get(f"{APP}/session")).status_code == 401
        assert (await a.get(f"{APP}/session")).status_code == 200
        assert (await a.delete(f"{APP}/session")).status_code == 200
        assert not a.cookies


async def test_a_rehearsed_end_ends_nothing(app: Any, db: Any, workspace: Workspace) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as a, at_screen(app, email) as b:
        rehearsed = {"dry_run": "true"}
        assert (await a.delete(f"{APP}/sessions", params=rehearsed)).json() == {"ended": 1}
        assert (await b.get(f"{APP}/session")).status_code == 200
        assert (await b.delete(f"{APP}/session", params=rehearsed)).status_code == 200
        assert (await b.get(f"{APP}/session")).status_code == 200


async def test_a_session_of_somebody_else_is_not_there(
    app: Any, db: Any, workspace: Workspace, other: Workspace
) -> None:
    _, email = await person(db, workspace.id)
    colleague, _ = await person(db, workspace.id, role="ADMIN")
    async with (
        at_screen(app, email) as mine,
        signed_in(app, db, workspace.id, colleague) as theirs,
        signed_in(app, db, other.id, other.member_id) as stranger,
    ):
        for each in (theirs, stranger):
            id = (await each.get(f"{APP}/session")).json()["id"]
            assert (await mine.delete(f"{APP}/sessions/{id}")).status_code == 404
            assert (await each.get(f"{APP}/session")).status_code == 200
        assert (await mine.delete(f"{APP}/sessions/{uuid4()}")).status_code == 404


async def test_a_session_lasts_thirty_days_from_its_last_use_and_ninety_at_most(
    database: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    app = create_app(database, UNLIMITED, clock)
    try:
        async with at_screen(app, email) as client:
            for _ in range(3):
                clock.step(timedelta(days=29))
                assert (await client.get(f"{APP}/session")).status_code == 200
                await app._session_uses.flush()  # noqa: SLF001  # once in a minute
                await _forget(app, db, workspace)
            clock.step(timedelta(days=3, seconds=1))
            assert (await client.get(f"{APP}/session")).status_code == 401
        async with at_screen(app, email) as client:
            clock.step(timedelta(days=30, seconds=1))
            assert (await client.get(f"{APP}/session")).status_code == 401
    finally:
        await app.aclose()


async def _forget(app: Any, db: Any, workspace: Workspace) -> None:
    """What is known of a session is a second old at most."""
    for row in await db.fetch("select hash from sessions where workspace_id = $1", workspace.id):
        app._api.state.callers.sessions.forget(row["hash"])  # noqa: SLF001


async def test_uses_are_written_once_in_some_minutes(
    database: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id, email = await person(db, workspace.id)
    app = create_app(database, UNLIMITED, clock)
    used = "select last_used_at from sessions where member_id = $1"
    try:
        async with at_screen(app, email) as client:
            first = await db.fetchval(used, UUID(id))
            for minutes, is_written in ((4, False), (2, True)):
                clock.step(timedelta(minutes=minutes))
                await client.get(f"{APP}/session")
                await app._session_uses.flush()  # noqa: SLF001
                assert (await db.fetchval(used, UUID(id)) == first) is not is_written
    finally:
        await app.aclose()


async def test_a_member_has_so_many_sessions_and_the_longest_unused_ends(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as first:
        oldest = (await first.get(f"{APP}/session")).json()["id"]
        await db.execute(
            "insert into sessions select workspace_id, gen_random_uuid(), sha256(n::text::bytea ||"
            " hash), member_id, agent, address, created_at, last_used_at + n * interval '1 ms',"
            " expires_at, ended_at, opened_by from sessions, generate_series(1, $2) n"
            " where id = $1",
            UUID(oldest),
            MAX_SESSIONS - 1,
        )
        clock.step(timedelta(seconds=1))
        async with at_screen(app, email) as last:
            listed = (await last.get(f"{APP}/sessions")).json()["data"]
            assert len(listed) == MAX_SESSIONS
            assert oldest not in {each["id"] for each in listed}


async def test_roles_count_at_once_and_who_was_removed_is_out(
    app: Any, db: Any, client: Any, workspace: Workspace
) -> None:
    id, email = await person(db, workspace.id)
    async with at_screen(app, email) as screen:
        assert (await screen.post("/tags", json={"name": "x"})).status_code != 403
        await client.patch(f"/members/{id}", json={"role": "VIEWER"})
        await db.execute("select pg_sleep(1.1)")
        assert (await screen.post("/tags", json={"name": "y"})).status_code == 403
        assert (await screen.get(f"{APP}/session")).json()["member"]["role"] == "VIEWER"
        await client.delete(f"/members/{id}")
        await db.execute("select pg_sleep(1.1)")
        assert (await screen.get(f"{APP}/session")).status_code == 401
        assert (await sign_in(screen, email)).status_code == 401


async def test_what_ended_long_ago_is_deleted(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id, email = await person(db, workspace.id)
    async with at_screen(app, email) as a, at_screen(app, email):
        await a.delete(f"{APP}/session")
    counted = "select count(*) from sessions where member_id = $1"
    for days, left in ((29, 2), (31, 1), (61, 0)):
        await sweep_ended(db, clock() + timedelta(days=days))
        assert await db.fetchval(counted, UUID(id)) == left


@pytest.mark.parametrize("agent", ["", "x" * 5000, "caf\u00e9"])
async def test_any_browser_signs_in(app: Any, db: Any, workspace: Workspace, agent: str) -> None:
    _, email = await person(db, workspace.id)
    async with connected(app, None) as client:
        client.headers = httpx.Headers([(b"user-agent", agent.encode())])
        assert (await sign_in(client, email)).status_code == 200
        [one] = (await client.get(f"{APP}/sessions")).json()["data"]
        assert len(one["agent"]) <= 300
