"""GET /projects: filters, both orders, and the score that one of them is by."""

import base64
from typing import Any

import httpx
import orjson

from looplane.kit.ids import new_id
from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import faults


async def _ask(
    client: httpx.AsyncClient, make: Factory, project: dict[str, Any], pain: str, priority: float
) -> dict[str, Any]:
    """A thread that asks for `project`."""
    thread = await make.thread(pain_level=pain)
    body = {"project_ids": [project["id"]], "priority": priority}
    answer = await client.post(f"/threads/{thread['id']}/customer-needs", json=body)
    assert answer.status_code == httpx.codes.OK
    return thread


async def _score(client: httpx.AsyncClient, project: dict[str, Any]) -> tuple[float, int]:
    shown = (await client.get(f"/projects/{project['id']}")).json()
    return shown["total_score"], shown["thread_count"]


async def _walk(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """All rows, page by page."""
    rows: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get("/projects", params={**query, **cursor})
        assert answer.status_code == httpx.codes.OK, answer.text
        page = answer.json()
        rows += page["data"]
        if not page["page"]["has_more"]:
            assert page["page"]["cursor"] is None
            return rows
        cursor = {"cursor": page["page"]["cursor"]}


async def test_the_score_adds_pain_and_priority_of_living_threads(
    client: httpx.AsyncClient, make: Factory
) -> None:
    project, other = await make.project(), await make.project()
    assert await _score(client, project) == (0, 0)
    expected = 0.0
    for count, (pain, weight) in enumerate(
        (("UNKNOWN", 1), ("LOW", 1), ("MEDIUM", 2), ("HIGH", 3)), 1
    ):
        thread = await _ask(client, make, project, pain, 10 * count)
        expected += weight + 10 * count
        assert await _score(client, project) == (expected, count)
    await client.patch(f"/threads/{thread['id']}", json={"pain_level": "LOW"})
    assert await _score(client, project) == (expected - 2, 4)
    await client.delete(f"/threads/{thread['id']}")
    assert await _score(client, project) == (expected - 43, 3)
    assert await _score(client, other) == (0, 0)
    named = {"name_contains": project["name"]}
    (listed,) = (await client.get("/projects", params=named)).json()["data"]
    assert (listed["total_score"], listed["thread_count"]) == (expected - 43, 3)


async def test_the_field_of_a_thread_counts_and_an_issue_does_not(
    client: httpx.AsyncClient, make: Factory
) -> None:
    project = await make.project()
    thread = await make.thread(project_id=project["id"], pain_level="HIGH")
    assert await _score(client, project) == (3, 1)
    path = f"/threads/{thread['id']}/customer-needs"
    await client.post(path, json={"issue_ids": [(await make.issue())["id"]], "priority": 9})
    assert await _score(client, project) == (3, 1)
    await client.post(path, json={"project_ids": [project["id"]], "priority": 0.5})
    assert await _score(client, project) == (3.5, 1)


async def test_filters_keep_what_fits(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    team = await db.fetchval(
        "insert into teams (workspace_id, id, name, created_at)"
        " select $1, $2, 'Second', created_at from workspaces where id = $1 returning id",
        workspace.id,
        new_id(),
    )
    a = await make.project(name="Dark 100% mode", state="started")
    b = await make.project(name="Exports", team_id=str(team))
    for query, found in (
        ({}, [b, a]),
        ({"state": "started"}, [a]),
        ({"state": "planned"}, []),
        ({"name_contains": "100% M"}, [a]),
        ({"name_contains": "_"}, []),
        ({"linear_team_id": str(team)}, [b]),
        ({"linear_team_id": "nobody's"}, []),
        ({"linear_team_id": a["team_id"], "state": "backlog"}, []),
        ({"created_after": a["created_at"]}, []),
        ({"created_before": "2999-01-01T00:00:00Z", "sort": "created_at"}, [b, a]),
    ):
        assert (await client.get("/projects", params=query)).json()["data"] == found, query
    for query in ({"state": "done"}, {"sort": "name"}, {"limit": "0"}):
        assert faults(await client.get("/projects", params=query)) == [*query]


async def test_pages_by_score_hold_each_project_once(
    client: httpx.AsyncClient, make: Factory
) -> None:
    # Sums of tenths that differ with the order in which they are added, ties, and zeros.
    priorities: list[list[float]] = [
        [],
        [0.1, 0.2, 0.3],
        [0.3, 0.2, 0.1],
        [70],
        [],
        [0.1],
        [70],
        [0.6, 0],
    ]
    for each in priorities:
        project = await make.project()
        for priority in each:
            await _ask(client, make, project, "LOW", priority)
    whole = await _walk(client, sort="total_score")
    scores = [row["total_score"] for row in whole]
    assert scores == [71, 71, 3.6, 3.6, 2.6, 1.1, 0, 0]
    assert whole == sorted(whole, key=lambda row: (row["total_score"], row["id"]), reverse=True)
    for limit in (1, 2, 3):
        assert await _walk(client, sort="total_score", limit=limit) == whole
    newest = await _walk(client, limit=3)
    assert [row["id"] for row in newest] == sorted((row["id"] for row in whole), reverse=True)


async def test_a_cursor_is_good_for_its_own_list_alone(
    client: httpx.AsyncClient, make: Factory
) -> None:
    for _ in range(2):
        await make.project()
    by_score = {"sort": "total_score", "limit": "1"}
    cursor = (await client.get("/projects", params=by_score)).json()["page"]["cursor"]
    padded = cursor + "=" * (-len(cursor) % 4)
    name, filters, key, id = orjson.loads(base64.urlsafe_b64decode(padded))
    assert (filters, key) == ({"sort": "total_score"}, 0)
    strange: tuple[object, ...] = ("x", None, [1], {})
    others: list[list[Any]] = [[name, filters, each, id] for each in strange]
    others += [[name, {"sort": "name"}, key, id], [name, {"kind": 1}, key, id]]
    others += [[name, [], key, id], ["TagQuery", filters, key, id], [name, filters, key, "x"]]
    spoilt = [base64.urlsafe_b64encode(orjson.dumps(each)).decode().rstrip("=") for each in others]
    for query in (
        {"sort": "created_at", "cursor": cursor},
        {**by_score, "cursor": cursor, "state": "backlog"},
        *({"cursor": text} for text in spoilt),
        *({**by_score, "cursor": each} for each in spoilt),
    ):
        answer = await client.get("/projects", params=query)
        assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY, query
    by_itself = (await client.get("/projects", params={"cursor": cursor})).json()
    assert [row["id"] for row in by_itself["data"]] == [
        row["id"] for row in (await _walk(client, sort="total_score"))[1:]
    ]
    newest = (await client.get("/projects", params={"limit": 1})).json()["page"]["cursor"]
    answer = await client.get("/projects", params={**by_score, "cursor": newest})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


async def test_a_long_list_costs_one_query(
    client: httpx.AsyncClient, make: Factory, queries: Any
) -> None:
    for _ in range(5):
        await make.project()
    await client.get("/projects")
    for sort in ("created_at", "total_score"):
        with queries() as seen:
            rows = (await client.get("/projects", params={"sort": sort})).json()["data"]
        assert (len(rows), len(seen)) == (5, 1), seen
