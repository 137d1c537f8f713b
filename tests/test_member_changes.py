"""PATCH and DELETE /members/{user_id}: roles, who goes, and the ADMIN who stays."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.database import Database
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.interleaving import Send, Stage, SteppedDatabase, set_stage, stepped_database
from tests.unlimited import UNLIMITED
from tests.witness import events_of, kinds_of, version


@pytest.fixture(scope="module")
async def stepped(dsn: str, database: object) -> AsyncIterator[SteppedDatabase]:
    async with stepped_database(dsn) as opened:
        yield opened


@pytest.fixture
async def stage(
    stepped: SteppedDatabase, clock: SteppedClock, make: Factory, workspace: Workspace
) -> AsyncIterator[Stage]:
    async with set_stage(stepped, clock, make, workspace) as stage:
        yield stage


async def admins(client: httpx.AsyncClient) -> set[str]:
    rows = (await client.get("/members")).json()["data"]
    return {row["id"] for row in rows if row["role"] == "ADMIN"}


async def test_a_role_changes_and_says_so(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    member = await make.joined_member()
    path = f"/members/{member['id']}"
    first = await client.get(path)
    assert (first.json(), version(first)) == (member, 1)
    changed = await client.patch(path, json={"role": "ADMIN"})
    assert (changed.json(), version(changed)) == ({**member, "role": "ADMIN"}, 2)
    assert version(await client.patch(path, json={"role": "ADMIN"})) == 2
    joined, event = await events_of(db, member["id"])
    assert (joined["type"], joined["data"]) == ("membership.joined", member)
    assert (event["type"], event["data"]) == ("membership.role_changed", changed.json())
    assert (event["before"], event["after"]) == ({"role": "USER"}, {"role": "ADMIN"})


async def test_who_goes_leaves_their_work_and_no_key(
    client: httpx.AsyncClient, make: Factory, db: Any, database: Database, clock: SteppedClock
) -> None:
    member = await make.joined_member()
    key = await make.key(member_id=member["id"])
    thread = await make.thread(assignee_id=member["id"])
    path = f"/members/{member['id']}"
    assert (await client.delete(path)).json() == {"id": member["id"], "deleted": True}
    assert (await kinds_of(db, member["id"]))[-1] == "membership.removed"
    for answer in (await client.get(path), await client.delete(path)):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert (await client.get(f"/threads/{thread['id']}")).json()["assignee"] is None
    assigned = "select assignee_id::text from threads where id = $1::text::uuid"
    assert await db.fetchval(assigned, thread["id"]) == member["id"], "the data stay"
    async with connected(create_app(database, UNLIMITED, clock), key) as gone:
        assert (await gone.get("/me")).status_code == httpx.codes.UNAUTHORIZED
    # The address is free again.
    await make.joined_member(email=member["email"])


@pytest.mark.parametrize("role", ["USER", "VIEWER"])
async def test_the_last_admin_stays_one(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace, db: Any, role: str
) -> None:
    await make.joined_member()
    path = f"/members/{workspace.member_id}"
    for params in ({}, {"dry_run": "true"}):
        demoted = await client.patch(path, json={"role": role}, params=params)
        removed = await client.delete(path, params=params)
        for answer in (demoted, removed):
            assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert version(await client.patch(path, json={"role": "ADMIN"})) == 1
    assert await kinds_of(db, str(workspace.member_id)) == []
    second = await make.joined_member("ADMIN")
    assert (await client.patch(path, json={"role": role})).is_success
    assert (await client.delete(f"/members/{second['id']}")).status_code == 409


async def test_an_admin_who_left_counts_no_more(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace, make_other: Factory
) -> None:
    gone = await make.joined_member("ADMIN")
    await make_other.joined_member("ADMIN")
    assert (await client.delete(f"/members/{gone['id']}")).is_success
    last = await client.patch(f"/members/{workspace.member_id}", json={"role": "USER"})
    assert last.status_code == 409


def leaving(client: httpx.AsyncClient, id: str, way: str) -> Send:
    path = f"/members/{id}"
    if way == "removed":
        return lambda: client.delete(path)
    return lambda: client.patch(path, json={"role": "USER"})


def promoting(client: httpx.AsyncClient, id: str) -> Send:
    return lambda: client.patch(f"/members/{id}", json={"role": "ADMIN"})


@pytest.mark.parametrize("second", ["removed", "demoted"])
@pytest.mark.parametrize("first", ["removed", "demoted"])
async def test_the_last_two_admins_at_once(stage: Stage, first: str, second: str) -> None:
    """The other one comes in between every two statements: one of the two has to stay."""
    own = await admins(stage.second)
    for step in count(1):
        a, b = [await stage.world.make.joined_member("ADMIN") for _ in range(2)]
        for each in own:  # those of the round before
            await stage.second.patch(f"/members/{each}", json={"role": "USER"})
        met = await stage.meet(
            leaving(stage.first, a["id"], first),
            leaving(stage.second, b["id"], second),
            step=step,
        )
        own = await admins(stage.second)
        if not met.rivals:
            assert step > 1
            break
        assert sorted(met.statuses) == [200, 409], step
        assert len(own) == 1, step


async def test_a_promotion_beside_the_demotion_of_the_last_one(stage: Stage) -> None:
    for step in count(1):
        a = await stage.world.make.joined_member("ADMIN")
        for each in await admins(stage.second) - {a["id"]}:
            await stage.second.patch(f"/members/{each}", json={"role": "USER"})
        b = await stage.world.make.joined_member()
        met = await stage.meet(
            leaving(stage.first, a["id"], "demoted"),
            promoting(stage.second, b["id"]),
            step=step,
        )
        assert await admins(stage.second), step
        if not met.rivals:
            assert step > 1
            break


async def test_many_admins_go_at_once(app: ASGIApp, make: Factory, workspace: Workspace) -> None:
    ids = [(await make.joined_member("ADMIN"))["id"] for _ in range(5)]
    ids.append(str(workspace.member_id))
    # With a key of none of them.
    async with connected(app, await make.key()) as caller:
        gone = await asyncio.gather(*(caller.delete(f"/members/{id}") for id in ids))
        assert sorted(each.status_code for each in gone) == [*[200] * 5, 409]
        assert len(await admins(caller)) == 1


async def test_scopes_and_not_roles_say_who_administers(
    app: ASGIApp, make: Factory, workspace: Workspace
) -> None:
    user, viewer = await make.member(), await make.member(role="VIEWER")
    target = await make.joined_member()
    path = f"/members/{target['id']}"
    async with connected(app, await make.key(["admin"], user)) as caller:
        assert (await caller.patch(path, json={"role": "VIEWER"})).is_success
    async with connected(app, await make.key(["admin"], viewer)) as caller:
        assert (await caller.patch(path, json={"role": "USER"})).json()["code"] == "forbidden"


async def test_what_a_change_costs(client: httpx.AsyncClient, make: Factory, queries: Any) -> None:
    member = await make.joined_member()
    path = f"/members/{member['id']}"
    await client.get("/me")
    with queries() as seen:
        await client.patch(path, json={"role": "VIEWER"})
    assert len(seen) == 5, seen  # begin, the lock, read, write, commit
    with queries() as seen:
        await client.get(path)
    assert len(seen) == 1
