"""What a thread is linked to: taken back where it is there, and as nothing newer changed it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.undo.steps import issues, undo, undone
from tests.undo.threads import Scene, exact_scores, look, scene


@pytest.fixture
async def stage(
    make: Factory, workspace: Workspace, clock: SteppedClock, db: Any
) -> AsyncIterator[Scene]:
    async with exact_scores(db, workspace.id):
        yield await scene(make, workspace, clock)


# Tags


async def tag_ids(stage: Scene) -> set[str]:
    thread = (await stage.client.get(stage.path)).json()
    return {each["id"] for each in thread["tags"]}


async def test_only_the_tags_that_it_added_and_removed_are_given_back(stage: Scene) -> None:
    old, new, theirs = stage.ids["tag"]
    await stage.patch({"tag_ids": [old]})
    changed = await stage.patch({"tag_ids": [new]})
    await stage.client.post(f"{stage.path}/tags", json={"tag_id": theirs})
    await undone(stage.client, changed)
    assert await tag_ids(stage) == {old, theirs}


@pytest.mark.parametrize("is_added", [True, False])
async def test_the_same_tag_touched_since_is_named(stage: Scene, *, is_added: bool) -> None:
    tag, path = stage.ids["tag"][0], f"{stage.path}/tags"
    changed = await stage.client.post(path, json={"tag_id": tag})
    removed = await stage.client.delete(f"{path}/{tag}")
    if not is_added:
        await stage.client.post(path, json={"tag_id": tag})
        changed = removed
    before = await stage.look()
    named = issues(await undo(stage.client, changed))
    assert named[0] == f"tag_ids: the tag {tag} was added or removed since"
    assert any("thread.updated of tag_ids at " in each for each in named)
    assert await stage.look() == before


async def test_one_tag_that_came_or_went(stage: Scene) -> None:
    first, second, _ = stage.ids["tag"]
    await stage.patch({"tag_ids": [first]})
    path = f"{stage.path}/tags"
    added = await stage.client.post(path, json={"tag_id": second})
    back = await undone(stage.client, added)
    assert await tag_ids(stage) == {first}
    await undone(stage.client, back)
    assert await tag_ids(stage) == {first, second}
    removed = await stage.client.delete(f"{path}/{first}")
    await undone(stage.client, removed)
    assert await tag_ids(stage) == {first, second}


async def test_a_deleted_tag_is_missing_only_where_it_is_to_be_back(stage: Scene) -> None:
    kept, gone, _ = stage.ids["tag"]
    added = await stage.patch({"tag_ids": [kept, gone]})
    removed = await stage.patch({"tag_ids": [kept]})
    await stage.client.delete(f"/tags/{gone}")
    assert issues(await undo(stage.client, removed)) == [f"tag_ids: the tag {gone} was deleted"]
    await undone(stage.client, added)
    assert await tag_ids(stage) == set()


# What is gone


@pytest.mark.parametrize("name", ["assignee", "contact", "company", "project"])
async def test_what_it_had_is_gone(stage: Scene, name: str, make: Factory) -> None:
    kind, field = {"assignee": "member"}.get(name, name), f"{name}_id"
    ids = stage.ids[kind]
    if kind == "member":
        ids = [(await make.joined_member())["id"], stage.ids["member"][0]]
    await stage.patch({field: ids[0]})
    changed = await stage.patch({field: ids[1]})
    plural = {"company": "companies"}.get(kind, f"{kind}s")
    assert (await stage.client.delete(f"/{plural}/{ids[0]}")).is_success
    before = await stage.look()
    named = issues(await undo(stage.client, changed))
    # The contact of the thread, which had that company too, says it in other words.
    said = ("deleted", "no such company") if name == "company" else ("deleted",)
    assert any(field in each and any(word in each for word in said) for each in named), named
    assert await stage.look() == before


async def test_an_assignee_who_only_looks_on_by_now(stage: Scene, make: Factory) -> None:
    member = (await make.joined_member())["id"]
    await stage.patch({"assignee_id": member})
    changed = await stage.patch({"assignee_id": None})
    assert (await stage.client.patch(f"/members/{member}", json={"role": "VIEWER"})).is_success
    named = issues(await undo(stage.client, changed))
    assert named == ["assignee_id: the member is a VIEWER by now"]


async def test_a_deleted_thread_names_its_deletion(stage: Scene) -> None:
    changed = await stage.patch({"title": "A"})
    await stage.client.delete(stage.path)
    named = issues(await undo(stage.client, changed))
    assert len(named) == 1
    assert "thread.deleted" in named[0]


async def test_a_company_that_was_merged_meanwhile(stage: Scene) -> None:
    first, second = stage.ids["company"]
    changed = await stage.patch({"company_id": first})
    merged = await stage.client.post(f"/companies/{second}/merge", json={"source_id": first})
    assert merged.is_success
    assert any(each.startswith("company_id") for each in issues(await undo(stage.client, changed)))
    assert (await look(stage.client, stage.path))["company"]["id"] == second


@pytest.mark.parametrize("belongs", [True, False])
async def test_the_contact_belongs_to_whom_it_did(stage: Scene, *, belongs: bool) -> None:
    first, second = stage.ids["company"]
    await stage.patch({"company_id": first})
    contact = f"/contacts/{(await stage.look())['contact']['id']}"
    path = f"{contact}/companies"
    if belongs:
        await stage.client.post(path, json={"company_id": second})

    async def companies() -> list[tuple[str, bool]]:
        rows = (await stage.client.get(path)).json()["data"]
        return [(each["id"], each["is_primary"]) for each in rows]

    before = await companies()
    changed = await stage.patch({"company_id": second})
    after = await companies()
    back = await undone(stage.client, changed)
    assert await companies() == before
    await undone(stage.client, back)
    assert await companies() == after
