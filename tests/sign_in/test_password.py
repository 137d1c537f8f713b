"""Signing in with a password: who may, and what everybody else is told."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher

from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.sessions import APP, signed_in
from tests.sign_in.people import OTHER, PASSWORD, at_screen, give_password, person, sign_in

_SECOND = timedelta(seconds=1)


async def test_a_member_signs_in_and_is_told_who_they_are(
    app: Any, db: Any, workspace: Workspace
) -> None:
    id, email = await person(db, workspace.id, name="Ada")
    async with connected(app, None) as client:
        found = await sign_in(client, email.upper())
        assert found.status_code == 200
        told = found.json()
        assert (told["member"]["id"], told["member"]["name"]) == (id, "Ada")
        assert told["workspace"] == {"id": str(workspace.id), "name": "Test"}
        assert (told["has_password"], told["has_second_factor"]) == (True, False)
        assert told["other_workspaces"] == []
        assert (await client.get(f"{APP}/session")).json() == told


async def test_the_cookie_is_for_the_server_alone(app: Any, db: Any, workspace: Workspace) -> None:
    _, email = await person(db, workspace.id)
    async with connected(app, None) as client:
        cookie = (await sign_in(client, email)).headers["set-cookie"]
    said = {each.strip() for each in cookie.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Strict", "Path=/api"} <= said
    assert await db.fetchval("select count(*) from sessions where hash = $1", cookie.encode()) == 0


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was looked at by argon2."""
    seen: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hashed: str, password: str) -> bool:
        seen.append(hashed)
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return seen


async def test_who_cannot_sign_in_is_told_the_same_after_the_same_work(
    app: Any, db: Any, workspace: Workspace, hashings: list[str]
) -> None:
    _, known = await person(db, workspace.id)
    without = await Factory.insert_member(db, workspace.id, email="without@team.example")
    gone, left = await person(db, workspace.id)
    await db.execute("update members set deleted_at = now() where id = $1", UUID(gone))
    tries = {
        known: OTHER,
        "nobody@team.example": PASSWORD,
        "without@team.example": PASSWORD,
        left: PASSWORD,
    }
    assert without
    answers, parameters = [], set()
    async with connected(app, None) as client:
        for email, password in tries.items():
            hashings.clear()
            refused = await sign_in(client, email, password)
            assert len(hashings) == 1, email
            parameters.add(hashings[0].split("$")[3])
            answers.append((refused.status_code, refused.json()))
    assert answers == [answers[0]] * len(tries)
    assert answers[0][0] == 401
    assert len(parameters) == 1


async def test_a_hash_of_former_parameters_is_made_anew(
    app: Any, db: Any, workspace: Workspace
) -> None:
    id, email = await person(db, workspace.id)
    former = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    await db.execute(
        "update credentials set password_hash = $2 where member_id = $1", UUID(id), former
    )
    async with connected(app, None) as client:
        assert (await sign_in(client, email)).status_code == 200
        found = await db.fetchval(
            "select password_hash from credentials where member_id = $1", UUID(id)
        )
        assert found != former
        assert (await sign_in(client, email)).status_code == 200
        again = await db.fetchval(
            "select password_hash from credentials where member_id = $1", UUID(id)
        )
        assert again == found


async def test_letters_count_however_they_are_composed(
    app: Any, db: Any, workspace: Workspace
) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as client:
        change = {"current_password": PASSWORD, "new_password": "cafe\u0301 au lait"}
        assert (await client.post(f"{APP}/password", json=change)).status_code == 200
        assert (await sign_in(client, email, "caf\u00e9 au lait")).status_code == 200


async def test_of_several_workspaces_the_named_one_or_the_last_used_opens(
    app: Any, db: Any, workspace: Workspace, other: Workspace, clock: SteppedClock
) -> None:
    email = f"{uuid4().hex}@team.example"
    for each in (workspace, other):
        await person(db, each.id, email=email)
    async with connected(app, None) as client:
        for chosen, left in ((workspace, other), (other, workspace)):
            named = await sign_in(client, email, workspace_id=str(chosen.id))
            assert named.json()["workspace"]["id"] == str(chosen.id)
            assert [each["id"] for each in named.json()["other_workspaces"]] == [str(left.id)]
            last = await sign_in(client, email)
            assert last.json()["workspace"]["id"] == str(chosen.id)
            clock.step(_SECOND)
        for unknown in (str(uuid4()), "x", ""):
            assert (await sign_in(client, email, workspace_id=unknown)).status_code == 401


async def test_another_workspace_that_knows_the_address_keeps_nobody_out(
    app: Any, db: Any, workspace: Workspace, other: Workspace
) -> None:
    _, email = await person(db, workspace.id)
    elsewhere = await Factory.insert_member(db, other.id, email=email)
    async with signed_in(app, db, other.id, elsewhere) as stranger, connected(app, None) as client:
        # It is the one last used: first without a password, then with another one.
        for _ in range(2):
            mine = await sign_in(client, email)
            assert mine.json()["workspace"]["id"] == str(workspace.id)
            set_now = await stranger.post(f"{APP}/password", json={"new_password": OTHER})
            assert set_now.status_code == 200, set_now.text
            await stranger.get(f"{APP}/session")
        theirs = await sign_in(client, email, OTHER)
        assert theirs.json()["workspace"]["id"] == str(other.id)
        assert (await sign_in(client, email)).json()["workspace"]["id"] == str(workspace.id)
        assert (await sign_in(client, email, "a long way home")).status_code == 401


async def test_the_session_that_the_browser_had_ends(
    app: Any, db: Any, workspace: Workspace
) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as client:
        former = dict(client.cookies)
        assert (await sign_in(client, email)).status_code == 200
    async with connected(app, None) as client:
        client.cookies.update(former)
        assert (await client.get(f"{APP}/session")).status_code == 401


async def test_a_password_that_changes_ends_all_other_sessions(
    app: Any, db: Any, workspace: Workspace
) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as mine, at_screen(app, email) as elsewhere:
        assert (await elsewhere.get(f"{APP}/session")).status_code == 200
        change = {"current_password": PASSWORD, "new_password": OTHER}
        assert (await mine.post(f"{APP}/password", json=change)).status_code == 200
        assert (await mine.get(f"{APP}/session")).status_code == 200
        assert (await elsewhere.get(f"{APP}/session")).status_code == 401
        assert (await sign_in(elsewhere, email, PASSWORD)).status_code == 401
        assert (await sign_in(elsewhere, email, OTHER)).status_code == 200


async def test_of_two_changes_at_once_one_is_made(app: Any, db: Any, workspace: Workspace) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as client:
        changes = [{"current_password": PASSWORD, "new_password": f"walk number {n}"} for n in "12"]
        answers = await asyncio.gather(
            *(client.post(f"{APP}/password", json=each) for each in changes)
        )
        assert sorted(each.status_code for each in answers) == [200, 409]
        won = changes[[each.status_code for each in answers].index(200)]["new_password"]
        assert (await sign_in(client, email, won)).status_code == 200


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"new_password": OTHER}, "current_password: is required"),
        ({"new_password": OTHER, "current_password": "x"}, "current_password: is not"),
        ({"new_password": "short", "current_password": PASSWORD}, "new_password: "),
        ({"new_password": "x" * 201, "current_password": PASSWORD}, "new_password: "),
        ({"new_password": "Password123", "current_password": PASSWORD}, "most common"),
        ({"new_password": " " * 12, "current_password": PASSWORD}, "most common"),
        ({"new_password": "ada@team-of-ada.example", "current_password": PASSWORD}, "the address"),
        ({"new_password": OTHER, "current_password": None}, "current_password: "),
    ],
)
async def test_a_change_that_is_refused(
    app: Any, db: Any, workspace: Workspace, change: dict[str, Any], fault: str
) -> None:
    id, _ = await person(db, workspace.id)
    email = f"{id}@team.example"
    address = "ada@team-of-ada.example" if "@" in change["new_password"] else email
    await db.execute("update members set email = $2 where id = $1", UUID(id), address)
    async with at_screen(app, address) as client:
        refused = await client.post(f"{APP}/password", json=change)
        assert refused.status_code == 400
        assert fault in refused.text
        assert (await sign_in(client, address)).status_code == 200


async def test_who_came_by_a_link_sets_a_password_without_the_former_one_for_a_while(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    id = workspace.member_id
    await give_password(db, workspace.id, id)
    for minutes, status in ((11, 400), (9, 200)):
        clock.reset()
        async with signed_in(app, db, workspace.id, id) as client:
            clock.step(minutes * 60 * _SECOND)
            answer = await client.post(f"{APP}/password", json={"new_password": OTHER})
            assert answer.status_code == status, minutes


async def test_a_rehearsed_change_changes_nothing(app: Any, db: Any, workspace: Workspace) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as client, at_screen(app, email) as elsewhere:
        change = {"current_password": PASSWORD, "new_password": OTHER}
        tried = await client.post(f"{APP}/password", params={"dry_run": "true"}, json=change)
        assert tried.status_code == 200
        assert (await elsewhere.get(f"{APP}/session")).status_code == 200
        assert (await sign_in(client, email)).status_code == 200
