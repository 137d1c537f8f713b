"""Groups of articles: listed as a whole and in their order, and what becomes of their articles."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

GROUPS = "/docs/groups"
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": ""}, ["name"]),
    ({"name": "x" * 256, "portal_instance_id": 1}, ["name", "portal_instance_id"]),
    ({"name": "a\0b"}, ["name"]),
    ({"name": None, "id": "x"}, ["id", "name"]),
    ({"portal_instance_id": "nowhere", "color": "red"}, ["color", "portal_instance_id"]),
]


async def _names(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(GROUPS, params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["name"] for each in answer.json()["data"]]


async def test_create_and_get(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    body = {"name": "Start", "portal_instance_id": (await make.portal_instance())["id"]}
    answer = await client.post(GROUPS, json=body)
    made, now = answer.json(), iso(clock())
    dates = {"created_at": now, "updated_at": now}
    assert made == {"id": made["id"], **body, "order": 1, "article_count": 0, **dates}
    got = await client.get(f"{GROUPS}/{made['id']}")
    assert (got.json(), got.headers["etag"]) == (made, answer.headers["etag"])
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("doc_group.created", made)


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    path = f"{GROUPS}/{(await make.doc_group())['id']}"
    rows = await everything(db, workspace.id)
    assert faults(await client.post(GROUPS, json={"name": "N", **body})) == named
    assert faults(await client.patch(path, json=body)) == named
    assert await everything(db, workspace.id) == rows


async def test_the_order_is_theirs_and_a_new_one_is_the_last(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    first, second = [await make.doc_group(name=name) for name in "12"]
    clock.step(timedelta(seconds=1))
    path = f"{GROUPS}/{second['id']}"
    moved = await client.patch(path, json={"order": -0.5, "name": "two"})
    assert moved.json() == {**second, "order": -0.5, "name": "two", "updated_at": iso(clock())}
    assert version(moved) == 2
    told = (await events_of(db, second["id"]))[-1]
    assert (told["before"], told["after"]) == (
        {"order": second["order"], "name": "2"},
        {"order": -0.5, "name": "two"},
    )
    await client.patch(f"{GROUPS}/{first['id']}", json={"order": 40})
    await make.doc_group(name="3")
    answer = (await client.get(GROUPS)).json()
    assert [each["name"] for each in answer["data"]] == ["two", "1", "3"]
    assert answer["data"][-1]["order"] == 41
    assert answer["page"] == {"cursor": None, "has_more": False, "limit": 3}
    assert faults(await client.patch(path, json={"order": 1e300})) == ["order"]
    assert faults(await client.get(GROUPS, params={"limit": 1})) == ["limit"]


async def test_the_groups_of_a_portal(client: httpx.AsyncClient, make: Factory) -> None:
    here, there = [(await make.portal_instance())["id"] for _ in range(2)]
    await make.doc_group(name="main")
    await make.doc_group(name="here", portal_instance_id=here)
    assert await _names(client, portal_instance_id=here) == ["here"]
    for portal in (there, "nowhere", here.upper()):
        assert await _names(client, portal_instance_id=portal) == []
    assert await _names(client, portal_instance_id="main") == ["main"]
    assert await _names(client) == ["main", "here"]


async def test_articles_outlive_their_group(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    group, other = await make.doc_group(), await make.doc_group()
    inside = [await make.doc_article(group_id=group["id"]) for _ in range(2)]
    gone = await make.doc_article(group_id=group["id"])
    outside = await make.doc_article(group_id=other["id"])
    await client.delete(f"/docs/articles/{gone['id']}")
    path = f"{GROUPS}/{group['id']}"
    assert (await client.get(path)).json()["article_count"] == 2
    clock.step(timedelta(seconds=1))
    assert (await client.delete(path)).json() == {"id": group["id"], "deleted": True}
    for each in inside:
        now = (await client.get(f"/docs/articles/{each['id']}")).json()
        left = {"group_id": None, "version": 2, "updated_at": iso(clock())}
        assert now == {**each, **left}
        told = (await events_of(db, each["id"]))[-1]
        assert (told["type"], told["data"]) == ("doc.updated", now)
        assert (told["before"], told["after"]) == ({"group_id": group["id"]}, {"group_id": None})
    assert (await client.get(f"/docs/articles/{outside['id']}")).json() == outside
    assert await kinds_of(db, gone["id"]) == ["doc.created", "doc.deleted"]
    last = (await events_of(db, group["id"]))[-1]
    assert (last["type"], last["data"]["article_count"]) == ("doc_group.deleted", 0)
    writes = {(await events_of(db, each["id"]))[-1]["write_id"] for each in (*inside, group)}
    assert len(writes) == 1
    for answer in (
        await client.get(path),
        await client.patch(path, json={"name": "N"}),
        await client.delete(path),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert await _names(client) == [other["name"]]
    refused = await client.post(
        "/docs/articles", json={"title": "T", "content": "C", "group_id": group["id"]}
    )
    assert faults(refused) == ["group_id"]


async def test_two_deletions_at_once(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    group = await make.doc_group()
    article = await make.doc_article(group_id=group["id"])
    path = f"{GROUPS}/{group['id']}"
    answers = await asyncio.gather(*(client.delete(path) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [200, 404, 404]
    assert await kinds_of(db, article["id"]) == ["doc.created", "doc.updated"]


async def test_if_match_and_dry_run(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    group = await make.doc_group()
    for _ in range(3):  # a type is named once, however many articles there are
        await make.doc_article(group_id=group["id"])
    path = f"{GROUPS}/{group['id']}"
    old = {"If-Match": '"1"'}
    assert (await client.patch(path, json={"name": "Two"}, headers=old)).is_success
    rows = await everything(db, workspace.id)
    for refused in (
        await client.patch(path, json={"name": "Three"}, headers=old),
        await client.delete(path, headers=old),
    ):
        assert refused.status_code == httpx.codes.PRECONDITION_FAILED
    dry = await client.delete(path, params={"dry_run": "true"})
    assert dry.headers["x-looplane-would"] == "doc.updated, doc_group.deleted"
    assert await everything(db, workspace.id) == rows


async def test_nothing_is_seen_across_workspaces(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, make: Factory, make_other: Factory
) -> None:
    group = await make.doc_group()
    path = f"{GROUPS}/{group['id']}"
    for answer in (
        await stranger.get(path),
        await stranger.patch(path, json={"name": "Theirs"}),
        await stranger.delete(path),
    ):
        assert answer.status_code == httpx.codes.NOT_FOUND
    assert await _names(stranger) == []
    assert (await make_other.doc_group())["order"] == 1
    assert (await client.get(path)).json() == group


async def test_how_often_the_database_is_asked(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    """However many groups and articles there are."""
    seen = []
    for count in (1, 4):
        group = await make.doc_group()
        for _ in range(count):
            await make.doc_group()
            await make.doc_article(group_id=group["id"])
        await client.get("/me")
        with queries() as asked:
            await client.get(GROUPS)
        with queries() as deleting:
            await client.delete(f"{GROUPS}/{group['id']}")
        seen.append((len(asked), len(deleting)))
    assert seen == [(1, 6)] * 2
