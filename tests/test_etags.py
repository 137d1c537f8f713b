"""ETags: the version for those who write, all that is shown for those who read."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.keys import SCOPES
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.operations import World, populate
from tests.witness import etag, version

Change = Callable[[World], Awaitable[httpx.Response]]


def patch(noun: str, kind: str, **fields: Any) -> Change:
    return lambda world: world.client.patch(f"/{noun}/{world.ids[kind]}", json=fields)


def delete(noun: str, kind: str) -> Change:
    return lambda world: world.client.delete(f"/{noun}/{world.ids[kind]}")


# What a thread shows and other writes change.
CHANGES = {
    "tag": patch("tags", "tag", name="Other"),
    "contact": patch("contacts", "contact", name="Other"),
    "company": patch("companies", "company", name="Other"),
    "tag gone": delete("tags", "tag"),
    "contact gone": delete("contacts", "contact"),
    "company gone": delete("companies", "company"),
    "project gone": delete("projects", "project"),
}


@pytest.fixture
async def world(make: Factory, workspace: Workspace) -> World:
    """A workspace whose thread has a tag, a contact and a company."""
    world = await populate(make, workspace.member_id)
    body = {f"{name}_id": world.ids[name] for name in ("contact", "company")}
    path = f"/threads/{world.ids['thread']}"
    answer = await world.client.patch(path, json={**body, "tag_ids": [world.ids["tag"]]})
    assert answer.status_code == httpx.codes.OK, answer.text
    return world


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_what_a_thread_shows_of_others_is_in_its_etag(world: World, change: Change) -> None:
    client, path = world.client, f"/threads/{world.ids['thread']}"
    before = await client.get(path)
    assert (await change(world)).status_code == httpx.codes.OK
    known = {"If-None-Match": etag(before)}
    after = await client.get(path, headers=known)
    assert after.status_code == httpx.codes.OK, "what the caller has is no longer what is shown"
    assert after.json() != before.json()
    assert etag(after) != etag(before)
    # Nobody wrote the thread: whoever read it before may still write it.
    assert version(after) == version(before)
    written = await client.patch(path, json={"title": "T"}, headers={"If-Match": etag(before)})
    assert written.status_code == httpx.codes.OK
    assert version(written) == version(before) + 1


async def test_the_score_of_a_project_is_in_its_etag(world: World) -> None:
    client, path = world.client, f"/projects/{world.ids['project']}"
    before = await client.get(path)
    await client.patch(f"/threads/{world.ids['thread']}", json={"pain_level": "HIGH"})
    after = await client.get(path, headers={"If-None-Match": etag(before)})
    assert after.json()["total_score"] == before.json()["total_score"] + 2
    assert version(after) == version(before)


async def test_two_who_see_other_tabs_have_other_etags(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, workspace: Workspace
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    await client.patch(path, json={"status": "done"})
    body = {"status": "open", "assignee_id": str(workspace.member_id)}
    assert (await client.patch(path, json=body)).json()["tab"] == "needs-response"
    mine = await client.get(path)
    async with connected(app, await make.key(SCOPES, await make.member())) as other:
        theirs = await other.get(path, headers={"If-None-Match": etag(mine)})
        assert (theirs.status_code, theirs.json()["tab"]) == (200, "open")
        assert (version(theirs), etag(theirs) != etag(mine)) == (version(mine), True)
        # Each may write with what either was answered.
        for number, tag in enumerate((etag(mine), etag(theirs))):
            condition = {
                "If-Match": tag.replace(f'"{version(mine)}-', f'"{version(mine) + number}-')
            }
            answer = await other.patch(path, json={"title": f"{number}"}, headers=condition)
            assert answer.status_code == httpx.codes.OK


async def test_the_answer_of_a_write_has_the_etag_of_the_next_read(world: World) -> None:
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("threads", {"title": "T"}),
        ("threads", {"title": "T"}),
        ("threads", {"status": "done", "pain_level": "HIGH"}),
        ("contacts", {"name": "N"}),
        ("companies", {"size": 3}),
        ("tags", {"color": "#00aa77"}),
        ("projects", {"state": "started"}),
    ]
    kinds = {"companies": "company"}
    for noun, body in bodies:
        path = f"/{noun}/{world.ids[kinds.get(noun, noun.removesuffix('s'))]}"
        written = await world.client.patch(path, json=body)
        read = await world.client.get(path, headers={"If-None-Match": etag(written)})
        assert (read.status_code, read.content) == (304, b""), path
        assert etag(read) == etag(written)
        head = await world.client.head(path, headers={"If-None-Match": "*"})
        assert head.status_code == httpx.codes.NOT_MODIFIED


async def test_a_list_has_a_digest_of_what_is_on_its_page(world: World) -> None:
    client = world.client
    pages = ["/threads", "/tags", "/projects/statuses", "/threads?limit=1&tab=new"]
    before = {path: etag(await client.get(path)) for path in pages}
    for path, tag in before.items():
        assert (await client.get(path, headers={"If-None-Match": tag})).status_code == 304
    await client.patch(f"/tags/{world.ids['tag']}", json={"name": "Other"})
    changed = {p for p in pages if etag(await client.get(p)) != before[p]}
    assert changed == {*pages} - {"/projects/statuses"}
