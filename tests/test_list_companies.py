"""Lists of companies, by filter and page, and of what a company can name."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from tests.company_choices import insert_choice, insert_links
from tests.conftest import SteppedClock
from tests.factory import Factory
from tests.witness import faults

BIGGEST = 2**53 - 1


async def _names(client: httpx.AsyncClient, **filters: Any) -> list[str]:
    answer = await client.get("/companies", params=filters)
    assert answer.status_code == httpx.codes.OK, answer.text
    return [each["name"] for each in answer.json()["data"]]


async def test_the_filters(client: httpx.AsyncClient, make: Factory) -> None:
    links = await insert_links(make)
    by_tier = {"tier_id": links["tier_id"]}
    await make.company(name="A_1%", size=10, revenue=100, domains=["a.de", "b.de"])
    await make.company(name="aX1 Corp", size=20, revenue=200, external_ids=["e1", "e2"], **by_tier)
    await make.company(name="Third", size=30, status_id=links["status_id"], domains=["b.de"])
    expected: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["Third", "aX1 Corp", "A_1%"]),
        ({"domain": "b.de"}, ["Third", "A_1%"]),
        ({"domain": ".de"}, []),
        ({"external_id": "e2"}, ["aX1 Corp"]),
        ({"name_contains": "a_1%"}, ["A_1%"]),
        ({"name_contains": "CORP"}, ["aX1 Corp"]),
        ({"status_id": links["status_id"]}, ["Third"]),
        ({"tier_id": links["tier_id"]}, ["aX1 Corp"]),
        ({"tier_id": "x"}, []),
        ({"size_gte": 20}, ["Third", "aX1 Corp"]),
        ({"size_lte": 20}, ["aX1 Corp", "A_1%"]),
        ({"size_gte": 10, "size_lte": 10}, ["A_1%"]),
        ({"revenue_gte": 0}, ["aX1 Corp", "A_1%"]),
        ({"revenue_lte": 199}, ["A_1%"]),
        ({"revenue_lte": BIGGEST, "size_gte": 11}, ["aX1 Corp"]),
    ]
    for filters, names in expected:
        assert await _names(client, **filters) == names, filters


async def test_the_dates_and_the_pages(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    first = await make.company(name="1")
    for name in "23":
        clock.step(timedelta(seconds=1))
        await make.company(name=name)
    clock.step(timedelta(seconds=1))
    await client.patch(f"/companies/{first['id']}", json={"size": 1})
    assert await _names(client, created_after=first["created_at"]) == ["3", "2"]
    assert await _names(client, created_before=iso(clock() - timedelta(seconds=1))) == ["2", "1"]
    assert await _names(client, updated_after=iso(clock() - timedelta(seconds=1))) == ["1"]
    page = (await client.get("/companies", params={"limit": 2})).json()
    assert ([each["name"] for each in page["data"]], page["page"]["has_more"]) == (["3", "2"], True)
    await make.company(name="4")
    cursor = page["page"]["cursor"]
    last = (await client.get("/companies", params={"limit": 2, "cursor": cursor})).json()
    assert ([each["name"] for each in last["data"]], last["page"]["cursor"]) == (["1"], None)
    other = await client.get("/companies", params={"cursor": cursor, "size_gte": 1})
    assert other.status_code == httpx.codes.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size_gte", "-1"),
        ("size_lte", "1.5"),
        ("revenue_gte", "x"),
        ("revenue_lte", BIGGEST + 1),
        ("name_contains", ""),
        ("name_contains", "x" * 256),
        ("limit", 201),
        ("owner_id", "x"),
    ],
)
async def test_a_filter_out_of_bounds(client: httpx.AsyncClient, name: str, value: object) -> None:
    assert faults(await client.get("/companies", params={name: str(value)})) == [name]


async def test_the_options_stand_in_their_order(client: httpx.AsyncClient, make: Factory) -> None:
    statuses = [await insert_choice(make, "statuses", n, -int(n)) for n in "12"]
    tiers = [await insert_choice(make, "tiers", n, -int(n)) for n in "12"]
    last, first = await make.member(name="zoe"), await make.member(name="!Ann")
    left = await make.member(name="zzz")
    await make.db.execute("update members set deleted_at = now() where id = $1", UUID(left))
    options = (await client.get("/companies/linear-options", params={"team_id": "any"})).json()
    assert options["statuses"][:2] == [
        {"id": statuses[1], "name": "2", "color": "#0a0b0c"},
        {"id": statuses[0], "name": "1", "color": "#0a0b0c"},
    ]
    assert [each["id"] for each in options["tiers"][:2]] == tiers[::-1]
    assert options["owners"][0] == {"id": first, "name": "!Ann", "avatar_url": None}
    assert options["owners"][-1]["id"] == last


@pytest.mark.parametrize("path", ["/companies", "/companies/linear-options"])
async def test_a_list_is_one_statement(
    client: httpx.AsyncClient, make: Factory, queries: Any, path: str
) -> None:
    for _ in range(2):
        await make.company(owner_id=await make.member())
    with queries() as seen:
        assert (await client.get(path)).status_code == httpx.codes.OK
    assert len(seen) == 1, seen
