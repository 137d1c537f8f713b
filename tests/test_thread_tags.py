"""POST and DELETE /threads/{id}/tags: one tag comes or goes, whatever others there are."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.interleaving import Stage, SteppedDatabase, set_stage, stepped_database
from tests.witness import etag, events_of, faults, kinds_of

TOLD = ["thread.updated", "thread.tagged"]


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


async def tagged(make: Factory, *tags: dict[str, Any]) -> str:
    """The path of the tags of a new thread that has these."""
    path = f"/threads/{(await make.thread())['id']}"
    ids = [each["id"] for each in tags]
    assert (await make.client.patch(path, json={"tag_ids": ids})).is_success
    return f"{path}/tags"


async def test_one_comes_and_goes_and_the_others_stay(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    group = (await make.tag_group())["id"]
    kept, tag = [await make.tag(name=name, tag_group_id=group) for name in ("A", "B")]
    path = await tagged(make, kept)
    thread = path.removesuffix("/tags")
    added = await client.post(path, json={"tag_id": tag["id"]})
    got = await client.get(thread)
    assert added.json()["tags"] == [kept, tag]
    assert (added.json(), etag(added)) == (got.json(), etag(got))
    told = (await events_of(db, added.json()["id"]))[-1]
    both = sorted([kept["id"], tag["id"]])
    assert (told["before"], told["after"]) == ({"tag_ids": [kept["id"]]}, {"tag_ids": both})
    removed = await client.delete(f"{path}/{tag['id']}")
    assert removed.json()["tags"] == [kept]
    assert removed.json() == (await client.get(thread)).json()
    assert await kinds_of(db, added.json()["id"]) == ["thread.created", *TOLD * 3]


async def test_a_tag_that_is_there_already_changes_nothing(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    tag = await make.tag()
    path = await tagged(make, tag)
    before = await client.get(path.removesuffix("/tags"))
    again = await client.post(path, json={"tag_id": tag["id"]})
    assert (again.json(), etag(again)) == (before.json(), etag(before))
    assert await kinds_of(db, before.json()["id"]) == ["thread.created", *TOLD]


async def test_a_tag_that_the_thread_does_not_have_is_not_found(
    client: httpx.AsyncClient, make: Factory
) -> None:
    tag, gone, other = await make.tag(), await make.tag(), await make.tag()
    path = await tagged(make, tag, gone)
    await client.delete(f"/tags/{gone['id']}")
    for id in (other["id"], gone["id"], str(uuid4()), "no-id"):
        answer = await client.delete(f"{path}/{id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await client.delete(f"{path}/{tag['id']}")).is_success
    assert (await client.delete(f"{path}/{tag['id']}")).status_code == 404


@pytest.mark.parametrize("body", [{}, {"tag_id": None}, {"tag_id": 1}, {"tag_id": "x" * 256}])
async def test_the_tag_is_named_by_an_id(
    client: httpx.AsyncClient, make: Factory, body: dict[str, Any]
) -> None:
    path = await tagged(make)
    assert faults(await client.post(path, json=body)) == ["tag_id"]


async def test_a_tag_that_is_not_there_is_a_fault_of_its_field(
    client: httpx.AsyncClient, make: Factory, make_other: Factory
) -> None:
    path, gone = await tagged(make), await make.tag()
    await client.delete(f"/tags/{gone['id']}")
    for id in (gone["id"], (await make_other.tag())["id"], str(uuid4()), "no id", "\0", ""):
        assert faults(await client.post(path, json={"tag_id": id})) == ["tag_id"], id


async def test_they_take_part_in_versions_dry_runs_and_keys(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    tag = await make.tag()
    path = await tagged(make)
    thread = path.removesuffix("/tags")
    old = {"If-Match": (await client.get(thread)).headers["etag"]}
    would = await client.post(path, json={"tag_id": tag["id"]}, params={"dry_run": "true"})
    assert would.headers["x-looplane-would"] == ", ".join(TOLD)
    assert (await client.get(thread)).json()["tags"] == []
    once = {"Idempotency-Key": "k"}
    for replayed in (None, "true"):
        answer = await client.post(path, json={"tag_id": tag["id"]}, headers=once)
        assert answer.json()["tags"] == [tag]
        assert answer.headers.get("idempotent-replayed") == replayed
    for answer in (
        await client.post(path, json={"tag_id": tag["id"]}, headers=old),
        await client.delete(f"{path}/{tag['id']}", headers=old),
    ):
        assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    gone = await client.delete(f"{path}/{tag['id']}", params={"dry_run": "true"})
    assert (gone.json()["tags"], gone.headers["x-looplane-would"]) == ([], ", ".join(TOLD))
    assert (await client.get(thread)).json()["tags"] == [tag]
    fresh = {"If-Match": (await client.get(thread)).headers["etag"]}
    assert (await client.delete(f"{path}/{tag['id']}", headers=fresh)).json()["tags"] == []


@pytest.mark.parametrize("rival", ["other", "same", "removal", "whole set", "deletion"])
async def test_two_at_the_same_instant(stage: Stage, rival: str) -> None:
    """Whatever comes in between every two statements, either change is there."""
    make = stage.world.make
    for step in count(1):
        mine, theirs, old = [(await make.tag())["id"] for _ in range(3)]
        thread = await stage.subject("/threads/{id}")
        await stage.second.patch(thread, json={"tag_ids": [old]})
        calls: dict[str, tuple[str, str, Any]] = {
            "other": ("POST", f"{thread}/tags", {"tag_id": theirs}),
            "same": ("POST", f"{thread}/tags", {"tag_id": mine}),
            "removal": ("DELETE", f"{thread}/tags/{old}", None),
            "whole set": ("PATCH", thread, {"tag_ids": [theirs]}),
            "deletion": ("DELETE", f"/tags/{old}", None),
        }
        method, path, body = calls[rival]
        met = await stage.meet(
            partial(stage.first.post, f"{thread}/tags", json={"tag_id": mine}),
            partial(stage.second.request, method, path, json=body),
            step=step,
        )
        if not met.rivals:
            assert step > 1
            break
        assert met.statuses == (200, 200)
        shown = {each["id"] for each in (await stage.second.get(thread)).json()["tags"]}
        wanted = {
            "other": [{mine, theirs, old}],
            "same": [{mine, old}],
            "removal": [{mine}],
            "whole set": [{mine, theirs}, {theirs}],
            "deletion": [{mine}],
        }
        assert shown in wanted[rival]


async def test_many_people_add_one_each(client: httpx.AsyncClient, make: Factory) -> None:
    group = (await make.tag_group())["id"]
    ids = [(await make.tag(tag_group_id=group))["id"] for _ in range(8)]
    path = await tagged(make)
    answers = await asyncio.gather(*(client.post(path, json={"tag_id": id}) for id in ids))
    assert {each.status_code for each in answers} == {200}
    shown = (await client.get(path.removesuffix("/tags"))).json()["tags"]
    assert {each["id"] for each in shown} == {*ids}


async def test_each_is_a_look_and_a_write(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    tag = await make.tag()
    path = await tagged(make)
    for method, url, body in (
        ("POST", path, {"tag_id": tag["id"]}),
        ("DELETE", f"{path}/{tag['id']}", None),
    ):
        await client.get("/me")
        with queries() as seen:
            assert (await client.request(method, url, json=body)).is_success
        assert len(seen) == 2, seen
