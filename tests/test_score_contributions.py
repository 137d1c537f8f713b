"""GET /projects/{id}/score and /issues/{id}/score: what counted, to the last digit."""

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from tests.conftest import connected
from tests.factory import Factory
from tests.test_scores import Chance
from tests.witness import faults

NOUNS = ("project", "issue")
WEIGHTS = {"UNKNOWN": 1, "LOW": 1, "MEDIUM": 2, "HIGH": 3}
SCOPES = [
    {"projects:read", "issues:read"},
    {"threads:read", "contacts:read"},
]


async def _page(client: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    """A page, its numbers as they are written."""
    answer = await client.get(f"{path}/score", params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(json.loads(answer.content, parse_float=Decimal, parse_int=Decimal))


async def _walk(
    client: httpx.AsyncClient, path: str, limit: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The last page and the rows of all."""
    page = await _page(client, path, limit=limit)
    rows = list(page["data"])
    while page["page"]["has_more"]:
        assert len(page["data"]) == limit
        page = await _page(client, path, limit=limit, cursor=page["page"]["cursor"])
        rows += page["data"]
    assert page["page"]["cursor"] is None
    return page, rows


async def _ask(
    make: Factory, noun: str, id: str, pain: str, priority: float, **fields: Any
) -> dict[str, Any]:
    """A thread that asks for it."""
    thread = await make.thread(pain_level=pain, **fields)
    body = {f"{noun}_ids": [id], "priority": priority}
    answer = await make.client.post(f"/threads/{thread['id']}/customer-needs", json=body)
    return {"thread": thread, "need": answer.json()["data"][0]}


@pytest.mark.parametrize("seed", [11, 12])
async def test_the_contributions_add_up_to_the_score_whatever_was_written(
    client: httpx.AsyncClient, make: Factory, seed: int
) -> None:
    chance = Chance(client, make, seed)
    await chance.begin()
    summed = 0
    for number in range(60):
        await chance.write()
        if number % 6:
            continue
        paths = [f"/projects/{id}" for id in chance.projects]
        for path in [*paths, *(f"/issues/{id}" for id in chance.issues)]:
            page, rows = await _walk(client, path, chance.random.choice((1, 2, 50)))
            assert sum(row["contribution"] for row in rows) == page["total_score"]
            assert len({row["thread_id"] for row in rows}) == len(rows) == page["thread_count"]
            parts = [row["contribution"] for row in rows]
            assert parts == sorted(parts, reverse=True)
            for row in rows:
                assert row["pain_weight"] == WEIGHTS[row["pain_level"]]
                assert row["contribution"] == row["pain_weight"] + row["priority"]
            shown = (await client.get(path)).json()
            assert (shown["total_score"], shown["thread_count"]) == (
                float(page["total_score"]),
                len(rows),
            )
            summed += len(rows)
    assert summed > 60


@pytest.mark.parametrize("noun", NOUNS)
async def test_a_score_names_what_counted(
    client: httpx.AsyncClient, make: Factory, queries: Any, noun: str
) -> None:
    makers = {"project": make.project, "issue": make.issue}
    made, other = await makers[noun](), await makers[noun]()
    path = f"/{noun}s/{made['id']}"
    assert await _page(client, path) == {
        "total_score": 0,
        "thread_count": 0,
        "data": [],
        "page": {"cursor": None, "has_more": False, "limit": 50},
    }
    low = await _ask(make, noun, made["id"], "LOW", 2.5, title="Low")
    high = await _ask(make, noun, made["id"], "HIGH", 0.1)
    gone = await _ask(make, noun, made["id"], "HIGH", 99)
    await _ask(make, noun, other["id"], "HIGH", 50)
    await client.delete(f"/threads/{gone['thread']['id']}")
    with queries() as seen:
        page = (await client.get(f"{path}/score", params={"limit": 2})).json()
    assert len(seen) == 1
    assert (page["total_score"], page["thread_count"]) == (6.6, 2)
    assert page["data"] == [
        {
            "thread_id": each["thread"]["id"],
            "customer_need_id": each["need"]["id"],
            "title": each["thread"]["title"],
            "pain_level": each["thread"]["pain_level"],
            "pain_weight": weight,
            "priority": each["need"]["priority"],
            "contribution": contribution,
        }
        for each, weight, contribution in ((low, 1, 3.5), (high, 3, 3.1))
    ]
    assert page["page"] == {"cursor": None, "has_more": False, "limit": 2}


@pytest.mark.parametrize("noun", NOUNS)
async def test_who_may_see_a_score(
    app: ASGIApp, client: httpx.AsyncClient, stranger: httpx.AsyncClient, make: Factory, noun: str
) -> None:
    made = await {"project": make.project, "issue": make.issue}[noun]()
    path = f"/{noun}s/{made['id']}/score"
    for scopes in SCOPES:
        async with connected(app, await make.key(scopes)) as limited:
            assert (await limited.get(path)).json()["code"] == "scope_required"
    assert (await stranger.get(path)).status_code == httpx.codes.NOT_FOUND
    assert (await client.get(f"/{noun}s/x/score")).status_code == httpx.codes.NOT_FOUND
    assert faults(await client.get(path, params={"sort": "priority"})) == ["sort"]
    broken = await client.get(path, params={"cursor": "x"})
    assert broken.json()["code"] == "unprocessable"
    await client.delete(path.removesuffix("/score"))
    assert (await client.get(path)).status_code == httpx.codes.NOT_FOUND


async def test_equal_contributions_are_each_on_one_page(
    client: httpx.AsyncClient, make: Factory
) -> None:
    project = (await make.project())["id"]
    # As floating point 0.1 + 0.2 is more than 0.3, and 1.1 is more than it is written.
    for pain, priority in (("LOW", 0.1), ("LOW", 0.1), ("LOW", 0.3), ("HIGH", 0.1), ("HIGH", 0.1)):
        await _ask(make, "project", project, pain, priority)
    _, whole = await _walk(client, f"/projects/{project}", 50)
    assert [str(row["contribution"]) for row in whole] == ["3.1", "3.1", "1.3", "1.1", "1.1"]
    for limit in (1, 2, 3):
        assert (await _walk(client, f"/projects/{project}", limit))[1] == whole
