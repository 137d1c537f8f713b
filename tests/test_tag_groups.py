"""Tag groups: make, find, change, and delete once they are empty."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of

GROUPS = "/tags/groups"
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": ""}, ["name"]),
    ({"name": "x" * 256, "color": "#12345"}, ["color", "name"]),
    ({"name": None, "color": None}, ["color", "name"]),
    ({"color": "two words"}, ["color"]),
    ({"icon": "Notepad", "id": "x"}, ["icon", "id"]),
]
INSERT_TAG = """
insert into tags (workspace_id, id, name, color, tag_group_id, created_at, updated_at)
values ($1, gen_random_uuid(), 'New', 'red', $2, now(), now())"""
# For a row that this transaction holds.
SOMEBODY_WAITS = """
select exists (
  select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid)"""


async def _names(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(GROUPS, params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["name"] for each in answer.json()["data"]]


async def test_create_and_get(client: httpx.AsyncClient, db: Any, clock: SteppedClock) -> None:
    body = {"name": "Area", "color": "#aabbcc"}
    answer = await client.post(GROUPS, json=body)
    made, now = answer.json(), iso(clock())
    assert made == {"id": made["id"], **body, "created_at": now, "updated_at": now}
    got = await client.get(f"{GROUPS}/{made['id']}")
    assert (got.json(), got.headers["etag"]) == (made, answer.headers["etag"])
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("tag_group.created", made)
    assert faults(await client.post(GROUPS, json={})) == ["color", "name"]


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    path = f"{GROUPS}/{(await make.tag_group())['id']}"
    rows = await everything(db, workspace.id)
    whole = {"name": "N", "color": "red", **body}
    assert faults(await client.post(GROUPS, json=whole)) == named
    assert faults(await client.patch(path, json=body)) == named
    assert await everything(db, workspace.id) == rows


async def test_update_touches_what_was_sent(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    group = await make.tag_group(name="Old", color="red")
    clock.step(timedelta(seconds=1))
    after = (await client.patch(f"{GROUPS}/{group['id']}", json={"name": "New"})).json()
    assert after == {**group, "name": "New", "updated_at": iso(clock())}
    event = (await events_of(db, group["id"]))[-1]
    assert (event["type"], event["data"]) == ("tag_group.updated", after)
    assert (event["before"], event["after"]) == ({"name": "Old"}, {"name": "New"})


async def test_what_is_there_already_is_silent(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    group = await make.tag_group()
    path = f"{GROUPS}/{group['id']}"
    before = await client.get(path)
    clock.step(timedelta(seconds=1))
    rows = await everything(db, workspace.id)
    for body in ({}, {"name": group["name"], "color": group["color"]}):
        answer = await client.patch(path, json=body)
        assert (answer.content, answer.headers["etag"]) == (before.content, before.headers["etag"])
    assert await everything(db, workspace.id) == rows


async def test_the_pages(client: httpx.AsyncClient, make: Factory) -> None:
    for name in "123":
        await make.tag_group(name=name)
    assert await _names(client) == ["3", "2", "1"]
    page = (await client.get(GROUPS, params={"limit": 2})).json()
    assert ([each["name"] for each in page["data"]], page["page"]["has_more"]) == (["3", "2"], True)
    cursor = page["page"]["cursor"]
    assert await _names(client, limit=2, cursor=cursor) == ["1"]
    elsewhere = await client.get("/tags", params={"cursor": cursor})
    assert elsewhere.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    for name, value in (("created_after", "2026-01-01T00:00:00Z"), ("name_contains", "1")):
        assert faults(await client.get(GROUPS, params={name: value})) == [name]


async def test_a_group_is_deleted_only_when_no_tag_is_left(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    group, home = await make.tag_group(), await make.tag_group()
    path = f"{GROUPS}/{group['id']}"
    moved, deleted = [await make.tag(tag_group_id=group["id"]) for _ in range(2)]
    await client.patch(f"/tags/{moved['id']}", json={"tag_group_id": home["id"]})
    rows = await everything(db, workspace.id)
    refused = await client.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert await everything(db, workspace.id) == rows
    await client.delete(f"/tags/{deleted['id']}")
    assert (await client.delete(path)).json() == {"id": group["id"], "deleted": True}
    for gone in (
        await client.get(path),
        await client.patch(path, json={"name": "N"}),
        await client.delete(path),
    ):
        assert gone.status_code == httpx.codes.NOT_FOUND
    assert await _names(client) == [home["name"]]
    assert await kinds_of(db, group["id"]) == ["tag_group.created", "tag_group.deleted"]
    body = {"name": "N", "color": "red", "icon": "Star", "tag_group_id": group["id"]}
    assert faults(await client.post("/tags", json=body)) == ["tag_group_id"]


async def test_a_tag_that_is_just_being_made_keeps_its_group(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    group = await make.tag_group()
    async with db.transaction():
        await db.execute(INSERT_TAG, workspace.id, UUID(group["id"]))
        deleting = asyncio.create_task(client.delete(f"{GROUPS}/{group['id']}"))
        while not await db.fetchval(SOMEBODY_WAITS):
            assert not deleting.done(), (await deleting).text
    assert (await deleting).status_code == httpx.codes.CONFLICT


async def test_if_match_and_dry_run(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path = f"{GROUPS}/{(await make.tag_group())['id']}"
    old = {"If-Match": (await client.get(path)).headers["etag"]}
    await client.patch(path, json={"name": "Two"}, headers=old)
    rows = await everything(db, workspace.id)
    for refused in (
        await client.patch(path, json={"name": "Three"}, headers=old),
        await client.delete(path, headers=old),
    ):
        assert refused.status_code == httpx.codes.PRECONDITION_FAILED
    dry = {"dry_run": "true"}
    made = await client.post(GROUPS, json={"name": "Dry", "color": "red"}, params=dry)
    changed = await client.patch(path, json={"name": "Three"}, params=dry)
    deleted = await client.delete(path, params=dry)
    would = [each.headers["x-looplane-would"] for each in (made, changed, deleted)]
    assert would == ["tag_group.created", "tag_group.updated", "tag_group.deleted"]
    assert await everything(db, workspace.id) == rows


async def test_nothing_is_seen_across_workspaces(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, make: Factory
) -> None:
    group = await make.tag_group()
    path = f"{GROUPS}/{group['id']}"
    for answer in (
        await stranger.get(path),
        await stranger.patch(path, json={"name": "Theirs"}),
        await stranger.delete(path),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert await _names(stranger) == []
    assert (await client.get(path)).json() == group


async def test_the_scopes(app: Any, make: Factory) -> None:
    path = f"{GROUPS}/{(await make.tag_group())['id']}"
    requests: list[tuple[str, str, Any]] = [
        ("GET", GROUPS, None),
        ("GET", path, None),
        ("POST", GROUPS, {"name": "N", "color": "red"}),
        ("PATCH", path, {}),
        ("DELETE", path, None),
    ]
    for method, target, body in requests:
        needed = "tags:read" if method == "GET" else "tags:write"
        other = {"tags:read", "tags:write"} - {needed}
        async with connected(app, await make.key(other)) as lacking:
            refused = await lacking.request(method, target, json=body)
        assert (refused.status_code, needed in refused.json()["message"]) == (403, True), target
        async with connected(app, await make.key({needed})) as allowed:
            assert (await allowed.request(method, target, json=body)).status_code == 200, target
