"""What hangs on a thread, and its own beginning and end: taken back and done again."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.undo.steps import issues, undo, undone
from tests.undo.threads import Scene, exact_scores, look, scene
from tests.witness import events_of, everything, kinds_of, version


@pytest.fixture
async def stage(
    make: Factory, workspace: Workspace, clock: SteppedClock, db: Any
) -> AsyncIterator[Scene]:
    async with exact_scores(db, workspace.id):
        yield await scene(make, workspace, clock)


async def post_needs(stage: Scene, **body: Any) -> httpx.Response:
    answer = await stage.client.post(f"{stage.path}/customer-needs", json=body)
    assert answer.is_success, answer.text
    return answer


async def needs_of(stage: Scene) -> list[dict[str, Any]]:
    needs: list[dict[str, Any]] = (await stage.client.get(stage.path)).json()["customer_needs"]
    return needs


async def back_and_forth(stage: Scene, before: Any, write: httpx.Response) -> None:
    """Takes a write back and does it again and again; it ends as it is after the write."""
    after = await stage.look()
    assert after != before
    for _ in range(2):
        write = await undone(stage.client, write)
        assert await stage.look() == before
        write = await undone(stage.client, write)
        assert await stage.look() == after


# Needs


async def test_needs_that_were_made(stage: Scene, db: Any) -> None:
    before = await stage.look()
    made = await post_needs(
        stage, project_ids=stage.ids["project"], issue_ids=stage.ids["issue"], priority=2.5
    )
    await back_and_forth(stage, before, made)
    for need in made.json()["data"]:
        types = [each["type"] for each in await events_of(db, need["id"])]
        assert types == ["customer_need.created", "customer_need.deleted"] * 2 + [types[0]]


async def test_a_need_that_was_removed_has_its_id_and_age(stage: Scene) -> None:
    made = (await post_needs(stage, issue_ids=stage.ids["issue"], priority=3)).json()["data"]
    before, needs = await stage.look(), await needs_of(stage)
    gone = await stage.client.delete(f"{stage.path}/customer-needs/{made[0]['id']}")
    await back_and_forth(stage, before, gone)
    await undone(
        stage.client, await stage.client.delete(f"{stage.path}/customer-needs/{made[1]['id']}")
    )
    assert [each["id"] for each in await needs_of(stage)] == [made[1]["id"]]
    assert len(needs) == 2


async def test_the_need_of_the_project_field(stage: Scene, db: Any) -> None:
    first, second = stage.ids["project"]
    await stage.patch({"project_id": first})
    (need,) = await needs_of(stage)
    before = await stage.look()
    changed = await stage.patch({"project_id": second})
    await back_and_forth(stage, before, changed)
    field = (
        "select project_id::text from customer_needs where thread_id = $1 and is_of_project_field"
    )
    assert await db.fetchval(field, stage.thread_id) == second
    gone = await stage.client.delete(
        f"{stage.path}/customer-needs/{(await needs_of(stage))[0]['id']}"
    )
    told = [each for each in await events_of(db, stage.thread_id) if each["after"]][-1]
    assert (told["before"], told["after"]) == ({"project_id": second}, {"project_id": None})
    assert await db.fetchval(field, stage.thread_id) is None
    await undone(stage.client, gone)
    assert await db.fetchval(field, stage.thread_id) == second
    # The field replaces what it linked, and leaves what was posted.
    await stage.patch({"project_id": first})
    assert [each["project_id"] for each in await needs_of(stage)] == [first]
    assert need["id"] != (await needs_of(stage))[0]["id"]


async def test_a_posted_project_that_the_field_had_linked(stage: Scene, db: Any) -> None:
    first, second = stage.ids["project"]
    await stage.patch({"project_id": first})
    field = "select count(*) from customer_needs where thread_id = $1 and is_of_project_field"
    posted = await post_needs(stage, project_ids=[first, second])
    assert await db.fetchval(field, stage.thread_id) == 0
    back = await undone(stage.client, posted)
    assert await db.fetchval(field, stage.thread_id) == 1
    assert len(await needs_of(stage)) == 1
    await undone(stage.client, back)
    assert await db.fetchval(field, stage.thread_id) == 0
    assert len(await needs_of(stage)) == 2


async def test_priorities_come_back(stage: Scene) -> None:
    await post_needs(stage, project_ids=stage.ids["project"], priority=1)
    before = await stage.look()
    raised = await post_needs(
        stage, project_ids=stage.ids["project"], issue_ids=stage.ids["issue"], priority=7
    )
    await back_and_forth(stage, before, raised)


@pytest.mark.parametrize("kind", ["project", "issue"])
async def test_what_a_need_was_for_is_gone(stage: Scene, kind: str) -> None:
    id = stage.ids[kind][0]
    need = (await post_needs(stage, **{f"{kind}_ids": [id]})).json()["data"][0]
    gone = await stage.client.delete(f"{stage.path}/customer-needs/{need['id']}")
    await stage.client.delete(f"/{kind}s/{id}")
    assert issues(await undo(stage.client, gone)) == [f"{kind}_id: the {kind} {id} was deleted"]


@pytest.mark.parametrize("is_removed", [True, False])
async def test_a_need_that_was_touched_since(
    stage: Scene, db: Any, workspace: Workspace, *, is_removed: bool
) -> None:
    asked = {"project_ids": stage.ids["project"]}
    made = await post_needs(stage, **asked, priority=1)
    need = made.json()["data"][1]["id"]
    if is_removed:
        await stage.client.delete(f"{stage.path}/customer-needs/{need}")
    else:
        await post_needs(stage, project_ids=stage.ids["project"][1:], priority=2)
    rows = await everything(db, workspace.id)
    assert issues(await undo(stage.client, made)) == [
        f"customer_needs.{need}: was changed or removed since"
    ]
    assert await everything(db, workspace.id) == rows


async def test_a_need_that_was_made_anew_since(stage: Scene) -> None:
    asked = {"project_ids": stage.ids["project"][:1]}
    need = (await post_needs(stage, **asked)).json()["data"][0]["id"]
    gone = await stage.client.delete(f"{stage.path}/customer-needs/{need}")
    await post_needs(stage, **asked)
    answer = await undo(stage.client, gone)
    assert (answer.status_code, issues(answer)) == (409, [])
    assert "linked to it anew" in answer.json()["message"]


# Beginning and end


async def test_a_deleted_thread_comes_back_with_all_that_it_had(
    stage: Scene, make: Factory
) -> None:
    await stage.patch({"tag_ids": stage.ids["tag"], "assignee_id": stage.ids["member"][0]})
    await post_needs(stage, project_ids=stage.ids["project"], priority=2)
    await make.comment(stage.thread_id)
    await make.message(stage.thread_id)
    before = await stage.look()
    deleted = await stage.client.delete(stage.path)
    back = await undone(stage.client, deleted)
    assert await stage.look() == before
    again = await undone(stage.client, back)
    assert (await stage.client.get(stage.path)).status_code == 404
    await undone(stage.client, again)
    assert await stage.look() == before


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_new_thread_goes_and_its_contact_stays(
    stage: Scene, make: Factory, db: Any, *, is_known: bool
) -> None:
    email = "new@mail.example"
    if is_known:
        email = (await make.contact())["email"]
    body = {"text": "x", "pain_level": "HIGH", "contact_email": email}
    body |= {"project_id": stage.ids["project"][0], "issue_id": stage.ids["issue"][0]}
    made = await stage.client.post("/threads", json=body)
    path = f"/threads/{made.json()['id']}"
    before = await look(stage.client, path)
    back = await undone(stage.client, made)
    assert (await stage.client.get(path)).status_code == 404
    contact = f"/contacts/{made.json()['contact']['id']}"
    assert (await stage.client.get(contact)).is_success
    assert (await kinds_of(db, made.json()["id"]))[-1] == "thread.deleted"
    await undone(stage.client, back)
    assert await look(stage.client, path) == before


@pytest.mark.parametrize("touch", ["title", "comment", "message", "need"])
async def test_a_new_thread_that_was_touched_stays(stage: Scene, make: Factory, touch: str) -> None:
    body = {"text": "x", "pain_level": "HIGH", "contact_email": "new@mail.example"}
    made = await stage.client.post("/threads", json=body)
    id = made.json()["id"]
    if touch == "title":
        await stage.client.patch(f"/threads/{id}", json={"title": "T"})
    elif touch == "need":
        asked = {"project_ids": stage.ids["project"]}
        await stage.client.post(f"/threads/{id}/customer-needs", json=asked)
    else:
        await (make.comment if touch == "comment" else make.message)(id)
    named = issues(await undo(stage.client, made))
    assert "thread.updated" in named[0]


# Comments


async def test_a_comment_comes_and_goes(stage: Scene, db: Any) -> None:
    before = await stage.look()
    path = f"{stage.path}/comments"
    said = await stage.client.post(path, json={"content": "<p>Words</p>"})
    first = version(await stage.client.get(stage.path))
    await back_and_forth(stage, before, said)
    assert version(await stage.client.get(stage.path)) == first + 4
    gone = await stage.client.delete(f"{path}/{said.json()['id']}")
    assert await stage.look() == before
    await undone(stage.client, gone)
    assert len((await stage.look())["comments"]) == 1
    kinds = await kinds_of(db, said.json()["id"])
    assert kinds[:3] == ["comment.created", "comment.deleted", "comment.updated"]
    rows = await events_of(db, said.json()["id"])
    assert {str(each["aggregate_id"]) for each in rows} == {stage.thread_id}


async def test_a_comment_says_again_what_it_said_and_whom_it_meant(
    stage: Scene, make: Factory, db: Any
) -> None:
    ada, eve = [await make.joined_member(name=name) for name in ("Ada", "Eve")]
    body = {"content": "<p>@Ada, look</p>", "mention_ids": [eve["id"]]}
    said = (await stage.client.post(f"{stage.path}/comments", json=body)).json()
    path = f"{stage.path}/comments/{said['id']}"
    before = await stage.look()
    rows = "select * from comment_mentions where comment_id = $1 order by member_id"
    mentions = await db.fetch(rows, said["id"])
    assert {each["id"] for each in said["mentions"]} == {ada["id"], eve["id"]}
    changed = await stage.client.patch(path, json={"content": "<p>none</p>", "mention_ids": []})
    assert changed.json()["mentions"] == []
    await undone(stage.client, changed)
    assert await stage.look() == before
    assert await db.fetch(rows, said["id"]) == mentions


async def test_a_comment_that_was_changed_since(stage: Scene) -> None:
    path = f"{stage.path}/comments"
    said = await stage.client.post(path, json={"content": "<p>A</p>"})
    path += f"/{said.json()['id']}"
    changed = await stage.client.patch(path, json={"content": "<p>B</p>"})
    newer = await stage.client.patch(path, json={"content": "<p>C</p>"})
    assert "comment.updated" in issues(await undo(stage.client, said))[0]
    assert "comment.updated of content" in issues(await undo(stage.client, changed))[0]
    await undone(stage.client, newer)
    await undone(stage.client, changed)
    assert (await stage.client.get(path)).json()["content"] == "<p>A</p>"
    deleted = await stage.client.delete(path)
    assert "comment.deleted" in issues(await undo(stage.client, changed))[-1]
    await stage.client.delete(stage.path)
    assert "thread.deleted" in issues(await undo(stage.client, deleted))[0]
