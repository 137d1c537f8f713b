"""Whose a view is: another member's own is not there, whatever is asked."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.ids import new_id
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.witness import events_of, everything, faults

VIEWS = "/views"


@pytest.fixture
async def colleague(app: ASGIApp, make: Factory) -> AsyncIterator[httpx.AsyncClient]:
    """Another member of the team, with all scopes."""
    async with connected(app, await make.key(member_id=await make.member())) as caller:
        yield caller


@pytest.fixture
async def program(app: ASGIApp, make: Factory) -> AsyncIterator[httpx.AsyncClient]:
    """A key of no member."""
    async with connected(app, await make.key()) as caller:
        yield caller


async def _seers(db: Any, id: str) -> list[UUID | None]:
    return [each["visible_to"] for each in await events_of(db, id)]


async def _listed(caller: httpx.AsyncClient) -> list[str]:
    return [each["id"] for each in (await caller.get(VIEWS)).json()["data"]]


async def test_another_ones_view_is_not_there(
    make: Factory,
    db: Any,
    workspace: Workspace,
    colleague: httpx.AsyncClient,
    program: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
) -> None:
    view = await make.view(name="Mine alone", is_shared=False)
    rows = await everything(db, workspace.id)
    for caller in (colleague, program, stranger):
        told = []
        for id in (view["id"], str(new_id())):
            path = f"{VIEWS}/{id}"
            answers = [
                await caller.get(path),
                await caller.get(path, headers={"If-None-Match": "*"}),
            ]
            for params in ({}, {"dry_run": "true"}):
                for headers in ({}, {"If-Match": '"1"'}, {"If-Match": '"7"'}):
                    sent: dict[str, Any] = {"params": params, "headers": headers}
                    answers += [
                        await caller.patch(path, json={"name": "x"}, **sent),
                        await caller.patch(path, json={"is_shared": True}, **sent),
                        await caller.delete(path, **sent),
                    ]
            listed = await caller.get("/threads", params={"view": id})
            assert {each.status_code for each in answers} == {404}
            assert faults(listed) == ["view"]
            told.append([each.text for each in (*answers, listed)])
        assert told[0] == told[1]
        assert await _listed(caller) == []
    assert await everything(db, workspace.id) == rows


async def test_everyone_has_names_of_their_own(
    make: Factory, colleague: httpx.AsyncClient, program: httpx.AsyncClient
) -> None:
    await make.view(name="Mine", is_shared=False)
    for is_shared in (False, True):
        made = await colleague.post(VIEWS, json={"name": "Mine", "is_shared": is_shared})
        assert made.status_code == 200
    assert (await program.get(VIEWS)).json()["data"][0]["name"] == "Mine"


async def test_a_shared_view_is_everyones(
    make: Factory,
    client: httpx.AsyncClient,
    colleague: httpx.AsyncClient,
    program: httpx.AsyncClient,
) -> None:
    view = await make.view()
    path = f"{VIEWS}/{view['id']}"
    for caller in (colleague, program):
        assert await _listed(caller) == [view["id"]]
        changed = await caller.patch(path, json={"name": f"{id(caller)}"})
        assert (changed.status_code, changed.json()["owner"]) == (200, view["owner"])
    assert (await client.get(path)).json()["name"] == f"{id(program)}"
    assert (await program.delete(path)).status_code == 200


async def test_a_viewer_reads(app: ASGIApp, make: Factory) -> None:
    view = await make.view()
    viewer = await make.key(member_id=await make.member(role="VIEWER"))
    async with connected(app, viewer) as caller:
        assert await _listed(caller) == [view["id"]]
        for is_shared in (True, False):
            refused = await caller.post(VIEWS, json={"name": "x", "is_shared": is_shared})
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_a_key_of_no_member_has_shared_views_only(
    make: Factory, program: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    made = await program.post(VIEWS, json={"name": "Ours", "is_shared": True})
    assert (made.status_code, made.json()["owner"]) == (200, None)
    rows = await everything(db, workspace.id)
    wrong = {"name": "Ours", "is_shared": False, "filters": {"tag_id": ["x"]}}
    named = ["filters.tag_id.0", "is_shared"]
    assert faults(await program.post(VIEWS, json=wrong)) == named
    assert faults(await program.patch(f"{VIEWS}/{made.json()['id']}", json=wrong)) == named
    assert await everything(db, workspace.id) == rows


async def test_sharing_keeps_the_owner_and_only_they_take_it_back(
    make: Factory, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    view = await make.view(is_shared=False)
    path = f"{VIEWS}/{view['id']}"
    assert (await colleague.get(path)).status_code == 404
    shared = await client.patch(path, json={"is_shared": True})
    assert (shared.json()["is_shared"], shared.json()["owner"]) == (True, view["owner"])
    refused = await colleague.patch(path, json={"is_shared": False, "name": "Theirs"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await colleague.get(path)).json() == shared.json()
    assert (await client.patch(path, json={"is_shared": False})).status_code == 200
    assert (await colleague.get(path)).status_code == 404


async def test_what_is_nobodys_belongs_to_whoever_takes_it(
    make: Factory, colleague: httpx.AsyncClient, program: httpx.AsyncClient, client: Any, db: Any
) -> None:
    of_program = (await program.post(VIEWS, json={"name": "A", "is_shared": True})).json()
    of_leaver = await make.view()
    leaver = await make.member()
    await db.execute(
        "update views set owner_id = $1 where id = $2", UUID(leaver), UUID(of_leaver["id"])
    )
    await client.delete(f"/members/{leaver}")
    for view in (of_program, of_leaver):
        path = f"{VIEWS}/{view['id']}"
        assert (await client.get(path)).json()["owner"] is None
        taken = await colleague.patch(path, json={"is_shared": False})
        assert (taken.status_code, taken.json()["is_shared"]) == (200, False)
        assert taken.json()["owner"] is not None
        assert (await client.get(path)).status_code == 404
        kept = (await events_of(db, view["id"]))[-1]
        former = leaver if view is of_leaver else None
        assert kept["internal_before"] == {"owner_id": former}
        assert "owner_id" not in kept["before"]


async def test_events_are_told_to_who_may_see_the_view(
    make: Factory, client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    me = workspace.member_id
    view = await make.view(name="one", is_shared=False)
    path = f"{VIEWS}/{view['id']}"
    await client.patch(path, json={"name": "two"})
    assert await _seers(db, view["id"]) == [me, me]
    # The new name comes before it is shared, so that nobody learns what it was called.
    await client.patch(path, json={"is_shared": True, "name": "three"})
    told = await events_of(db, view["id"])
    assert [(each["visible_to"], each["after"]) for each in told[2:]] == [
        (me, {"name": "three"}),
        (None, {"is_shared": True}),
    ]
    await client.patch(path, json={"filters": {"tab": "done"}})
    # What becomes personal is told to all, and what changes with it to its owner alone.
    await client.patch(path, json={"name": "four", "is_shared": False})
    await client.delete(path)
    told = (await events_of(db, view["id"]))[4:]
    assert [(each["visible_to"], each["type"], each["after"]) for each in told] == [
        (None, "view.updated", {"filters": {"tab": "done"}}),
        (None, "view.updated", {"is_shared": False}),
        (me, "view.updated", {"name": "four"}),
        (me, "view.deleted", None),
    ]
    seen = [each["data"]["name"] for each in told if each["visible_to"] is None]
    assert seen == ["three", "three"]


async def _undone(caller: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    return await caller.post(f"/undo/{answer.headers['x-looplane-undo']}")


async def test_it_is_taken_back_as_a_whole(
    make: Factory, client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    view = await make.view(name="one", is_shared=False, filters={})
    path = f"{VIEWS}/{view['id']}"
    for change in (
        {"is_shared": True, "name": "two", "filters": {"tab": "my"}, "sort": "pain"},
        {"order": 5},
    ):
        before = (await client.get(path)).json()
        changed = await client.patch(path, json=change)
        assert (await _undone(client, changed)).status_code == 200
        after = (await client.get(path)).json()
        assert after == before | {"updated_at": after["updated_at"]}
    assert {*await _seers(db, view["id"])} == {workspace.member_id, None}
    gone = await client.delete(path)
    assert (await _undone(client, gone)).status_code == 200
    assert (await client.get(path)).json()["name"] == "one"
    # Of a personal view nothing of that is told to others.
    assert {*(await _seers(db, view["id"]))[-2:]} == {workspace.member_id}
    made = await client.post(VIEWS, json={"name": "three", "is_shared": True})
    assert (await _undone(client, made)).status_code == 200
    assert (await client.get(f"{VIEWS}/{made.json()['id']}")).status_code == 404


async def test_what_is_not_there_any_more_is_not_taken_back(
    make: Factory, client: httpx.AsyncClient, colleague: httpx.AsyncClient
) -> None:
    view = await make.view(name="one")
    path = f"{VIEWS}/{view['id']}"
    renamed = await colleague.patch(path, json={"name": "two"})
    await client.patch(path, json={"is_shared": False})
    refused = await _undone(colleague, renamed)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert (await client.get(path)).json()["name"] == "two"
