"""Views: what they keep, in which order they stand, and what is refused."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from looplane.views import commands
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, kinds_of, version

VIEWS = "/views"
LEAST = {"name": "N", "is_shared": True}
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": ""}, ["name"]),
    ({"name": "x" * 256, "sort": "colour", "order": 2e9}, ["name", "order", "sort"]),
    ({"name": "a\0b", "is_shared": None}, ["is_shared", "name"]),
    ({"filters": {"unknown": 1, "tab": "all"}}, ["filters.tab", "filters.unknown"]),
    ({"filters": {"limit": 1, "cursor": "x", "view": "x", "sort": "pain"}}, 4 * ["filters"]),
    ({"filters": {"tag_id": "one"}}, ["filters.tag_id"]),
    ({"filters": None, "owner": None, "thread_count": 1}, ["filters", "owner", "thread_count"]),
]


async def _names(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(VIEWS, params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["name"] for each in answer.json()["data"]]


async def test_create_and_get(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    tag = (await make.tag())["id"]
    filters = {"tab": "open", "tag_id": [tag], "pain_level": ["HIGH", "LOW"], "unassigned": True}
    filters |= {"created_after": "2026-01-31T09:30:00.000Z", "external_id": "x"}
    sent = {**filters, "status": None, "created_after": "2026-01-31T10:30:00+01:00"}
    body = {"name": "Urgent", "filters": sent, "sort": "oldest_waiting"}
    answer = await client.post(VIEWS, json={**body, "is_shared": True})
    made, now = answer.json(), iso(clock())
    member = (await client.get("/members")).json()["data"][0]
    owner = {name: member[name] for name in ("id", "name", "email", "image_url")}
    assert made == {
        **body,
        "id": made["id"],
        "filters": filters,
        "is_shared": True,
        "owner": owner,
        "order": 1,
        "thread_count": 0,
        "thread_count_is_exact": True,
        "created_at": now,
        "updated_at": now,
    }
    got = await client.get(f"{VIEWS}/{made['id']}")
    assert (got.json(), got.headers["etag"]) == (made, answer.headers["etag"])
    assert (await client.get(VIEWS)).json()["data"] == [made]
    (event,) = await events_of(db, made["id"])
    uncounted = {"thread_count": None, "thread_count_is_exact": False}
    assert (event["type"], event["data"]) == ("view.created", made | uncounted)
    assert event["visible_to"] is None


async def test_the_least_is_all_threads_newest_first(client: httpx.AsyncClient) -> None:
    made = (await client.post(VIEWS, json=LEAST)).json()
    assert (made["filters"], made["sort"]) == ({}, "created_at")


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    path = f"{VIEWS}/{(await make.view())['id']}"
    rows = await everything(db, workspace.id)
    for answer in (
        await client.post(VIEWS, json={**LEAST, **body}),
        await client.patch(path, json=body),
    ):
        found = faults(answer)
        assert found == named or [each.partition(".")[0] for each in found] == named
    assert await everything(db, workspace.id) == rows


NAMED = ["assignee_id", "contact_id", "company_id", "tag_id", "tag_all", "tag_none"]
NAMED += ["project_id", "issue_id", "company_tier"]


async def test_what_filters_name_is_there(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, db: Any, workspace: Workspace
) -> None:
    tag, theirs = (await make.tag())["id"], (await make_other.tag())["id"]
    gone = (await make.tag())["id"]
    await client.delete(f"/tags/{gone}")
    path = f"{VIEWS}/{(await make.view())['id']}"
    rows = await everything(db, workspace.id)
    for name in NAMED:
        filters = {name: [str(new_id()), "x", tag.upper(), theirs, gone]}
        for answer in (
            await client.post(VIEWS, json={**LEAST, "filters": filters}),
            await client.patch(path, json={"filters": filters}),
        ):
            assert faults(answer) == [f"filters.{name}.{i}" for i in range(5)]
    mixed = {"tag_id": [tag, theirs], "tag_none": [theirs], "tag_all": [tag]}
    answer = await client.post(VIEWS, json={"filters": mixed, "is_shared": 1, "name": ""})
    named = ["filters.tag_id.1", "filters.tag_none.0", "is_shared", "name"]
    # What does not fit its type keeps the body from being read at all.
    assert faults(answer) in (named, ["is_shared", "name"])
    answer = await client.post(VIEWS, json={**LEAST, "filters": mixed})
    assert faults(answer) == ["filters.tag_id.1", "filters.tag_none.0"]
    assert await everything(db, workspace.id) == rows


async def test_what_is_deleted_later_breaks_no_view(
    client: httpx.AsyncClient, make: Factory
) -> None:
    tag = (await make.tag())["id"]
    thread = await make.thread()
    await client.patch(f"/threads/{thread['id']}", json={"tag_ids": [tag]})
    view = await make.view(filters={"tag_id": [tag]})
    assert view["thread_count"] == 1
    await client.delete(f"/tags/{tag}")
    path = f"{VIEWS}/{view['id']}"
    got = (await client.get(path)).json()
    assert got == view | {"thread_count": 0}
    assert (await client.get(VIEWS)).json()["data"] == [got]
    found = await client.get("/threads", params={"view": view["id"]})
    assert (found.status_code, found.json()["data"]) == (200, [])
    renamed = await client.patch(path, json={"name": "Renamed"})
    assert (renamed.status_code, renamed.json()["filters"]) == (200, view["filters"])
    assert faults(await client.patch(path, json={"filters": view["filters"]})) == [
        "filters.tag_id.0"
    ]


async def test_the_order_is_theirs_and_a_new_one_is_the_last(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    first, second = [await make.view(name=name) for name in "12"]
    clock.step(timedelta(seconds=1))
    moved = await client.patch(f"{VIEWS}/{second['id']}", json={"order": 0.5, "name": "two"})
    assert moved.json() == {**second, "order": 0.5, "name": "two", "updated_at": iso(clock())}
    assert version(moved) == 2
    told = (await events_of(db, second["id"]))[-1]
    assert (told["before"], told["after"]) == (
        {"order": second["order"], "name": "2"},
        {"order": 0.5, "name": "two"},
    )
    await make.view(name="own", is_shared=False)
    await client.patch(f"{VIEWS}/{first['id']}", json={"order": 40})
    await make.view(name="3")
    await make.view(name="0", order=-1)
    await make.view(name="00", order=-1)
    assert await _names(client) == ["0", "00", "two", "own", "1", "3"]
    pages: list[str] = []
    cursor = None
    while cursor is not None or not pages:
        params = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(VIEWS, params=params)).json()
        pages += [each["name"] for each in page["data"]]
        cursor = page["page"]["cursor"]
    assert pages == ["0", "00", "two", "own", "1", "3"]


async def test_filters_are_replaced_as_a_whole(client: httpx.AsyncClient, make: Factory) -> None:
    view = await make.view(filters={"tab": "open", "unassigned": True})
    path = f"{VIEWS}/{view['id']}"
    changed = await client.patch(path, json={"filters": {"status": ["done"]}, "sort": "pain"})
    assert (changed.json()["filters"], changed.json()["sort"]) == ({"status": ["done"]}, "pain")
    assert version(await client.patch(path, json={"filters": {"status": ["done"]}})) == 2
    assert (await client.patch(path, json={"filters": {}})).json()["filters"] == {}


async def test_delete(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    view = await make.view(name="Same")
    path = f"{VIEWS}/{view['id']}"
    assert (await client.delete(path)).json() == {"id": view["id"], "deleted": True}
    for answer in (
        await client.get(path),
        await client.patch(path, json={}),
        await client.delete(path),
    ):
        assert answer.status_code == 404
    assert await _names(client) == []
    assert await kinds_of(db, view["id"]) == ["view.created", "view.deleted"]
    await make.view(name="Same")


async def test_two_of_a_name_are_refused(client: httpx.AsyncClient, make: Factory) -> None:
    await make.view(name="Für mich")
    taken = {"name": "FUR  MICH".replace("  ", " "), "is_shared": True}
    refused = await client.post(VIEWS, json=taken)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "fur mich" not in refused.text.lower()
    own = await make.view(name="FUR MICH", is_shared=False)
    second = await make.view(name="Other")
    renamed = await client.patch(f"{VIEWS}/{second['id']}", json={"name": "für mich"})
    shared = await client.patch(f"{VIEWS}/{own['id']}", json={"is_shared": True})
    assert (renamed.status_code, shared.status_code) == (409, 409)
    both = {"is_shared": True, "name": "Mine, for all"}
    assert (await client.patch(f"{VIEWS}/{own['id']}", json=both)).status_code == 200


async def test_at_the_same_instant(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post(VIEWS, json=LEAST) for _ in range(6)))
    assert sorted(each.status_code for each in answers) == [200] + 5 * [409]
    bodies = [{"name": f"View {n}", "is_shared": n % 2 == 0} for n in range(8)]
    answers = await asyncio.gather(*(client.post(VIEWS, json=each) for each in bodies))
    assert {each.status_code for each in answers} == {200}
    found = (await client.get(VIEWS)).json()["data"]
    assert [each["order"] for each in found] == [*range(1, 10)]
    moves = (client.patch(f"{VIEWS}/{each['id']}", json={"order": 5}) for each in found)
    await asyncio.gather(*moves)
    again = [each["id"] for each in (await client.get(VIEWS)).json()["data"]]
    assert again == sorted(each["id"] for each in found)


async def test_there_may_be_so_many(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "MAX_VIEWS", 2)
    shared = [await make.view() for _ in range(2)]
    own = [await make.view(is_shared=False) for _ in range(2)]
    for is_shared, kind in ((True, "shared"), (False, "personal")):
        refused = await client.post(VIEWS, json={"name": "More", "is_shared": is_shared})
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
        assert f"2 {kind} views" in refused.json()["message"]
    for each, is_shared in ((own[0], True), (shared[0], False)):
        path = f"{VIEWS}/{each['id']}"
        moved = await client.patch(path, json={"is_shared": is_shared})
        assert moved.status_code == 409
        assert (await client.patch(path, json={"name": f"New {is_shared}"})).status_code == 200
    await client.delete(f"{VIEWS}/{own[1]['id']}")
    moves = [client.patch(f"{VIEWS}/{each['id']}", json={"is_shared": False}) for each in shared]
    moved_at_once = await asyncio.gather(*moves)
    assert sorted(each.status_code for each in moved_at_once) == [200, 409]


async def test_if_match_and_dry_run(client: httpx.AsyncClient, make: Factory) -> None:
    view = await make.view()
    path = f"{VIEWS}/{view['id']}"
    etag = (await client.get(path)).headers["etag"]
    # Who counts the threads of a view does not change it.
    await make.thread()
    counted = await client.get(path, headers={"If-None-Match": etag})
    assert (counted.status_code, counted.json()["thread_count"]) == (200, 1)
    rehearsed = await client.patch(
        path, json={"name": "Dry", "is_shared": False}, params={"dry_run": "true"}
    )
    assert rehearsed.headers["x-looplane-would"] == "view.updated"
    assert (await client.get(path)).json()["name"] == view["name"]
    headers = {"If-Match": etag}
    changed = await client.patch(path, json={"name": "A", "is_shared": False}, headers=headers)
    assert (changed.status_code, version(changed)) == (200, 3)
    assert (await client.patch(path, json={"name": "B"}, headers=headers)).status_code == 412
    assert (await client.delete(path, headers=headers)).status_code == 412
