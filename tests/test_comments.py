"""Comments on a thread: say, list, change, take back, and what is told of it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

FILE = {"name": "log.txt", "url": "https://files.example/log.txt"}
WHOLE_FILE = {**FILE, "content_type": "text/plain", "size": 12}


@pytest.fixture
async def thread(make: Factory) -> dict[str, Any]:
    return await make.thread()


def comments_of(thread: dict[str, Any]) -> str:
    return f"/threads/{thread['id']}/comments"


async def test_create_and_get(
    client: httpx.AsyncClient,
    db: Any,
    clock: SteppedClock,
    workspace: Workspace,
    thread: dict[str, Any],
) -> None:
    clock.step(timedelta(minutes=1))
    body = {"content": "<p onclick=x()>They <b>churn</b></p>", "attachments": [FILE, WHOLE_FILE]}
    answer = await client.post(comments_of(thread), json=body)
    made, now = answer.json(), iso(clock())
    assert made == {
        "id": made["id"],
        "thread_id": thread["id"],
        "author": made["author"],
        "content": "<p>They <b>churn</b></p>",
        "attachments": [{**FILE, "content_type": None, "size": None}, WHOLE_FILE],
        "mentions": [],
        "created_at": now,
        "updated_at": now,
    }
    assert made["author"]["id"] == str(workspace.member_id)
    assert version(answer) == 1
    got = await client.get(f"{comments_of(thread)}/{made['id']}")
    assert (got.json(), got.headers["etag"]) == (made, answer.headers["etag"])
    expanded = await client.get(f"/threads/{thread['id']}", params={"expand": "comments"})
    assert expanded.json()["comments"] == [made]
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("comment.created", made)
    assert (str(event["aggregate_id"]), event["version"]) == (thread["id"], 1)


async def test_a_comment_is_a_change_of_its_thread(
    client: httpx.AsyncClient, db: Any, thread: dict[str, Any]
) -> None:
    path = comments_of(thread)
    made = (await client.post(path, json={"content": "<p>a</p>"})).json()
    await client.patch(f"{path}/{made['id']}", json={"content": "<p>b</p>"})
    await client.delete(f"{path}/{made['id']}")
    told = await events_of(db, thread["id"], made["id"])
    by_write: dict[Any, set[str]] = {}
    for each in told:
        by_write.setdefault(each["write_id"], set()).add(each["type"])
        if each["type"] == "thread.updated":
            assert "content" not in str(each["data"])
    expected = [{"thread.created"}]
    expected += [
        {f"comment.{verb}", "thread.updated"} for verb in ("created", "updated", "deleted")
    ]
    assert list(by_write.values()) == expected
    now = await client.get(f"/threads/{thread['id']}")
    assert version(now) == 4
    assert now.json()["updated_at"] > thread["updated_at"]
    same = [name for name in thread if name != "updated_at"]
    assert [now.json()[name] for name in same] == [thread[name] for name in same]


async def test_the_list_is_of_one_thread_the_newest_first(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock, queries: Any
) -> None:
    thread, other = await make.thread(), await make.thread()
    ids = []
    for _ in range(5):
        clock.step(timedelta(seconds=1))
        ids.append((await make.comment(thread["id"]))["id"])
        await make.comment(other["id"])
    await client.delete(f"{comments_of(thread)}/{ids.pop(2)}")
    found, cursor = [], None
    while True:
        params = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        with queries() as seen:
            page = (await client.get(comments_of(thread), params=params)).json()
        assert len(seen) <= 3  # the key, the thread, the page
        found += [each["id"] for each in page["data"]]
        cursor = page["page"]["cursor"]
        if cursor is None:
            break
    assert found == ids[::-1]


async def test_a_change_says_what_it_changed(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, thread: dict[str, Any]
) -> None:
    made = await make.comment(thread["id"], content="<p>a</p>", attachments=[WHOLE_FILE])
    path = f"{comments_of(thread)}/{made['id']}"
    clock.step(timedelta(minutes=1))
    answer = await client.patch(path, json={"content": "<p>b</p>"})
    assert answer.json() == {**made, "content": "<p>b</p>", "updated_at": iso(clock())}
    assert version(answer) == 2
    await client.patch(path, json={"attachments": []})
    assert (await client.get(path)).json()["attachments"] == []
    changes = [(each["before"], each["after"]) for each in await events_of(db, made["id"])]
    assert changes == [
        (None, None),
        ({"content": "<p>a</p>"}, {"content": "<p>b</p>"}),
        ({"attachments": [WHOLE_FILE]}, {"attachments": []}),
    ]


@pytest.mark.parametrize(
    "body", [{}, {"content": "<p>a</p>"}, {"attachments": [FILE]}, {"mention_ids": []}]
)
async def test_a_change_of_nothing_writes_nothing(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    thread: dict[str, Any],
    body: dict[str, Any],
) -> None:
    made = await make.comment(thread["id"], content="<p>a</p>", attachments=[FILE])
    before = await everything(db, workspace.id)
    answer = await client.patch(f"{comments_of(thread)}/{made['id']}", json=body)
    assert (answer.json(), version(answer)) == (made, 1)
    assert await everything(db, workspace.id) == before


async def test_what_is_deleted_is_gone(
    client: httpx.AsyncClient, make: Factory, db: Any, thread: dict[str, Any]
) -> None:
    made = await make.comment(thread["id"])
    path = f"{comments_of(thread)}/{made['id']}"
    answer = await client.delete(path)
    assert answer.json() == {"id": made["id"], "deleted": True}
    for again in (client.get(path), client.patch(path, json={}), client.delete(path)):
        assert (await again).status_code == 404
    assert (await client.get(comments_of(thread))).json()["data"] == []
    assert await kinds_of(db, made["id"]) == ["comment.created", "comment.deleted"]


async def test_a_comment_is_found_on_its_own_thread_alone_and_while_that_is_there(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread, other = await make.thread(), await make.thread()
    made = await make.comment(thread["id"])

    async def assert_missing(path: str) -> None:
        before = await everything(db, workspace.id)
        here = f"{path}/{made['id']}"
        calls = [client.get(here), client.patch(here, json={"content": "x"}), client.delete(here)]
        assert {(await each).status_code for each in calls} == {404}
        assert await everything(db, workspace.id) == before

    await assert_missing(comments_of(other))
    assert (await client.delete(f"/threads/{thread['id']}")).is_success
    await assert_missing(comments_of(thread))
    path = comments_of(thread)
    for call in (client.get(path), client.post(path, json={"content": "x"})):
        assert (await call).status_code == 404


async def test_versions_are_of_the_comment_and_of_the_thread_where_there_is_none(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, thread: dict[str, Any]
) -> None:
    seen = (await client.get(f"/threads/{thread['id']}")).headers["etag"]
    first = await client.post(
        comments_of(thread), json={"content": "x"}, headers={"If-Match": seen}
    )
    assert first.is_success
    before = await everything(db, workspace.id)
    late = await client.post(comments_of(thread), json={"content": "x"}, headers={"If-Match": seen})
    assert (late.status_code, await everything(db, workspace.id)) == (412, before)
    path = f"{comments_of(thread)}/{first.json()['id']}"
    await client.patch(f"/threads/{thread['id']}", json={"title": "Meanwhile"})
    match = {"If-Match": first.headers["etag"]}
    assert (await client.patch(path, json={"content": "y"}, headers=match)).is_success
    for call in (client.patch(path, json={}, headers=match), client.delete(path, headers=match)):
        assert (await call).status_code == 412


FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"content": "<script>x()</script>"}, ["content"]),
    ({"content": "", "mention_ids": ["no-id"]}, ["content", "mention_ids.0"]),
    ({"content": None}, ["content"]),
    ({"attachments": [{"name": "x"}]}, ["attachments.0.url"]),
    ({"attachments": [{**FILE, "url": "javascript:x()"}]}, ["attachments.0.url"]),
    ({"attachments": [FILE, {**FILE, "url": "ftp://x.example"}]}, ["attachments.1.url"]),
    (
        {"attachments": [{**FILE, "size": -1, "html": "x"}]},
        ["attachments.0.html", "attachments.0.size"],
    ),
    ({"attachments": [{**FILE, "size": 1.5}]}, ["attachments.0.size"]),
    ({"attachments": [{**FILE, "size": True}]}, ["attachments.0.size"]),
    ({"attachments": [FILE] * 21}, ["attachments"]),
    ({"author_id": "x"}, ["author_id"]),
]


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    thread: dict[str, Any],
    body: dict[str, Any],
    named: list[str],
) -> None:
    path = f"{comments_of(thread)}/{(await make.comment(thread['id']))['id']}"
    before = await everything(db, workspace.id)
    assert faults(await client.patch(path, json=body)) == named
    whole = {"content": "x", **body}
    assert faults(await client.post(comments_of(thread), json=whole)) == named
    assert await everything(db, workspace.id) == before


async def test_round_trips(
    client: httpx.AsyncClient, make: Factory, thread: dict[str, Any], queries: Any
) -> None:
    member, path = await make.member(name="Grace Hopper"), comments_of(thread)
    made = await make.comment(thread["id"])
    said = {"content": "<p>@Grace Hopper</p>", "mention_ids": [member]}
    # BEGIN and COMMIT, the thread, the row, its event, that of the thread; the team, the mentions.
    costs: list[tuple[str, str, Any, int]] = [
        ("POST", path, {"content": "x"}, 6),
        ("POST", path, said, 9),
        ("PATCH", f"{path}/{made['id']}", said, 9),
        ("PATCH", f"{path}/{made['id']}", said, 6),
        ("GET", f"{path}/{made['id']}", None, 1),
        ("DELETE", f"{path}/{made['id']}", None, 6),
    ]
    for method, there, body, most in costs:
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            answer = await client.request(method, there, json=body)
        assert answer.is_success
        assert len(seen) == most, (method, body, seen)
