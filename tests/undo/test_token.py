"""Who may take a write back, how long, how often, and what of it is there at once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from looplane.kit.ids import new_id
from looplane.kit.keys import SCOPES
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.processes import BLOCKS, come_about
from tests.undo.steps import UNDO, issues, shown, token, undo, undone
from tests.witness import events_of, everything, faults

NAME = {"name": "New"}


async def _changed(make: Factory) -> tuple[str, httpx.Response]:
    """The path of a tag, and the answer to a change of its name."""
    path = f"/tags/{(await make.tag())['id']}"
    return path, await make.client.patch(path, json=NAME)


def _is_unknown(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_inverse_is_a_change_with_events_of_its_own(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    tag = await make.tag(name="Old")
    changed = await client.patch(f"/tags/{tag['id']}", json=NAME)
    clock.step(timedelta(seconds=1))
    answer = await undone(client, changed)
    assert answer.json() == {
        "data": [{"id": tag["id"], "types": ["tag.updated"], "status": "undone", "error": None}]
    }
    *_, before, event = await events_of(db, tag["id"])
    assert (event["type"], event["before"], event["after"]) == (
        "tag.updated",
        {"name": "New"},
        {"name": "Old"},
    )
    assert event["version"] == before["version"] + 1
    assert event["write_id"] != before["write_id"]
    assert event["created_at"] == clock()
    assert (event["cause"], str(event["write_id"])) == (
        answer.headers["x-request-id"],
        token(answer),
    )


async def test_it_is_for_the_key_that_wrote_and_those_of_its_member(
    app: Any, client: httpx.AsyncClient, stranger: httpx.AsyncClient, make: Factory,
    workspace: Workspace, db: Any,
) -> None:  # fmt: skip
    _, changed = await _changed(make)
    member = await make.member(role="ADMIN")
    rows = await everything(db, workspace.id)
    async with (
        connected(app, await make.key(SCOPES, member)) as another,
        connected(app, await make.key(SCOPES)) as of_nobody,
    ):
        for each in (another, of_nobody, stranger):
            assert _is_unknown(await undo(each, changed))
    seen = await everything(db, workspace.id)
    assert [each for each in seen if "api_keys" not in each] == [
        each for each in rows if "api_keys" not in each
    ]
    async with connected(app, await make.key(SCOPES, str(workspace.member_id))) as mine:
        await undone(mine, changed)


async def test_a_key_without_a_member_takes_back_what_it_wrote_and_not_what_another_one_did(
    app: Any, make: Factory
) -> None:
    path = f"/tags/{(await make.tag())['id']}"
    first, second = [await make.key(SCOPES) for _ in range(2)]
    async with connected(app, first) as mine, connected(app, second) as theirs:
        changed = await mine.patch(path, json=NAME)
        assert _is_unknown(await undo(theirs, changed))
        await undone(mine, changed)


async def test_what_is_no_write_is_not_found(client: httpx.AsyncClient, make: Factory) -> None:
    tag = await make.tag()
    for each in (
        str(new_id()),
        str(uuid4()),
        tag["id"],
        str(UUID(int=0)),
        str(UUID(int=2**128 - 1)),
    ):
        assert _is_unknown(await undo(client, each))
    for each in ("x", "evt_1", "0" * 32, "%00", tag["id"].upper()):
        assert _is_unknown(await undo(client, each))


async def test_what_cannot_be_taken_back_has_no_token_and_is_not_found(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await client.post("/keys", json={"scopes": ["admin"]})
    assert UNDO not in made.headers
    (event,) = await events_of(db, made.json()["id"])
    assert _is_unknown(await undo(client, str(event["write_id"])))


async def test_what_changes_nothing_has_no_token(client: httpx.AsyncClient, make: Factory) -> None:
    tag = await make.tag()
    same = await client.patch(f"/tags/{tag['id']}", json={"name": tag["name"]})
    dry = await client.patch(f"/tags/{tag['id']}", json=NAME, params={"dry_run": "true"})
    assert (UNDO in same.headers, UNDO in dry.headers) == (False, False)


async def test_a_viewer_may_not_and_neither_may_a_key_that_lost_the_scope(
    app: Any, make: Factory, db: Any, workspace: Workspace
) -> None:
    member = await make.member()
    path = f"/tags/{(await make.tag())['id']}"
    async with connected(app, await make.key({"tags:write"}, member)) as mine:
        changed = await mine.patch(path, json=NAME)
        async with connected(
            app, await make.key({"tags:read", "threads:write"}, member)
        ) as lacking:
            refused = await undo(lacking, changed)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_required")
        assert "tags:write" in refused.json()["message"]
        await db.execute("update members set role = 'VIEWER' where id = $1", UUID(member))
        async with connected(app, await make.key({"tags:write"}, member)) as viewer:
            refused = await undo(viewer, changed)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await make.client.get(path)).json()["name"] == "New"


async def test_it_is_good_for_ten_minutes(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    _, changed = await _changed(make)
    clock.step(timedelta(minutes=10, seconds=1))
    late = await undo(client, changed)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert "10 minutes" in late.json()["message"]
    clock.step(timedelta(seconds=-2))
    await undone(client, changed)


async def test_the_second_time_names_the_first(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path, changed = await _changed(make)
    await undone(client, changed)
    (named,) = issues(await undo(client, changed))
    event = (await events_of(db, path.rpartition("/")[2]))[-1]
    assert named.startswith(f"evt_{event['id'].hex}: tag.updated of name at ")
    assert named.endswith(f" of the member {workspace.member_id}")


async def test_of_two_at_the_same_instant_one_is_done(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    for write in ("patch", "delete"):
        path = f"/tags/{(await make.tag(name='Old'))['id']}"
        changed = await client.request(write, path, json=NAME if write == "patch" else None)
        both = await asyncio.gather(*[undo(client, changed) for _ in range(2)])
        assert sorted(each.status_code for each in both) == [200, 409]
        assert (await client.get(path)).json()["name"] == "Old"


async def test_a_change_that_commits_while_it_waits_stands(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path, changed = await _changed(make)
    id = UUID(path.rpartition("/")[2])
    async with db.transaction():
        await db.execute("select from tags where id = $1 for update", id)
        waiting = asyncio.create_task(undo(client, changed))
        await come_about(lambda: db.fetchval(BLOCKS))
        # What a PATCH does, by another process.
        await db.execute("update tags set name = 'Newer', version = version + 1 where id = $1", id)
        await db.execute(
            "insert into events (workspace_id, id, write_id, type, subject_id, aggregate_id,"
            " version, actor, created_at, before, after, data) select workspace_id, $2, $2, type,"
            " subject_id, aggregate_id, version + 1, actor, created_at, before, after, data"
            " from events where subject_id = $1 and type = 'tag.updated'",
            id,
            new_id(),
        )
    assert issues(await waiting)
    assert (await client.get(path)).json()["name"] == "Newer"


async def test_what_no_event_tells_of_is_seen_all_the_same(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    path, changed = await _changed(make)
    id = UUID(path.rpartition("/")[2])
    await db.execute("update tags set name = 'Elsewhere' where id = $1", id)
    assert issues(await undo(client, changed)) == ["name: has another value by now"]


async def test_a_rehearsal_says_what_would_be(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path, changed = await _changed(make)
    rows = await everything(db, workspace.id)
    dry = await undo(client, changed, params={"dry_run": "true"})
    assert (dry.status_code, dry.headers["x-looplane-would"]) == (200, "tag.updated")
    assert dry.json()["data"][0]["status"] == "undone"
    assert UNDO not in dry.headers
    assert await everything(db, workspace.id) == rows
    await client.patch(path, json={"name": "Newer"})
    assert issues(await undo(client, changed, params={"dry_run": "true"}))


async def test_with_an_idempotency_key_it_is_done_once(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    _, changed = await _changed(make)
    key = {"Idempotency-Key": "once"}
    first = await undo(client, changed, headers=key)
    clock.step(timedelta(minutes=20))
    second = await undo(client, changed, headers=key)
    assert (second.content, second.headers[UNDO]) == (first.content, first.headers[UNDO])
    assert second.headers["idempotent-replayed"] == "true"
    _, other = await _changed(make)
    assert (await undo(client, other, headers=key)).status_code == 422
    assert faults(await undo(client, other, headers={"If-Match": '"1"'})) == ["If-Match"]


async def test_all_or_nothing(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    folder = await make.snippet_folder()
    first, second = [await make.snippet(folder_id=folder["id"]) for _ in range(2)]
    deleted = await client.delete(f"/snippets/folders/{folder['id']}")
    other = await make.snippet_folder(name="Other")
    newer = {"folder_id": other["id"]}
    await client.patch(f"/snippets/{first['id']}", json=newer)
    rows = await everything(db, workspace.id)
    (named,) = issues(await undo(client, deleted))
    assert "snippet.updated of folder_id" in named
    assert await everything(db, workspace.id) == rows
    await client.patch(f"/snippets/{first['id']}", json={"title": "Other words"})
    assert (await shown(client, f"/snippets/{second['id']}"))["folder_id"] is None


@pytest.mark.parametrize("count", [1, 30])
async def test_a_refusal_names_the_first_twenty(
    client: httpx.AsyncClient, make: Factory, count: int
) -> None:
    path, changed = await _changed(make)
    for i in range(count):
        await client.patch(path, json={"name": f"Name {i}"})
    named = issues(await undo(client, changed))
    assert len(named) == min(count, 21)
    assert (named[-1] == "events: there are more than these 20") == (count > 20)


async def test_it_is_looked_for_in_its_month_alone(
    client: httpx.AsyncClient, make: Factory, queries: Callable[[], Any]
) -> None:
    _, changed = await _changed(make)
    with queries() as seen:
        await undone(client, changed)
    # BEGIN and COMMIT, the write, its events, the row held, looked at and what is newer; a change.
    assert len(seen) <= 10, seen


async def test_one_after_the_other_from_the_last_on(
    client: httpx.AsyncClient, make: Factory
) -> None:
    tag = await make.tag(name="0")
    path = f"/tags/{tag['id']}"
    writes = [await client.patch(path, json={"name": name}) for name in ("1", "2", "3")]
    for write, name in zip(reversed(writes), ("2", "1", "0"), strict=True):
        back = await undone(client, write)
        assert (await client.get(path)).json()["name"] == name
    # The first one is done again, and is then as if it had never been taken back.
    await undone(client, back)
    assert (await client.get(path)).json()["name"] == "1"
    for write in writes[1:]:
        assert issues(await undo(client, write))
    await undone(client, await client.delete(path))
    await undone(client, writes[0])
    assert (await client.get(path)).json()["name"] == "0"
    assert issues(await undo(client, writes[0]))
