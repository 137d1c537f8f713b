"""GET /threads/{id}/events: what happened to a thread, and to what belongs to it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from starlette.types import ASGIApp

from looplane.erasure.commands import erase_contact
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.database import connected as connected_to
from looplane.kit.ids import new_id
from looplane.kit.principal import Principal
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.followers import kinds
from tests.test_event_feed_access import tell_one
from tests.witness import faults


async def history(client: httpx.AsyncClient, id: str, **params: Any) -> list[dict[str, Any]]:
    """All of it."""
    found: list[dict[str, Any]] = []
    while True:
        answer = await client.get(f"/threads/{id}/events", params=params)
        assert answer.is_success, answer.text
        found += answer.json()["data"]
        cursor = answer.json()["page"]["cursor"]
        assert answer.json()["page"]["has_more"] is (cursor is not None)
        if cursor is None:
            return found
        params = {"cursor": cursor, "limit": params.get("limit", 50)}


async def test_what_belongs_to_a_thread_is_in_its_history(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    thread, other = await make.thread(), await make.thread()
    path = f"/threads/{thread['id']}"
    await client.patch(path, json={"title": "x", "status": "done"})
    comment = await make.comment(thread["id"])
    clock.step(timedelta(seconds=1))
    await client.patch(f"{path}/comments/{comment['id']}", json={"content": "<p>y</p>"})
    project = await make.project()
    needs = await client.post(f"{path}/customer-needs", json={"project_ids": [project["id"]]})
    assert needs.is_success
    message = await make.message(thread["id"])
    await make.comment(other["id"])
    whole = await history(client, thread["id"])
    shown = [each for each in kinds(whole) if each != "thread.updated"]
    assert shown == [
        "message.sent",
        "customer_need.created",
        "comment.updated",
        "comment.created",
        "thread.status_changed",
        "thread.created",
    ]
    assert {each["history_of"] for each in whole} == {thread["id"]}
    assert message["id"] in {each["subject_id"] for each in whole}
    # As those who follow are told it, from the other end.
    feed = await client.get("/events", params={"subject": thread["id"]})
    assert feed.json()["data"] == whole[::-1]
    for limit in (1, 2, 200):
        assert await history(client, thread["id"], limit=limit) == whole
    chosen = await history(client, thread["id"], types="comment.*,thread.created", limit=1)
    assert kinds(chosen) == ["comment.updated", "comment.created", "thread.created"]
    assert await history(client, thread["id"], types="tag.*") == []


async def test_what_was_written_is_there_at_once(
    client: httpx.AsyncClient, make: Factory, dsn: str
) -> None:
    """Nobody goes on from here, so nobody has to be waited for."""
    thread = await make.thread()
    async with connected_to(dsn) as slow, slow.transaction():
        await slow.execute("create temporary table t ()")  # it has a number
        await client.patch(f"/threads/{thread['id']}", json={"title": "x"})
        assert kinds(await history(client, thread["id"])) == ["thread.updated", "thread.created"]
        feed = await client.get("/events", params={"subject": thread["id"]})
        assert kinds(feed.json()["data"]) == ["thread.created"]


async def test_a_cursor_keeps_its_types(client: httpx.AsyncClient, make: Factory) -> None:
    thread = await make.thread()
    await client.patch(f"/threads/{thread['id']}", json={"status": "done"})
    path = f"/threads/{thread['id']}/events"
    asked = await client.get(path, params={"types": "thread.*", "limit": 1})
    first = asked.json()["page"]["cursor"]
    again = await client.get(path, params={"cursor": first, "types": "thread.created"})
    assert (again.status_code, again.json()["code"]) == (422, "unprocessable")
    assert faults(await client.get(path, params={"types": "thread.gone,no"})) == ["types"] * 2


async def test_a_thread_that_is_not_there(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, stranger: httpx.AsyncClient
) -> None:
    thread, theirs = await make.thread(), await make_other.thread()
    assert await history(stranger, theirs["id"])
    await client.delete(f"/threads/{thread['id']}")
    for gone in (thread["id"], theirs["id"], str(new_id()), (await make.tag())["id"]):
        answer = await client.get(f"/threads/{gone}/events")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    # Whoever follows hears of the deletion.
    feed = await client.get("/events", params={"subject": thread["id"]})
    assert kinds(feed.json()["data"]) == ["thread.created", "thread.deleted"]


async def test_who_is_shown_what(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread, tag = await make.thread(), await make.tag()
    await tell_one(db, workspace, tag["id"], workspace.member_id)
    # In the history of the thread, of a noun that another scope shows.
    await db.execute(
        "update events set aggregate_id = $1 where subject_id = $2 and type = 'tag.updated'",
        UUID(thread["id"]),
        UUID(tag["id"]),
    )
    assert kinds(await history(client, thread["id"])) == ["tag.updated", "thread.created"]
    colleague = await make.member()
    for scopes, member in (
        ({"threads:read", "tags:read"}, colleague),
        ({"threads:read", "tags:read"}, None),
        ({"threads:read"}, str(workspace.member_id)),
    ):
        async with connected(app, await make.key(scopes, member)) as caller:
            assert kinds(await history(caller, thread["id"])) == ["thread.created"]
    async with connected(app, await make.key({"threads:read"})) as caller:
        asked = {"types": "tag.*"}
        answer = await caller.get(f"/threads/{thread['id']}/events", params=asked)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_required")


async def test_who_is_forgotten_is_in_no_event(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    word = "Zanzibar"
    said = {"title": word, "contact_email": f"{word}@mail.example", "contact_name": word}
    thread = await make.thread(text=f"<p>{word}</p>", **said)
    path = f"/threads/{thread['id']}"
    await client.patch(path, json={"title": f"{word} again", "status": "done"})
    await client.patch(path, json={"text": f"<p>{word} once more</p>"})
    comment = await make.comment(thread["id"], content=f"<p>{word}</p>")
    member = {"content": f"<p>{word} @{word}</p>", "mention_ids": [str(workspace.member_id)]}
    mentioning = await make.comment(thread["id"], **member)
    await client.patch(f"{path}/comments/{mentioning['id']}", json={"mention_ids": []})
    changed = {"content": f"<p>{word} too</p>"}
    await client.patch(f"{path}/comments/{comment['id']}", json=changed)
    await make.message(thread["id"], content=f"<p>{word}</p>")
    before = await history(client, thread["id"])
    assert sum(word in str(each) for each in before) >= 6
    rule = Context(Principal(workspace.id, "rule", rule="erase"), system_clock, "erase")
    await erase_contact(db, rule, thread["contact"]["id"])
    after = await history(client, thread["id"])
    feed = await client.get("/events", params={"limit": 200})
    assert word not in str(after) + feed.text
    # What happened, when and by whom, is still told.
    told = ("id", "type", "created_at", "version", "actor", "cause", "write_id")
    assert [[each[name] for name in told] for each in after] == [
        [each[name] for name in told] for each in before
    ]
    # What is not told are marks of the program, and no words.
    untold = await db.fetch(
        "select internal_before from events where workspace_id = $1 and internal_before is not null",
        workspace.id,
    )
    names = {name for row in untold for name in row["internal_before"]}
    assert names <= {"state", "last_snoozed_until", "html_version"}


async def test_two_looks_at_the_database(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    thread = await make.thread()
    await client.get("/me")
    with queries() as seen:
        await history(client, thread["id"])
    assert len(seen) == 2
