"""GET /threads?view: its filters and what else is sent, and what becomes of its cursors."""

from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.ids import new_id
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.witness import faults


async def _found(client: httpx.AsyncClient, view: dict[str, Any], **query: Any) -> list[str]:
    answer = await client.get("/threads", params={"view": view["id"], **query})
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["id"] for each in answer.json()["data"]]


async def test_its_filters_hold_beside_those_that_are_sent(
    client: httpx.AsyncClient, make: Factory
) -> None:
    first, second = [(await make.tag())["id"] for _ in range(2)]
    threads = [await make.thread(pain_level=level) for level in ("HIGH", "HIGH", "LOW")]
    ids = [each["id"] for each in threads]
    await client.patch(f"/threads/{ids[0]}", json={"tag_ids": [first, second]})
    await client.patch(f"/threads/{ids[1]}", json={"tag_ids": [first]})
    await client.patch(f"/threads/{ids[2]}", json={"tag_ids": [second]})
    view = await make.view(filters={"tag_id": [first]})
    assert await _found(client, view) == ids[1::-1]
    assert await _found(client, view, pain_level="LOW") == []
    # Of one filter that both set both hold.
    assert await _found(client, view, tag_id=second) == ids[:1]
    assert await _found(client, view, tag_none=second) == ids[1:2]
    assert await _found(client, view, tag_none=first) == []
    narrow = await make.view(filters={"pain_level": ["HIGH", "LOW"], "status": ["open"]})
    assert await _found(client, narrow, pain_level="MEDIUM,LOW", status="open") == ids[2:]
    everything = await make.view(filters={})
    assert await _found(client, everything) == ids[::-1]


async def test_the_tabs_are_the_callers(
    client: httpx.AsyncClient, app: ASGIApp, make: Factory, workspace: Workspace
) -> None:
    mine = await make.thread(assignee_id=str(workspace.member_id))
    await make.thread()
    view = await make.view(filters={"tab": "my"})
    assert (view["thread_count"], await _found(client, view)) == (1, [mine["id"]])
    async with connected(app, await make.key(member_id=await make.member())) as colleague:
        assert await _found(colleague, view) == []
        assert (await colleague.get(f"/views/{view['id']}")).json()["thread_count"] == 0
    async with connected(app, await make.key()) as program:
        got = (await program.get(f"/views/{view['id']}")).json()
        assert (got["thread_count"], got["thread_count_is_exact"]) == (None, False)
        listed = await program.get("/threads", params={"view": view["id"]})
        assert faults(listed) == ["tab"]


@pytest.mark.parametrize("id", ["", "x", "\ud800", "0" * 300, "{new}"])
async def test_a_view_that_is_not_there_is_said_to_be_missing(
    client: httpx.AsyncClient, make_other: Factory, id: str
) -> None:
    theirs = await make_other.view()
    for named in (id.replace("{new}", str(new_id())), theirs["id"], theirs["id"].upper()):
        sent = named.encode(errors="surrogatepass").decode(errors="replace")
        assert faults(await client.get("/threads", params={"view": sent})) == ["view"]


async def test_a_cursor_is_enough_by_itself(client: httpx.AsyncClient, make: Factory) -> None:
    ids = [(await make.thread())["id"] for _ in range(3)]
    view = await make.view(sort="last_activity", filters={"status": ["open"]})
    path = f"/views/{view['id']}"
    for more in ({}, {"sort": "created_at"}, {"status": "open"}):
        sent = {"view": view["id"], "limit": "1", **more}
        page = (await client.get("/threads", params=sent)).json()
        cursor, seen = page["page"]["cursor"], [page["data"][0]["id"]]
        while cursor:
            # What does not change which threads are shown does not end a list.
            await client.patch(path, json={"name": f"Renamed {len(seen)}", "order": len(seen)})
            alone = await client.get("/threads", params={"cursor": cursor, "limit": "1"})
            beside = await client.get("/threads", params={**sent, "cursor": cursor})
            assert alone.content == beside.content
            seen.append(alone.json()["data"][0]["id"])
            cursor = alone.json()["page"]["cursor"]
        assert seen == ids[::-1], more


CHANGES: list[dict[str, Any]] = [
    {"filters": {"status": ["done"]}},
    {"filters": {}},
    {"sort": "last_activity"},
    {"is_shared": False, "sort": "last_activity"},
]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_view_that_means_another_list_ends_its_cursors(
    client: httpx.AsyncClient, make: Factory, change: dict[str, Any]
) -> None:
    for _ in range(2):
        await make.thread()
    view = await make.view(filters={"status": ["open"]})
    path, sent = f"/views/{view['id']}", {"view": view["id"], "limit": "1"}
    cursor = (await client.get("/threads", params=sent)).json()["page"]["cursor"]
    await client.patch(path, json=change)
    refused = await client.get("/threads", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (422, "unprocessable")
    assert "changed" in refused.json()["message"]
    # As it was, its cursors are good again.
    await client.patch(path, json={"filters": view["filters"], "sort": view["sort"]})
    assert (await client.get("/threads", params={"cursor": cursor})).status_code == 200


async def test_an_order_that_is_sent_is_not_the_views(
    client: httpx.AsyncClient, make: Factory
) -> None:
    for _ in range(2):
        await make.thread()
    view = await make.view(filters={})
    sent = {"view": view["id"], "limit": "1", "sort": "created_at"}
    cursor = (await client.get("/threads", params=sent)).json()["page"]["cursor"]
    await client.patch(f"/views/{view['id']}", json={"sort": "last_activity"})
    assert (await client.get("/threads", params={"cursor": cursor})).status_code == 200


async def test_a_cursor_opens_no_view_of_others(
    client: httpx.AsyncClient, app: ASGIApp, make: Factory, stranger: httpx.AsyncClient
) -> None:
    for _ in range(2):
        await make.thread()
    view = await make.view(filters={}, is_shared=False)
    sent = {"view": view["id"], "limit": "1"}
    cursor = (await client.get("/threads", params=sent)).json()["page"]["cursor"]
    async with connected(app, await make.key(member_id=await make.member())) as colleague:
        for caller in (colleague, stranger):
            for params in ({"cursor": cursor}, {**sent, "cursor": cursor}):
                assert faults(await caller.get("/threads", params=params)) == ["view"]
    await client.delete(f"/views/{view['id']}")
    assert faults(await client.get("/threads", params={"cursor": cursor})) == ["view"]
    other = {"view": (await make.view())["id"], "cursor": cursor}
    assert (await client.get("/threads", params=other)).status_code == 422
