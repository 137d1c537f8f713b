"""Tags of changelogs: how they look, what they are called, and where they leave."""

import asyncio
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of

TAGS = "/changelog-tags"


async def _names(client: httpx.AsyncClient) -> list[str]:
    page = (await client.get(TAGS)).json()
    assert (page["page"]["cursor"], page["page"]["has_more"]) == (None, False)
    return [each["name"] for each in page["data"]]


@pytest.mark.parametrize(
    "look", [{"color": "#0a7"}, {"icon": "sparkles"}, {"color": "red", "icon": "sparkles"}], ids=str
)
async def test_create_and_get(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock, look: dict[str, str]
) -> None:
    answer = await client.post(TAGS, json={"name": "New", **look})
    made, now = answer.json(), iso(clock())
    whole = {"name": "New", "color": None, "icon": None, **look}
    assert made == {"id": made["id"], **whole, "created_at": now, "updated_at": now}
    assert (await client.get(f"{TAGS}/{made['id']}")).json() == made
    assert (await client.get(TAGS)).json()["data"] == [made]
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("changelog_tag.created", made)


async def test_a_tag_is_seen(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    bare = await make.changelog_tag(color=None, icon="bug")
    dot = await make.changelog_tag(color="red", icon="bug")
    rows = await everything(db, workspace.id)
    refused = [
        await client.post(TAGS, json={"name": "New"}),
        await client.post(TAGS, json={"name": "New", "color": None, "icon": None}),
        await client.patch(f"{TAGS}/{bare['id']}", json={"icon": None}),
        await client.patch(f"{TAGS}/{dot['id']}", json={"color": None}),
    ]
    assert [faults(each) for each in refused] == [["color"]] * 4
    assert faults(await client.post(TAGS, json={"icon": 1})) == ["icon", "name"]
    assert await everything(db, workspace.id) == rows
    changed = await client.patch(f"{TAGS}/{dot['id']}", json={"icon": None})
    assert (changed.json()["color"], changed.json()["icon"]) == ("red", None)
    changed = await client.patch(f"{TAGS}/{bare['id']}", json={"icon": None, "color": "blue"})
    assert (changed.json()["color"], changed.json()["icon"]) == ("blue", None)


async def test_a_name_is_had_by_one_tag(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, db: Any, workspace: Workspace
) -> None:
    await make_other.changelog_tag(name="Größe")
    first, second = await make.changelog_tag(name="größe"), await make.changelog_tag(name="Other")
    rows = await everything(db, workspace.id)
    for refused in (
        await client.post(TAGS, json={"name": "GRÖSSE", "color": "red"}),
        await client.patch(f"{TAGS}/{second['id']}", json={"name": "Grösse"}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert await everything(db, workspace.id) == rows
    own = await client.patch(f"{TAGS}/{first['id']}", json={"name": "Größe"})
    assert own.json()["name"] == "Größe"
    await client.delete(f"{TAGS}/{first['id']}")
    assert (await client.post(TAGS, json={"name": "GRÖSSE", "color": "red"})).is_success


async def test_two_of_a_name_at_the_same_instant(client: httpx.AsyncClient) -> None:
    tries = [client.post(TAGS, json={"name": "Same", "color": "red"}) for _ in range(4)]
    codes = [each.status_code for each in await asyncio.gather(*tries)]
    assert sorted(codes) == [200, 409, 409, 409]
    assert await _names(client) == ["Same"]


async def test_they_are_listed_by_name(client: httpx.AsyncClient, make: Factory) -> None:
    for name in ("zoo", "Über", "alpha", "Beta"):
        await make.changelog_tag(name=name)
    assert await _names(client) == ["alpha", "Beta", "Über", "zoo"]
    for name in ("limit", "cursor", "name_contains"):
        assert faults(await client.get(TAGS, params={name: "1"})) == [name]


async def test_a_tag_that_is_deleted_is_gone_everywhere(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    tag, kept = await make.changelog_tag(), await make.changelog_tag()
    both = [tag["id"], kept["id"]]
    changelogs = [await make.changelog(tag_ids=ids) for ids in (both, both[:1])]
    path = f"{TAGS}/{tag['id']}"
    assert (await client.delete(path)).json() == {"id": tag["id"], "deleted": True}
    shown = [(await client.get(f"/changelogs/{each['id']}")).json() for each in changelogs]
    assert [each["tag_ids"] for each in shown] == [[kept["id"]], []]
    assert (await client.get("/changelogs", params={"tag_id": tag["id"]})).json()["data"] == []
    left = [row for row in await everything(db, workspace.id) if tag["id"] in row]
    assert {row.partition(" ")[0].partition("_2")[0] for row in left} == {"events"}
    assert await kinds_of(db, tag["id"]) == ["changelog_tag.created", "changelog_tag.deleted"]
    told = (await events_of(db, tag["id"]))[-1]
    assert (told["version"], told["data"]) == (2, tag)
    for gone in (
        await client.get(path),
        await client.patch(path, json={"name": "N"}),
        await client.delete(path),
    ):
        assert gone.status_code == httpx.codes.NOT_FOUND
    again = {"tag_ids": [kept["id"], tag["id"]]}
    assert faults(await client.patch(f"/changelogs/{shown[0]['id']}", json=again)) == ["tag_ids.1"]


async def test_a_tag_that_leaves_while_it_is_put_on(
    client: httpx.AsyncClient, make: Factory
) -> None:
    """Whoever comes first, nothing shows a tag that is not there."""
    for _ in range(8):
        tag, changelog = await make.changelog_tag(), await make.changelog()
        path = f"/changelogs/{changelog['id']}"
        linked, deleted = await asyncio.gather(
            client.patch(path, json={"tag_ids": [tag["id"]]}), client.delete(f"{TAGS}/{tag['id']}")
        )
        assert (linked.status_code, deleted.status_code) in {(200, 200), (400, 200)}
        assert (await client.get(path)).json()["tag_ids"] == []


async def test_if_match_and_dry_run(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    tag = await make.changelog_tag()
    await make.changelog(tag_ids=[tag["id"]])
    path = f"{TAGS}/{tag['id']}"
    old = {"If-Match": (await client.get(path)).headers["etag"]}
    await client.patch(path, json={"name": "Two"}, headers=old)
    rows = await everything(db, workspace.id)
    for refused in (
        await client.patch(path, json={"name": "Three"}, headers=old),
        await client.delete(path, headers=old),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    would = await client.delete(path, params={"dry_run": "true"})
    assert would.headers["x-looplane-would"] == "changelog_tag.deleted"
    assert await everything(db, workspace.id) == rows
