"""Changes of a thread: taken back, done again, and refused where something newer is in the way."""

import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.undo.steps import UNDO, issues, undo, undone
from tests.undo.threads import Scene, exact_scores, scene
from tests.witness import etag, events_of, everything


@pytest.fixture
async def stage(
    make: Factory, workspace: Workspace, clock: SteppedClock, db: Any
) -> AsyncIterator[Scene]:
    async with exact_scores(db, workspace.id):
        yield await scene(make, workspace, clock)


def a_change(name: str, stage: Scene, chance: random.Random) -> dict[str, Any]:
    """The body of a change of the field `name`."""

    def one(kind: str) -> str:
        return chance.choice(stage.ids[kind])

    number = chance.randrange(10**6)
    tags = chance.sample(stage.ids["tag"], chance.randint(0, 3))
    bodies: dict[str, Any] = {
        "title": {"title": f"T {number}"},
        "no title": {"title": None},
        "text": {"text": f"<p>{number}</p>"},
        "pain": {"pain_level": chance.choice(["UNKNOWN", "LOW", "MEDIUM", "HIGH"])},
        "assignee": {"assignee_id": one("member")},
        "nobody": {"assignee_id": None},
        "contact": {"contact_id": one("contact")},
        "company": {"company_id": one("company")},
        "no company": {"company_id": None},
        "tags": {"tag_ids": tags},
        "project": {"project_id": one("project")},
        "no project": {"project_id": None},
        "snooze": {"status": "snoozed", "snoozed_until": stage.in_days(1 + number % 9)},
        "done": {"status": "done"},
        "closed": {"status": "done", "closed_loop": True},
        "open": {"status": "open"},
        "draft": {"ai_draft_html": f"<p>d {number}</p>"},
        "sources": {
            "ai_draft_html": f"<p>s {number}</p>",
            "ai_draft_sources": [{"type": "doc", "title": f"S {number}"}],
        },
        "no draft": {"ai_draft_html": None},
        "both": {"text": f"<p>{number}</p>", "ai_draft_html": f"<p>{number}</p>"},
    }
    bodies["everything"] = {
        name: value
        for each in ("title", "text", "pain", "assignee", "contact", "company", "tags", "project")
        for name, value in bodies[each].items()
    } | {**bodies["snooze"], **bodies["sources"]}
    return dict(bodies[name])


FIELDS = ["title", "text", "pain", "assignee", "contact", "company", "tags", "project", "snooze"]
FIELDS += ["done", "closed", "draft", "sources", "both", "everything"]
MOVES = [*FIELDS, "no title", "nobody", "no company", "no project", "open", "no draft"]


@pytest.mark.parametrize("name", FIELDS)
async def test_a_change_is_taken_back_and_done_again(stage: Scene, name: str, db: Any) -> None:
    chance = random.Random(name)
    first = await stage.look()
    body = a_change(name, stage, chance)
    while name in {"tags", "pain"} and body in ({"tag_ids": []}, {"pain_level": "LOW"}):
        body = a_change(name, stage, chance)
    changed = await stage.patch(body)
    second = await stage.look()
    assert first != second
    back = await undone(stage.client, changed)
    assert await stage.look() == first
    told = (await events_of(db, stage.thread_id))[-1]
    assert etag(await stage.client.get(stage.path)) != etag(changed)
    assert told["write_id"] == back.headers[UNDO] or str(told["write_id"]) == back.headers[UNDO]
    again = await undone(stage.client, back)
    assert await stage.look() == second
    await undone(stage.client, again)
    assert await stage.look() == first


@pytest.mark.parametrize("seed", range(12))
async def test_changes_are_taken_back_from_the_last_to_the_first(stage: Scene, seed: int) -> None:
    chance = random.Random(seed)
    shown, writes = [await stage.look()], []
    for _ in range(12):
        names = chance.sample(MOVES, chance.randint(1, 2))
        body: dict[str, Any] = {}
        for name in names:
            body |= a_change(name, stage, chance)
        if body.get("status") != "snoozed":
            body.pop("snoozed_until", None)
        if body.get("status") != "done":
            body.pop("closed_loop", None)
        if not body.get("ai_draft_html"):
            body.pop("ai_draft_sources", None)
        answer = await stage.patch(body)
        if UNDO in answer.headers:
            writes.append(answer)
            shown.append(await stage.look())
    assert len(writes) > 5
    redo = []
    for write, now, before in zip(writes[::-1], shown[:0:-1], shown[-2::-1], strict=True):
        assert await stage.look() == now
        redo.append(await undone(stage.client, write))
        assert await stage.look() == before
    for write, after in zip(redo[::-1], shown[1:], strict=True):
        await undone(stage.client, write)
        assert await stage.look() == after


@pytest.mark.parametrize("state", ["new", "open", "snoozed", "done", "closed"])
@pytest.mark.parametrize("name", ["snooze", "done", "closed", "open"])
async def test_each_state_comes_back(
    stage: Scene, make: Factory, db: Any, state: str, name: str
) -> None:
    moves = {"open": ["done", "open"], "snoozed": ["snooze"]}
    for each in [] if state == "new" else moves.get(state, [state]):
        await stage.patch(a_change(each, stage, random.Random(1)))
    columns = "select state, snoozed_until, last_snoozed_until, last_state_change_at"
    row = f"{columns}, is_read, html_version from threads where id = $1"
    before = await db.fetchrow(row, stage.thread_id)
    assert before["state"] == state
    changed = await stage.patch(a_change(name, stage, random.Random(2)))
    if UNDO not in changed.headers:
        assert await db.fetchrow(row, stage.thread_id) == before
        return
    await undone(stage.client, changed)
    assert await db.fetchrow(row, stage.thread_id) == before


@pytest.mark.parametrize("name", [each for each in FIELDS if each not in {"both", "everything"}])
async def test_a_newer_touch_of_the_same_is_named_and_nothing_written(
    stage: Scene, make: Factory, workspace: Workspace, db: Any, name: str
) -> None:
    olders: dict[str, dict[str, Any]] = {
        "title": {"title": "A"},
        "text": {"text": "<p>A</p>"},
        "pain": {"pain_level": "HIGH"},
        "assignee": {"assignee_id": stage.ids["member"][0]},
        "contact": {"contact_id": stage.ids["contact"][0]},
        "company": {"company_id": stage.ids["company"][0]},
        "tags": {"tag_ids": stage.ids["tag"][:1]},
        "project": {"project_id": stage.ids["project"][0]},
        "snooze": {"status": "snoozed", "snoozed_until": stage.in_days(3)},
        "done": {"status": "done"},
        "closed": {"status": "done", "closed_loop": True},
        "draft": {"ai_draft_html": "<p>A</p>"},
        "sources": {"ai_draft_html": "<p>A</p>", "ai_draft_sources": [{"type": "a", "title": "A"}]},
    }
    newers: dict[str, dict[str, Any]] = {
        "title": {"title": "B"},
        "text": {"text": "<p>B</p>"},
        "pain": {"pain_level": "MEDIUM"},
        "assignee": {"assignee_id": None},
        "contact": {"contact_id": stage.ids["contact"][1]},
        "company": {"company_id": None},
        "tags": {"tag_ids": []},
        "project": {"project_id": stage.ids["project"][1]},
        "snooze": {"status": "open"},
        "done": {"closed_loop": True},
        "closed": {"status": "open"},
        "draft": {"ai_draft_html": "<p>B</p>"},
        "sources": {"ai_draft_html": "<p>A</p>", "ai_draft_sources": [{"type": "a", "title": "B"}]},
    }
    older = olders[name]
    changed = await stage.patch(older)
    await stage.patch(newers[name])
    rows = await everything(db, workspace.id)
    named = " ".join(issues(await undo(stage.client, changed)))
    field = {"done": "last_state_change_at"}.get(name, next(iter(older)))
    assert field in named or name == "sources"
    assert f"the member {workspace.member_id}" in named
    assert await everything(db, workspace.id) == rows


async def test_another_field_stays_as_it_is_now(stage: Scene) -> None:
    changed = await stage.patch({"title": "A", "pain_level": "HIGH"})
    await stage.patch({"text": "<p>newer</p>", "status": "done", "tag_ids": stage.ids["tag"]})
    await undone(stage.client, changed)
    after = (await stage.client.get(stage.path)).json()
    assert (after["title"], after["pain_level"]) == (None, "LOW")
    assert (after["text"], after["status"]) == ("<p>newer</p>", "done")
    assert len(after["tags"]) == 3


async def test_what_is_back_already_is_nothing_to_take_back(stage: Scene) -> None:
    changed = await stage.patch({"title": "A"})
    await undone(stage.client, changed)
    (named,) = issues(await undo(stage.client, changed))
    assert "thread.updated of title" in named


# What is told of it


async def test_it_is_told_as_any_change(stage: Scene, db: Any, workspace: Workspace) -> None:
    body = {"status": "done", "title": "A", "assignee_id": stage.ids["member"][0]}
    changed = await stage.patch({**body, "tag_ids": stage.ids["tag"][:1]})
    back = await undone(stage.client, changed)
    told = await events_of(db, stage.thread_id)
    then, now = (
        [each for each in told if str(each["write_id"]) == answer.headers[UNDO]]
        for answer in (changed, back)
    )
    types = ["thread.updated", "thread.status_changed", "thread.assigned", "thread.tagged"]
    assert [each["type"] for each in then] == [each["type"] for each in now] == types
    for was, becomes in zip(then, now, strict=True):
        assert (becomes["before"], becomes["after"]) == (was["after"], was["before"])
        assert becomes["actor"] == was["actor"]
        assert becomes["version"] == was["version"] + 1
    assert now[0]["data"] == (await stage.client.get(stage.path)).json()
    assert now[0]["internal_before"]["state"] == "done"


async def test_a_dry_run_says_what_would_come_back(
    stage: Scene, db: Any, workspace: Workspace
) -> None:
    changed = await stage.patch({"status": "done"})
    rows = await everything(db, workspace.id)
    would = await undo(stage.client, changed, params={"dry_run": "true"})
    assert would.headers["x-looplane-would"] == "thread.updated, thread.status_changed"
    assert await everything(db, workspace.id) == rows


async def test_how_often_the_database_is_asked(stage: Scene, queries: Any) -> None:
    changed = await stage.patch({"title": "A", "tag_ids": stage.ids["tag"], "status": "done"})
    await stage.client.get("/me")
    with queries() as seen:
        await undone(stage.client, changed)
    # What the write did; in a transaction: again, the thread held, looked at, with what came since,
    # and written.
    assert len(seen) == 8, seen


async def test_html_that_is_back_is_as_clean_as_it_was(stage: Scene, db: Any) -> None:
    """An older cleaner had cleaned it, so it is to be gone over again."""
    versions = "select html_version from threads where id = $1"
    newest = await db.fetchval(versions, stage.thread_id)
    older = "update threads set html_version = $2 where id = $1"
    await db.execute(older, UUID(stage.thread_id), newest - 1)
    changed = await stage.patch({"text": "<p>B</p>"})
    await db.execute(older, UUID(stage.thread_id), newest)
    back = await undone(stage.client, changed)
    assert await db.fetchval(versions, stage.thread_id) == newest - 1
    await undone(stage.client, back)
    assert await db.fetchval(versions, stage.thread_id) == newest - 1
