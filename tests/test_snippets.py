"""Snippets: make, find, change, move between folders, delete."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.html import CLEANER_VERSION
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"title": "", "html": ""}, ["html", "title"]),
    ({"title": "x" * 256, "html": "<script>x()</script>"}, ["html", "title"]),
    ({"title": None, "html": None}, ["html", "title"]),
    ({"folder_id": "no-id", "name": "x"}, ["folder_id", "name"]),
]


async def titles(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/snippets", params=query)
    assert answer.is_success, answer.text
    return [each["title"] for each in answer.json()["data"]]


async def test_create_and_get(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    folder = await make.snippet_folder()
    body = {"title": "Refund", "html": "<p onclick=x()>We <b>refund</b>.</p>"}
    answer = await client.post("/snippets", json={**body, "folder_id": folder["id"]})
    made, now = answer.json(), iso(clock())
    assert made == {
        "id": made["id"],
        "title": "Refund",
        "html": "<p>We <b>refund</b>.</p>",
        "folder_id": folder["id"],
        "created_at": now,
        "updated_at": now,
    }
    got = await client.get(f"/snippets/{made['id']}")
    assert (got.json(), got.headers["etag"]) == (made, answer.headers["etag"])
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("snippet.created", made)
    loose = (await client.post("/snippets", json=body)).json()
    assert loose["folder_id"] is None
    assert faults(await client.post("/snippets", json={})) == ["html", "title"]


async def test_a_change_is_told_and_a_change_of_nothing_is_not(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    made, folder = await make.snippet(html="<p>a</p>"), await make.snippet_folder()
    path = f"/snippets/{made['id']}"
    clock.step(timedelta(minutes=1))
    answer = await client.patch(path, json={"html": "<p>b</p>", "folder_id": folder["id"]})
    expected = {**made, "html": "<p>b</p>", "folder_id": folder["id"], "updated_at": iso(clock())}
    assert (answer.json(), version(answer)) == (expected, 2)
    before = await everything(db, workspace.id)
    for same in ({}, {"html": "<p>b</p>"}, {"folder_id": folder["id"]}, {"title": made["title"]}):
        assert (await client.patch(path, json=same)).json() == expected
    assert await everything(db, workspace.id) == before
    cleared = await client.patch(path, json={"folder_id": None})
    assert cleared.json()["folder_id"] is None
    told = [(each["before"], each["after"]) for each in await events_of(db, made["id"])]
    assert told == [
        (None, None),
        (
            {"html": "<p>a</p>", "folder_id": made["folder_id"]},
            {"html": "<p>b</p>", "folder_id": folder["id"]},
        ),
        ({"folder_id": folder["id"]}, {"folder_id": None}),
    ]


async def test_html_is_kept_with_the_version_of_its_cleaner(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.snippet()
    kept = "select html_version from snippets where id = $1"
    assert await db.fetchval(kept, UUID(made["id"])) == CLEANER_VERSION
    await db.execute("update snippets set html_version = 1 where id = $1", UUID(made["id"]))
    await client.patch(f"/snippets/{made['id']}", json={"title": "Other"})
    assert await db.fetchval(kept, UUID(made["id"])) == 1
    await client.patch(f"/snippets/{made['id']}", json={"html": "<p>new</p>"})
    assert await db.fetchval(kept, UUID(made["id"])) == CLEANER_VERSION


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    path = f"/snippets/{(await make.snippet())['id']}"
    before = await everything(db, workspace.id)
    assert faults(await client.patch(path, json=body)) == named
    whole = {"title": "x", "html": "x", **body}
    assert faults(await client.post("/snippets", json=whole)) == named
    assert await everything(db, workspace.id) == before


async def test_filters(client: httpx.AsyncClient, make: Factory, clock: SteppedClock) -> None:
    first, second = await make.snippet_folder(), await make.snippet_folder()
    rows = [("Refund 100%", first), ("No refund", second), ("Hello_there", first), ("Bye", None)]
    for title, folder in rows:
        clock.step(timedelta(minutes=1))
        await make.snippet(title=title, folder_id=folder and folder["id"])
    assert await titles(client) == [title for title, _ in rows[::-1]]
    assert await titles(client, title_contains="REFUND") == ["No refund", "Refund 100%"]
    await make.snippet(title="Réponse")
    assert await titles(client, title_contains="REPONSE") == ["Réponse"]
    clock.step(timedelta(minutes=1))
    assert await titles(client, title_contains="0%") == ["Refund 100%"]
    assert await titles(client, title_contains="o_t") == ["Hello_there"]
    assert await titles(client, folder_id=first["id"]) == ["Hello_there", "Refund 100%"]
    both = {"folder_id": first["id"], "title_contains": "refund"}
    assert await titles(client, **both) == ["Refund 100%"]
    assert await titles(client, folder_id="no-id") == []
    last = iso(clock() - timedelta(minutes=1, seconds=1))
    assert await titles(client, updated_after=last) == ["Réponse", "Bye"]
    assert await titles(client, created_before=iso(clock() - timedelta(minutes=2))) == [
        "No refund",
        "Refund 100%",
    ]


async def test_what_is_deleted_is_gone(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    made = await make.snippet()
    path = f"/snippets/{made['id']}"
    assert (await client.delete(path)).json() == {"id": made["id"], "deleted": True}
    for again in (client.get(path), client.patch(path, json={}), client.delete(path)):
        assert (await again).status_code == 404
    assert await titles(client) == []
    assert await kinds_of(db, made["id"]) == ["snippet.created", "snippet.deleted"]


async def test_round_trips(client: httpx.AsyncClient, make: Factory, queries: Any) -> None:
    made, folder = await make.snippet(), await make.snippet_folder()
    path, moved = f"/snippets/{made['id']}", {"folder_id": folder["id"]}
    costs: list[tuple[str, str, Any, int]] = [
        ("GET", "/snippets", None, 1),
        ("GET", path, None, 1),
        ("POST", "/snippets", {"title": "x", "html": "x"}, 1),
        ("PATCH", path, {"title": "x"}, 2),
        ("PATCH", path, moved, 5),  # BEGIN, the folder, the row, the write, COMMIT
        ("DELETE", f"/snippets/folders/{folder['id']}", None, 6),
        ("DELETE", path, None, 4),
    ]
    for method, there, body, most in costs:
        await client.get("/me")  # the key is known for a second
        with queries() as seen:
            answer = await client.request(method, there, json=body)
        assert answer.is_success
        assert len(seen) == most, (method, there, seen)
