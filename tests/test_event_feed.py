"""GET /events: what an event says, which ones a page has, and who sees them."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane import changes
from looplane.event_feed import sql
from looplane.event_feed.schemas import Position
from looplane.kit.clock import system_clock
from looplane.kit.context import Context
from looplane.kit.ids import new_id
from looplane.kit.paging import PAGE_BYTES
from looplane.kit.principal import Principal
from looplane.tags.sql import TAG
from tests.conftest import Workspace
from tests.factory import Factory
from tests.followers import FEED, kinds, page, walk
from tests.witness import events_of, faults

# The body of a webhook.
OF_WEBHOOK = {"id", "type", "created_at", "data"}


async def test_an_event_says_what_happened(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    assert await page(client) == {
        "data": [],
        "page": {"cursor": Position(0, UUID(int=0)).encode(), "has_more": False, "limit": 50},
    }
    thread = await make.thread()
    start = (await page(client))["page"]["cursor"]
    changed = await client.patch(
        f"/threads/{thread['id']}",
        json={"title": "New", "status": "done", "notify": {"slack": True}},
    )
    updated, status = (await page(client, after=start))["data"]
    stored = await events_of(db, thread["id"])
    key_id = (await client.get("/me")).json()["api_key_id"]
    now = changed.json()["updated_at"]
    assert updated == {
        "id": f"evt_{stored[1]['id'].hex}",
        "type": "thread.updated",
        "schema": 1,
        "created_at": now,
        "write_id": str(stored[1]["write_id"]),
        "subject_id": thread["id"],
        "history_of": thread["id"],
        "thread_ids": [],
        "version": 2,
        "actor": {
            "type": "program",
            "key_id": key_id,
            "member_id": str(workspace.member_id),
            "rule": None,
        },
        "cause": changed.headers["x-request-id"],
        "before": {"title": None, "status": "open", "last_state_change_at": None},
        "after": {"title": "New", "status": "done", "last_state_change_at": now},
        "data": changed.json(),
    }
    assert updated.keys() >= OF_WEBHOOK
    # The second has no data of its own.
    assert stored[2]["data_event_id"] == stored[1]["id"]
    assert status["type"] == "thread.status_changed"
    assert (status["data"], status["write_id"]) == (updated["data"], updated["write_id"])


async def test_what_has_no_changes_says_none(client: httpx.AsyncClient, make: Factory) -> None:
    await make.tag_group()
    (made,) = (await page(client))["data"]
    assert (made["type"], made["before"], made["after"]) == ("tag_group.created", None, None)


async def test_pages_of_one_are_the_same_as_one_page(
    client: httpx.AsyncClient, make: Factory
) -> None:
    thread = await make.thread()
    await make.comment(thread["id"])
    await client.patch(f"/threads/{thread['id']}", json={"title": "x", "status": "done"})
    for _ in range(3):
        await make.tag()
    whole = await page(client, limit=200)
    assert whole["page"]["has_more"] is False
    assert len(whole["data"]) == len({each["id"] for each in whole["data"]}) >= 11
    for limit in (1, 2, 200):
        assert await walk(client, limit=limit) == whole["data"]
        assert await walk(client, limit=limit, types="tag.*") == [
            each for each in whole["data"] if each["type"].startswith("tag.")
        ]
    # The last page is full, and known to be the last.
    exact = await page(client, limit=len(whole["data"]))
    assert (exact["data"], exact["page"]["has_more"]) == (whole["data"], False)
    again = await page(client, after=exact["page"]["cursor"])
    assert (again["data"], again["page"]["cursor"]) == ([], exact["page"]["cursor"])


async def test_from_now_on(client: httpx.AsyncClient, make: Factory) -> None:
    await make.tag()
    now = await page(client, after="latest")
    assert (now["data"], now["page"]["has_more"]) == ([], False)
    made = await make.tag_group()
    (told,) = (await page(client, after=now["page"]["cursor"]))["data"]
    assert told["data"] == made


async def test_types(client: httpx.AsyncClient, make: Factory) -> None:
    thread = await make.thread()
    await client.patch(f"/threads/{thread['id']}", json={"status": "done"})
    await make.tag()
    every = kinds(await walk(client))
    for asked, shown in (
        ("*", every),
        ("thread.created", ["thread.created"]),
        ("thread.*", ["thread.created", "thread.updated", "thread.status_changed"]),
        ("tag.created,thread.created", ["thread.created", "tag.created"]),
        ("thread.*,thread.created,*", every),
        ("message.*", []),
    ):
        assert kinds(await walk(client, types=asked)) == shown, asked
    wrong = await client.get(FEED, params={"types": "thread.created,thread.gone,tags.*,,*.created"})
    assert faults(wrong) == ["types"] * 4
    said = [each["message"] for each in wrong.json()["issues"]]
    for each in ("thread.gone", "tags.*", "*.created"):
        assert sum(each in one for one in said) == 1, said
    for wrong_types in ("", " ", "thread", "thread.", "thread.*.*", "Thread.created", "t*"):
        assert faults(await client.get(FEED, params={"types": wrong_types})) == ["types"]
    assert faults(await client.get(FEED, params={"types": "x" * 4001})) == ["types"]


async def test_the_history_of_one_thing(
    client: httpx.AsyncClient, make: Factory, make_other: Factory
) -> None:
    thread, other = await make.thread(), await make.thread()
    comment = await make.comment(thread["id"])
    await make.comment(other["id"])
    await make.message(thread["id"])
    found = await walk(client, subject=thread["id"], limit=1)
    assert {each["history_of"] for each in found} == {thread["id"]}
    assert kinds(found)[:2] == ["thread.created", "comment.created"]
    assert found[1]["subject_id"] == comment["id"]
    assert found == [each for each in await walk(client) if each["history_of"] == thread["id"]]
    assert kinds(await walk(client, subject=thread["id"], types="comment.*")) == ["comment.created"]
    theirs = await make_other.thread()
    for nobody in (theirs["id"], str(new_id()), "no-uuid", "", comment["id"]):
        assert await walk(client, subject=nobody) == []


async def test_the_end_of_a_history_is_the_end_of_all(
    client: httpx.AsyncClient, make: Factory
) -> None:
    thread = await make.thread()
    await make.tag()
    for asked in ({"subject": thread["id"]}, {"subject": "nothing"}, {"types": "thread.*"}):
        got = await page(client, **asked)
        assert got["page"]["cursor"] == (await page(client))["page"]["cursor"]


async def test_a_page_looks_at_so_many(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await make.tag_group()
    thread = await make.thread()
    whole = await walk(client)
    monkeypatch.setattr(sql, "MAX_SCANNED", 2)
    first = await page(client, types="thread.*")
    assert (first["data"], first["page"]["has_more"]) == ([], True)
    second = await page(client, types="thread.*", after=first["page"]["cursor"])
    assert (second["data"], second["page"]["has_more"]) == ([], True)
    third = await page(client, types="thread.*", after=second["page"]["cursor"])
    assert [each["subject_id"] for each in third["data"]] == [thread["id"]]
    assert await walk(client, types="thread.*") == third["data"]
    assert await walk(client) == whole


async def test_a_page_of_long_texts_ends_early(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    for _ in range(5):
        await make.tag_group()
    long = {"name": "x" * (PAGE_BYTES // 2)}
    await db.execute("update events set before = $2 where workspace_id = $1", workspace.id, long)
    first = await page(client)
    assert (len(first["data"]), first["page"]["has_more"]) == (2, True)
    assert len(await walk(client)) == 5
    first_batch = await sql.list_after(db, workspace.id, None, 10)
    assert (len(first_batch.events), first_batch.is_complete) == (2, False)
    rest = await sql.list_after(db, workspace.id, first_batch.end, 1)
    assert rest.events[0].position > first_batch.end
    # What is longer than a page is one.
    long = {"name": "x" * PAGE_BYTES * 2}
    await db.execute("update events set before = $2 where workspace_id = $1", workspace.id, long)
    assert [len((await page(client, limit=n))["data"]) for n in (1, 50)] == [1, 1]


@pytest.mark.parametrize(
    "cursor", ["x", "", "A" * 31, "A" * 33, "A" * 31 + "=", "_" * 32, "é" * 32, "Latest", "a\nb"]
)
async def test_a_broken_cursor(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get(FEED, params={"after": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    assert "start again" in answer.json()["message"]


async def test_a_place_that_is_yet_to_come(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    """As after a backup was put back: what follows there is not what the caller has missed."""
    await make.tag()
    ahead = await db.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    answer = await client.get(FEED, params={"after": Position(ahead + 100, new_id()).encode()})
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


async def test_one_look_at_the_database_a_page(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    thread = await make.thread()
    cursor = (await page(client))["page"]["cursor"]
    for asked, most in (
        ({}, 1),
        ({"after": cursor, "types": "thread.*"}, 1),
        ({"subject": thread["id"]}, 1),
        ({"after": "latest"}, 2),
    ):
        await client.get("/me")
        with queries() as seen:
            await page(client, **asked)
        assert len(seen) == most, seen


async def test_a_page_that_is_the_same_is_not_sent_again(
    client: httpx.AsyncClient, make: Factory
) -> None:
    await make.tag()
    first = await client.get(FEED)
    again = await client.get(FEED, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == httpx.codes.NOT_MODIFIED
    await make.tag()
    more = await client.get(FEED, headers={"If-None-Match": first.headers["etag"]})
    assert more.status_code == httpx.codes.OK


async def test_a_write_that_is_taken_back_is_in_no_page(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    now = (await page(client, after="latest"))["page"]["cursor"]
    context = Context(Principal(workspace.id, "rule", rule="test"), system_clock, "test")
    transaction = db.transaction()
    await transaction.start()
    group = {"name": "Gone", "color": "#123", "icon": None, "tag_group_id": None}
    await changes.create(db, context, TAG, group)
    await transaction.rollback()
    rehearsed = await client.post(
        "/tags/groups", json={"name": "x", "color": "#123"}, params={"dry_run": True}
    )
    assert rehearsed.is_success
    assert (await page(client, after=now))["data"] == []
