"""GET /threads: filters, pages, cursors."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.ids import new_id
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import faults


async def ids(client: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await client.get("/threads", params=params)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["data"]]


async def test_newest_first_and_each_as_it_is_alone(
    client: httpx.AsyncClient, make: Factory, make_other: Factory, clock: SteppedClock
) -> None:
    await make_other.thread()
    same_moment = [await make.thread() for _ in range(3)]
    clock.step(timedelta(hours=1))
    newest = await make.thread()
    oldest = await make.thread(created_at=iso(clock() - timedelta(days=1)))
    page = (await client.get("/threads")).json()
    by_id = sorted(same_moment, key=lambda each: each["id"], reverse=True)
    assert page["data"] == [newest, *by_id, oldest]
    assert page["page"] == {"cursor": None, "has_more": False, "limit": 50}


async def test_each_filter_finds_its_own(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace, clock: SteppedClock
) -> None:
    await make.thread()
    clock.step(timedelta(hours=1))
    company, project, tag = await make.company(), await make.project(), await make.tag()
    issue, member = (await make.issue())["id"], await make.member()
    fields = {"pain_level": "HIGH", "origin": "widget", "external_ids": {"zendesk": "z1"}}
    links = {"assignee_id": member, "company_id": company["id"]}
    needs = {"project_id": project["id"], "issue_id": issue}
    wanted = await make.thread(status="done", **fields, **links, **needs)
    await client.patch(f"/threads/{wanted['id']}", json={"tag_ids": [tag["id"]]})
    filters = {
        "status": "done",
        "tab": "done",
        "pain_level": "HIGH",
        "origin": "widget",
        "external_id": "z1",
        "contact_id": wanted["contact"]["id"],
        "tag_id": tag["id"],
        **links,
        **needs,
        "created_after": iso(clock() - timedelta(minutes=1)),
        "updated_after": iso(clock() - timedelta(minutes=1)),
    }
    for name, value in filters.items():
        assert await ids(client, **{name: value}) == [wanted["id"]], name
    assert await ids(client, **filters) == [wanted["id"]], "all of them together"
    for name in filters:
        if name.endswith("_id"):
            for unknown in (str(new_id()), "nothing", "Z1"):
                assert await ids(client, **{name: unknown}) == [], name


async def test_the_bounds_of_a_span_are_outside_of_it(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    hour = timedelta(hours=1)
    start, made = clock(), []
    for _ in range(3):
        made.append((await make.thread())["id"])
        clock.step(hour)
    await client.patch(f"/threads/{made[0]}", json={"title": "T"})
    between = {"created_after": iso(start), "created_before": iso(start + 2 * hour)}
    assert await ids(client, **between) == [made[1]]
    assert await ids(client, updated_after=iso(start + 2 * hour)) == [made[0]]
    assert await ids(client, updated_before=iso(start + 2 * hour)) == [made[1]]
    shifted = (start + 2 * hour).isoformat().replace("+00:00", "-00:00")
    assert await ids(client, created_before=shifted) == [made[1], made[0]]


async def test_a_filter_does_not_find_by_what_was_deleted(
    client: httpx.AsyncClient, make: Factory
) -> None:
    company, project, tag = await make.company(), await make.project(), await make.tag()
    thread = await make.thread(company_id=company["id"], project_id=project["id"])
    await client.patch(f"/threads/{thread['id']}", json={"tag_ids": [tag["id"]]})
    contact = thread["contact"]["id"]
    gone = {
        "company_id": ("companies", company["id"]),
        "contact_id": ("contacts", contact),
        "project_id": ("projects", project["id"]),
        "tag_id": ("tags", tag["id"]),
    }
    for name, (noun, id) in gone.items():
        assert await ids(client, **{name: id}) == [thread["id"]], name
        assert (await client.delete(f"/{noun}/{id}")).status_code == 200
        assert await ids(client, **{name: id}) == [], name


@pytest.mark.parametrize(
    ("params", "paths"),
    [
        ({"limit": "0"}, ["limit"]),
        ({"limit": "201"}, ["limit"]),
        ({"limit": "x"}, ["limit"]),
        ({"status": "closed"}, ["status"]),
        ({"tab": "mine"}, ["tab"]),
        ({"pain_level": ""}, ["pain_level"]),
        (
            {"origin": "fax", "created_after": "today", "sort": "x"},
            ["created_after", "origin", "sort"],
        ),
        ({"tag_id": ["a", "b"]}, ["tag_id"]),
        ({"updated_before": "2030-01-01T00:00:00"}, ["updated_before"]),
    ],
)
async def test_what_a_list_refuses(
    client: httpx.AsyncClient, params: dict[str, Any], paths: list[str]
) -> None:
    assert faults(await client.get("/threads", params=params)) == paths


async def test_pages_hold_all_in_order(client: httpx.AsyncClient, make: Factory) -> None:
    made = sorted([(await make.thread())["id"] for _ in range(7)], reverse=True)
    for limit in (1, 2, 3, 7, 8):
        seen, cursor, sizes = [], None, []
        while True:
            params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
            body = (await client.get("/threads", params=params)).json()
            seen += [row["id"] for row in body["data"]]
            sizes.append(len(body["data"]))
            cursor = body["page"]["cursor"]
            assert body["page"]["limit"] == limit
            assert body["page"]["has_more"] is (cursor is not None)
            if cursor is None:
                break
        assert seen == made
        assert sizes[:-1] == [limit] * (len(sizes) - 1)
        assert 0 < sizes[-1] <= limit


async def test_a_cursor_belongs_to_its_filters(
    client: httpx.AsyncClient, make: Factory, stranger: httpx.AsyncClient
) -> None:
    for _ in range(3):
        await make.thread()
    body = (await client.get("/threads", params={"limit": 1, "tab": "new"})).json()
    cursor = body["page"]["cursor"]
    assert len(await ids(client, tab="new", cursor=cursor)) == 2, "another limit is no other list"
    assert await ids(stranger, tab="new", cursor=cursor) == []
    by_itself = (await client.get("/threads", params={"cursor": cursor})).json()
    assert [each["tab"] for each in by_itself["data"]] == ["new", "new"]
    others: list[dict[str, str]] = [{"tab": "open"}, {"tab": "new", "status": "open"}]
    others += [{"status": "open"}, {"created_after": "2026-01-01T00:00:00Z"}]
    for params in others:
        answer = await client.get("/threads", params={**params, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")
    answer = await client.get("/contacts", params={"cursor": cursor})
    assert answer.status_code == 422


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "=" * 8,
        _encoded("[]"),
        _encoded("{}"),
        _encoded('"abc"'),
        _encoded('[1,"x","y"]'),
        _encoded(f'[1e300,"{new_id()}","y"]'),
        _encoded(f'["1","{new_id()}","y"]'),
        _encoded('[1,5,"y"]'),
        _encoded(f'[{10**17},"{new_id()}","y"]'),
        _encoded(f'[1,"{new_id()}","y"]'),
        _encoded(f'[1,"{new_id()}",["y"]]'),
        _encoded("[" * 100),
        # Deeper than what can be written, and not than what can be read.
        _encoded(f'["ThreadQuery",{{"tag_id":{"[" * 300}{"]" * 300}}},1,"{new_id()}"]'),
    ],
)
async def test_a_broken_cursor(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get("/threads", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


async def test_several_values_of_a_filter_are_a_comma_list(
    client: httpx.AsyncClient, make: Factory
) -> None:
    threads = [await make.thread(pain_level=level) for level in ("LOW", "MEDIUM", "HIGH")]
    low, _, high = [each["id"] for each in threads]
    assert await ids(client, pain_level="HIGH,LOW,HIGH") == [high, low]
    unknown = f"{threads[0]['contact']['id']},{new_id()},x"
    assert await ids(client, contact_id=unknown) == [low]
    assert await ids(client, contact_id=f"{new_id()},") == []
    assert await ids(client, tag_all=str(new_id())) == []
    assert len(await ids(client, tag_none=str(new_id()))) == 3


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"unassigned": "true", "assignee_id": "x"}, ["unassigned", "assignee_id"]),
        ({"unassigned": "true", "tab": "my"}, ["unassigned", "tab"]),
        ({"tag_all": "a,b", "tag_none": "b"}, ["tag_all", "tag_none"]),
        ({"tag_id": "a,b", "tag_none": "b,a"}, ["tag_id", "tag_none"]),
        (
            {"company_revenue_min": "2", "company_revenue_max": "1"},
            ["company_revenue_min", "company_revenue_max"],
        ),
        ({"contact_id": ",".join("x" * 51)}, ["contact_id", "51 items"]),
        ({"waiting_longer_than": "-1"}, ["waiting_longer_than"]),
        ({"waiting_longer_than": "1.5"}, ["waiting_longer_than"]),
        ({"status": "open,"}, ["status"]),
        ({"tag_id": ",".join(f"{n:0255}" for n in range(20))}, ["5,000 bytes"]),
    ],
)
async def test_filters_that_no_thread_can_meet_are_refused(
    client: httpx.AsyncClient, params: dict[str, str], said: list[str]
) -> None:
    answer = await client.get("/threads", params=params)
    assert answer.status_code == 400
    assert all(each in answer.text for each in said), answer.text


async def test_a_cursor_keeps_the_order_and_all_its_filters(
    client: httpx.AsyncClient, make: Factory
) -> None:
    threads = [await make.thread(pain_level=level) for level in ("HIGH", "UNKNOWN", "LOW")]
    contacts = [each["contact"]["id"] for each in threads]
    many = ",".join([*contacts, *(str(new_id()) for _ in range(47))])
    params = {"sort": "pain", "contact_id": many, "tag_none": many, "limit": "2"}
    page = (await client.get("/threads", params=params)).json()
    assert [each["pain_level"] for each in page["data"]] == ["HIGH", "LOW"]
    cursor = page["page"]["cursor"]
    rest = (await client.get("/threads", params={"cursor": cursor})).json()
    assert [each["pain_level"] for each in rest["data"]] == ["UNKNOWN"]
    for sort in ("created_at", "revenue"):
        answer = await client.get("/threads", params={**params, "sort": sort, "cursor": cursor})
        assert answer.status_code == 422, answer.text
