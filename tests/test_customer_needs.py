"""Customer needs: linking a thread to projects and issues, listing and unlinking."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

NOWHERE = "00000000-0000-7000-8000-000000000000"


async def _thread(make: Factory) -> tuple[str, str]:
    """Paths: of a new thread, and of its needs."""
    path = f"/threads/{(await make.thread())['id']}"
    return path, f"{path}/customer-needs"


async def test_a_thread_is_linked_to_all_that_is_named(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    path, needs = await _thread(make)
    projects = [(await make.project())["id"] for _ in range(2)]
    issue = (await make.issue())["id"]
    clock.step(timedelta(seconds=1))
    body = {"issue_ids": [issue, issue], "project_ids": [*projects, projects[0]], "priority": 7}
    answer = await client.post(needs, json=body)
    made = answer.json()["data"]
    assert [*answer.json()] == ["data"]
    assert {need["project_id"] for need in made if need["issue_id"] is None} == set(projects)
    assert [need["issue_id"] for need in made if need["project_id"] is None] == [issue]
    for need in made:
        assert need["thread_id"] == path.removeprefix("/threads/")
        assert need["priority"] == 7
        assert need["created_at"] == need["updated_at"] == iso(clock())
        (told,) = await events_of(db, need["id"])
        assert (told["type"], told["data"]) == ("customer_need.created", need)
    thread = await client.get(path)
    assert thread.json()["customer_needs"] == made
    assert thread.json()["updated_at"] == iso(clock())
    assert version(thread) == version(answer) == 2
    assert await kinds_of(db, thread.json()["id"]) == ["thread.created", "thread.updated"]
    told = (await events_of(db, thread.json()["id"]))[-1]
    assert (told["data"], told["version"]) == (thread.json(), 2)
    listed = await client.get(needs)
    page = {"cursor": None, "has_more": False, "limit": 3}
    assert listed.json() == {"data": made, "page": page}
    assert version(listed) == 2


async def test_a_thread_that_asks_for_nothing_has_an_empty_list(
    client: httpx.AsyncClient, make: Factory
) -> None:
    _, needs = await _thread(make)
    assert (await client.get(needs)).json()["data"] == []


async def test_a_pair_that_is_linked_stays_as_it_is(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    path, needs = await _thread(make)
    body = {
        "issue_ids": [(await make.issue())["id"]],
        "project_ids": [(await make.project())["id"]],
    }
    made = await client.post(needs, json={**body, "priority": 3.5})
    rows = await everything(db, workspace.id)
    clock.step(timedelta(seconds=1))
    for same in (body, {**body, "priority": 3.5}):
        again = await client.post(needs, json=same)
        assert again.json() == made.json()
        assert again.headers["etag"] == made.headers["etag"]
    one = await client.post(needs, json={"issue_ids": body["issue_ids"]})
    assert [need["issue_id"] for need in one.json()["data"]] == body["issue_ids"]
    assert await everything(db, workspace.id) == rows
    assert version(await client.get(path)) == 2


async def test_another_priority_is_a_change_of_the_thread(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    path, needs = await _thread(make)
    old, new = [(await make.project())["id"] for _ in range(2)]
    (first,) = (await client.post(needs, json={"project_ids": [old]})).json()["data"]
    assert first["priority"] == 0
    clock.step(timedelta(seconds=1))
    body = {"project_ids": [old, new], "priority": 100}
    answer = await client.post(needs, json=body)
    raised, added = answer.json()["data"]
    assert raised == {**first, "priority": 100, "updated_at": iso(clock())}
    assert (added["project_id"], added["priority"]) == (new, 100)
    assert version(answer) == 3
    thread = (await client.get(path)).json()
    told = (await events_of(db, thread["id"]))[-1]
    assert (told["type"], told["data"]) == ("thread.updated", thread)
    assert told["before"] == {"customer_needs": {first["id"]: {"priority": 0}}}
    assert told["after"] == {"customer_needs": {first["id"]: {"priority": 100}}}
    assert await kinds_of(db, first["id"], added["id"]) == ["customer_need.created"] * 2
    lowered = await client.post(needs, json={"project_ids": [old], "priority": 0})
    assert [need["priority"] for need in lowered.json()["data"]] == [0]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, ["issue_ids, project_ids"]),
        ({"issue_ids": [], "project_ids": []}, ["issue_ids, project_ids"]),
        ({"priority": 5}, ["issue_ids, project_ids"]),
        ({"project_ids": [NOWHERE], "issue_ids": None}, ["issue_ids", "project_ids.0"]),
        ({"project_ids": ["PROJECT"], "priority": 101}, ["priority"]),
        ({"project_ids": ["PROJECT"], "priority": -0.1}, ["priority"]),
        ({"project_ids": ["PROJECT"], "priority": "5"}, ["priority"]),
        ({"project_ids": ["PROJECT"], "priority": None}, ["priority"]),
        ({"project_ids": ["PROJECT"], "note": "x"}, ["note"]),
        ({"project_ids": [7, "PROJECT"]}, ["project_ids.0"]),
        (
            {"project_ids": ["PROJECT", NOWHERE, "x"], "issue_ids": [NOWHERE, "PROJECT"]},
            ["issue_ids.0", "issue_ids.1", "project_ids.1", "project_ids.2"],
        ),
    ],
)
async def test_faults_are_named_and_nothing_is_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    paths: list[str],
) -> None:
    project = (await make.project())["id"]
    for field, ids in body.items():
        if isinstance(ids, list):
            body = {**body, field: [project if id == "PROJECT" else id for id in ids]}
    _, needs = await _thread(make)
    rows = await everything(db, workspace.id)
    assert faults(await client.post(needs, json=body)) == paths
    assert await everything(db, workspace.id) == rows


async def test_what_was_deleted_or_is_another_workspaces_cannot_be_linked(
    client: httpx.AsyncClient,
    make: Factory,
    make_other: Factory,
    db: Any,
    workspace: Workspace,
) -> None:
    _, needs = await _thread(make)
    gone, issue = (await make.project())["id"], (await make.issue())["id"]
    await client.post(needs, json={"project_ids": [gone], "issue_ids": [issue]})
    await client.delete(f"/projects/{gone}")
    await db.execute("update issues set deleted_at = updated_at where id = $1", UUID(issue))
    theirs = {
        "project": (await make_other.project())["id"],
        "issue": (await make_other.issue())["id"],
    }
    rows = await everything(db, workspace.id)
    body = {"project_ids": [gone, theirs["project"]], "issue_ids": [issue, theirs["issue"]]}
    assert faults(await client.post(needs, json=body)) == [
        *("issue_ids.0", "issue_ids.1", "project_ids.0", "project_ids.1")
    ]
    assert await everything(db, workspace.id) == rows
    assert (await client.get(needs)).json()["data"] == []
    for id in await db.fetch("select id from customer_needs where workspace_id = $1", workspace.id):
        answer = await client.delete(f"{needs}/{id['id']}")
        assert answer.status_code == httpx.codes.NOT_FOUND


async def test_the_needs_of_another_workspaces_thread_are_not_there(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, stranger: httpx.AsyncClient
) -> None:
    _, needs = await _thread(make_other)
    asked = {"project_ids": [(await make_other.project())["id"]]}
    (need,) = (await stranger.post(needs, json=asked)).json()["data"]
    _, own = await _thread(make)
    mine = {"project_ids": [(await make.project())["id"]]}
    for answer in (
        await client.get(needs),
        await client.post(needs, json=mine),
        await client.delete(f"{needs}/{need['id']}"),
        await client.delete(f"{own}/{need['id']}"),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert (await stranger.get(needs)).json()["data"] == [need]


async def test_a_need_is_unlinked_for_good(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    path, needs = await _thread(make)
    ids = {"issue_ids": [(await make.issue())["id"]], "project_ids": [(await make.project())["id"]]}
    first, second = (await client.post(needs, json=ids)).json()["data"]
    _, elsewhere = await _thread(make)
    answer = await client.delete(f"{elsewhere}/{first['id']}")
    assert answer.status_code == httpx.codes.NOT_FOUND
    clock.step(timedelta(seconds=1))
    answer = await client.delete(f"{needs}/{first['id']}")
    assert answer.json() == {"id": first["id"], "deleted": True}
    thread = await client.get(path)
    assert thread.json()["customer_needs"] == [second]
    assert thread.json()["updated_at"] == iso(clock())
    assert version(thread) == version(answer) == 3
    told = (await events_of(db, first["id"]))[-1]
    assert (told["type"], told["data"]) == ("customer_need.deleted", first)
    again = await client.delete(f"{needs}/{first['id']}")
    assert again.status_code == httpx.codes.NOT_FOUND
    assert version(await client.get(path)) == 3
    thread_id = path.removeprefix("/threads/")
    assert (await kinds_of(db, thread_id))[1:] == ["thread.updated"] * 2
    assert (await events_of(db, thread_id))[-1]["data"] == thread.json()
    count = "select count(*) from customer_needs where id = $1"
    assert await db.fetchval(count, UUID(first["id"])) == 0


async def test_if_match_is_about_the_thread(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path, needs = await _thread(make)
    body = {"project_ids": [(await make.project())["id"]]}
    (need,) = (await client.post(needs, json=body, headers={"If-Match": '"1"'})).json()["data"]
    rows = await everything(db, workspace.id)
    stale = {"If-Match": '"1"'}
    for answer in (
        await client.post(needs, json={**body, "priority": 1}, headers=stale),
        await client.delete(f"{needs}/{need['id']}", headers=stale),
        await client.patch(path, json={"title": "T"}, headers=stale),
    ):
        assert answer.status_code == httpx.codes.PRECONDITION_FAILED
        assert answer.headers["etag"] == '"2"'
    assert await everything(db, workspace.id) == rows
    fresh = await client.delete(f"{needs}/{need['id']}", headers={"If-Match": '"2"'})
    assert fresh.status_code == httpx.codes.OK


async def test_a_dry_run_names_the_events_and_writes_nothing(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    _, needs = await _thread(make)
    body: dict[str, Any] = {"project_ids": [(await make.project())["id"]]}
    (need,) = (await client.post(needs, json=body)).json()["data"]
    dry = {"dry_run": "true"}
    body |= {"issue_ids": [(await make.issue())["id"]], "priority": 2}
    rows = await everything(db, workspace.id)
    answer = await client.post(needs, json=body, params=dry)
    assert [each["priority"] for each in answer.json()["data"]] == [2, 2]
    assert answer.headers["x-looplane-would"] == "thread.updated, customer_need.created"
    answer = await client.delete(f"{needs}/{need['id']}", params=dry)
    assert answer.headers["x-looplane-would"] == "thread.updated, customer_need.deleted"
    assert await everything(db, workspace.id) == rows


async def test_many_links_at_once_make_one_need_and_cost_no_more_queries(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    _, needs = await _thread(make)
    projects = [(await make.project())["id"] for _ in range(12)]
    with queries() as one:
        await client.post(needs, json={"project_ids": projects[:1]})
    with queries() as many:
        await client.post(needs, json={"project_ids": projects[1:]})
    assert len(many) == len(one)
    _, needs = await _thread(make)
    answers = await asyncio.gather(
        *(client.post(needs, json={"project_ids": projects[:3]}) for _ in range(8))
    )
    shown = {answer.text for answer in answers}
    assert len(shown) == 1
    listed = await client.get(needs)
    assert (len(listed.json()["data"]), version(listed)) == (3, 2)
