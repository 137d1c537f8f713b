"""GET /threads/{id}: with messages and comments if asked."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import faults

MESSAGE = """
insert into messages (workspace_id, id, thread_id, type, direction, subject, "from", text, html,
  user_id, created_at) values ($1, $2, $3, 'email', $4, $5, '{"email": "a@x.example"}', 'T',
  '<p>T</p>', $6, $7)"""
COMMENT = """
insert into comments (workspace_id, id, thread_id, author_id, content, created_at, updated_at,
  deleted_at) values ($1, $2, $3, $4, $5, $6, $6, $7)"""


@pytest.fixture
async def thread(make: Factory, db: Any, workspace: Workspace, clock: SteppedClock) -> Any:
    """A thread with two messages and two comments, stored newest first, and a deleted comment."""
    made = await make.thread()
    here, me, now = workspace.id, workspace.member_id, clock()
    hour, id = timedelta(hours=1), UUID(made["id"])
    await db.execute(MESSAGE, here, new_id(), id, "outbound", "second", me, now)
    await db.execute(MESSAGE, here, new_id(), id, "inbound", "first", None, now - hour)
    await db.execute(COMMENT, here, new_id(), id, me, "second", now, None)
    await db.execute(COMMENT, here, new_id(), id, None, "first", now - hour, None)
    await db.execute(COMMENT, here, new_id(), id, me, "deleted", now, now)
    return made


@pytest.mark.parametrize(
    "expand", [None, "messages", "comments", "messages,comments", "comments,messages"]
)
async def test_what_is_asked_for_comes_oldest_first(
    client: httpx.AsyncClient,
    thread: dict[str, Any],
    clock: SteppedClock,
    workspace: Workspace,
    expand: str | None,
) -> None:
    params = {"expand": expand} if expand else {}
    got = (await client.get(f"/threads/{thread['id']}", params=params)).json()
    wanted = set(expand.split(",")) if expand else set()
    assert set(got) == set(thread) | wanted
    assert {name: got[name] for name in thread} == thread
    me, hour_ago = str(workspace.member_id), iso(clock() - timedelta(hours=1))
    if "messages" in wanted:
        first, opening, second = got["messages"]
        assert opening["id"] == thread["id"]
        assert (first["subject"], first["direction"], first["user_id"]) == (
            "first",
            "inbound",
            None,
        )
        assert (second["subject"], second["direction"], second["user_id"]) == (
            ("second", "outbound", me)
        )
        assert (first["created_at"], first["from"]) == (hour_ago, {"email": "a@x.example"})
        assert {first["thread_id"], second["thread_id"]} == {thread["id"]}
    if "comments" in wanted:
        first, second = got["comments"]
        assert (first["content"], first["author"]) == ("first", None)
        assert (second["content"], second["author"]["id"]) == ("second", me)


EXPANDED = {"expand": "messages,comments"}


async def test_a_thread_made_by_the_api_begins_with_what_it_says(
    client: httpx.AsyncClient, make: Factory
) -> None:
    text = "<p>One &amp; <b>two</b></p><p>three<br>four</p>"
    thread = await make.thread(text=text, contact_email="Ada@x.example", contact_name="Ada")
    path = f"/threads/{thread['id']}"
    got = (await client.get(path, params=EXPANDED)).json()
    [opening] = got["messages"]
    assert opening == {
        "id": thread["id"],
        "thread_id": thread["id"],
        "type": "feedback",
        "direction": "inbound",
        "subject": "",
        "from": {"email": "Ada@x.example", "name": "Ada"},
        "to": [],
        "cc": [],
        "bcc": [],
        "text": "One & two\nthree\nfour",
        "html": text,
        "attachments": [],
        "user_id": None,
        "delivery": None,
        "created_at": thread["created_at"],
    }
    assert got["comments"] == []
    await client.delete(f"/contacts/{thread['contact']['id']}")
    changed = await client.patch(path, json={"text": "<p>other</p>"})
    [opening] = (await client.get(path, params=EXPANDED)).json()["messages"]
    assert (opening["from"], opening["html"]) == (None, changed.json()["text"])


async def test_a_thread_that_began_with_a_message_has_it_once(
    client: httpx.AsyncClient, thread: dict[str, Any], db: Any
) -> None:
    await db.execute(
        "update messages set is_opening = true where thread_id = $1 and subject = 'first'",
        UUID(thread["id"]),
    )
    got = (await client.get(f"/threads/{thread['id']}", params=EXPANDED)).json()
    assert [each["subject"] for each in got["messages"]] == ["first", "second"]


async def test_no_more_is_expanded_than_fits(
    client: httpx.AsyncClient, thread: dict[str, Any], db: Any, workspace: Workspace
) -> None:
    many = (
        "insert into messages (workspace_id, id, thread_id, type, direction, text, html, created_at)"
        " select $1, gen_random_uuid(), $2, 'email', 'inbound', '', '',"
        " now() + n * interval '1 s' from generate_series(1, 300) n"
    )
    await db.execute(many, workspace.id, UUID(thread["id"]))
    got = (await client.get(f"/threads/{thread['id']}", params=EXPANDED)).json()["messages"]
    assert len(got) == 200
    assert got == sorted(got, key=lambda each: each["created_at"])
    assert got[0]["subject"] == "first"


@pytest.mark.parametrize(
    "expand", ["", "tags", "messages,tags", "messages,", "Messages", " messages"]
)
async def test_an_unknown_expansion_is_refused(
    client: httpx.AsyncClient, make: Factory, expand: str
) -> None:
    id = (await make.thread())["id"]
    assert faults(await client.get(f"/threads/{id}", params={"expand": expand})) == ["expand"]
    answer = await client.get(f"/threads/{id}", params={"expanded": expand})
    assert faults(answer) == ["expanded"]


async def test_what_is_not_there_is_not_found(
    client: httpx.AsyncClient, make: Factory, make_other: Factory
) -> None:
    gone, theirs = await make.thread(), await make_other.thread()
    await client.delete(f"/threads/{gone['id']}")
    for id in (gone["id"], theirs["id"], str(new_id()), "x", gone["id"].upper(), "%00"):
        assert (await client.get(f"/threads/{id}")).status_code == 404, id


async def test_a_thread_as_it_was_before_its_parts_were_deleted(
    client: httpx.AsyncClient, make: Factory
) -> None:
    project, tag = await make.project(), await make.tag()
    thread = await make.thread(project_id=project["id"])
    path = f"/threads/{thread['id']}"
    await client.patch(path, json={"tag_ids": [tag["id"]]})
    for gone in (f"/projects/{project['id']}", f"/tags/{tag['id']}"):
        await client.delete(gone)
    got = (await client.get(path)).json()
    assert (got["tags"], got["customer_needs"]) == ([], [])
