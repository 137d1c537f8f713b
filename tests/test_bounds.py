"""What is sent and what is answered is bounded: lists, faults, pages."""

import json
from typing import Any

import httpx
import pytest

from looplane.kit.html_fields import MAX_HTML_LENGTH
from looplane.kit.ids import new_id
from looplane.kit.paging import PAGE_BYTES
from looplane.kit.schema import MAX_REFERENCES
from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import everything, faults

_MANY = 20_000
_LONG = "x" * 200_000
# About a megabyte each, of which every part is wrong.
HOSTILE: dict[str, Any] = {
    "ids": {"tag_ids": [str(new_id()) for _ in range(_MANY)]},
    "ids of another type": {"tag_ids": [[]] * _MANY * 10},
    "the most ids": {"tag_ids": [str(new_id()) for _ in range(MAX_REFERENCES)]},
    "long ids": {"tag_ids": ["y" * 4000] * MAX_REFERENCES},
    "fields": {f"{n}{'z' * 30}": n for n in range(_MANY)},
    "fields within": {"notify": {f"{n}{'z' * 30}": n for n in range(_MANY)}},
    "long names": {_LONG: 1, "notify": {_LONG: 1}},
    "long values": dict.fromkeys(("pain_level", "status", "snoozed_until", "origin"), _LONG),
    "sources": {"ai_draft_html": "x", "ai_draft_sources": [{}] * _MANY},
    "the most sources": {"ai_draft_sources": [{str(k): 1 for k in range(900)}] * 100},
    "depth": {"title": [[[[[["x"] * 9] * 9] * 9] * 9] * 9]},
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
async def test_a_megabyte_of_faults_is_answered_in_short(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, body: dict[str, Any]
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    rows = await everything(db, workspace.id)
    answer = await client.patch(path, json=body)
    assert faults(answer)
    assert len(answer.content) < 40_000
    assert len(answer.json()["issues"]) <= 101
    assert max(len(each["message"]) for each in answer.json()["issues"]) < 500
    assert await everything(db, workspace.id) == rows


async def test_what_is_not_named_is_counted(client: httpx.AsyncClient, make: Factory) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    unknown = {"tag_ids": [str(new_id()) for _ in range(MAX_REFERENCES)], "pain_level": "X"}
    issues = (await client.patch(path, json=unknown)).json()["issues"]
    assert issues[-1]["message"] == f"and {MAX_REFERENCES + 1 - 100} more faults"
    assert issues[0]["message"].startswith("pain_level: ")
    over = await client.patch(path, json={"tag_ids": ["x"] * (MAX_REFERENCES + 1)})
    assert [each["message"] for each in over.json()["issues"]] == [
        "tag_ids: has 201 items, at most 200"
    ]


async def test_texts_have_a_length(client: httpx.AsyncClient, make: Factory) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    longest = "ä" * MAX_HTML_LENGTH
    for field in ("text", "ai_draft_html"):
        assert (await client.patch(path, json={field: longest})).json()[field] == longest
        answer = await client.patch(path, json={field: longest + "ä"})
        (issue,) = answer.json()["issues"]
        assert issue["message"] == f"{field}: has 200,001 characters, at most 200,000"


async def walk(client: httpx.AsyncClient, path: str, **params: Any) -> list[list[dict[str, Any]]]:
    """The pages of a list, each within its bound."""
    pages, more, asked = [], True, params
    while more:
        answer = await client.get(path, params=asked)
        assert answer.status_code == httpx.codes.OK, answer.text
        page = answer.json()
        pages.append(page["data"])
        more = page["page"]["has_more"]
        assert (page["page"]["cursor"] is not None) is more
        assert page["page"]["limit"] == 200
        assert page["data"], "a page is never empty while there is more"
        # Its last row may cross the bound; JSON puts a name before each value.
        largest = max(len(json.dumps(each, ensure_ascii=False).encode()) for each in page["data"])
        assert len(answer.content) < PAGE_BYTES + largest + 400_000
        asked = {"cursor": page["page"]["cursor"], "limit": 200}
    return pages


async def test_pages_of_long_threads_end_early(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    for _ in range(3):
        await make.thread()
    many = (
        "insert into threads (workspace_id, id, text, pain_level, origin, state, created_at,"
        " updated_at, ai_draft_html, ai_draft_sources) select $1, gen_random_uuid(),"
        " case n % 3 when 0 then repeat('ä', 200000) else 'x' end, 'LOW', 'api', 'new', now(),"
        " now(), case n % 3 when 1 then repeat('ä', 200000) end,"
        " case n % 3 when 2 then jsonb_build_array(repeat('ä', 200000)) end"
        " from generate_series(1, 30) n"
    )
    await db.execute(many, workspace.id)
    pages = await walk(client, "/threads", limit=200)
    ids = [row["id"] for page in pages for row in page]
    assert len(ids) == len(set(ids)) == 33
    assert 3 <= len(pages) <= 4  # 400,000 bytes in each of 30 rows


@pytest.mark.parametrize("params", [{}, {"sort": "total_score"}], ids=str)
async def test_pages_of_long_projects_end_early(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, params: dict[str, str]
) -> None:
    await make.project()
    many = (
        "insert into projects (workspace_id, id, team_id, status_id, name, description,"
        " created_at, updated_at) select workspace_id, gen_random_uuid(), team_id, status_id,"
        " name, repeat('ä', 100000), created_at, updated_at from projects,"
        " generate_series(1, 50) where workspace_id = $1"
    )
    await db.execute(many, workspace.id)
    pages = await walk(client, "/projects", limit=200, **params)
    ids = [row["id"] for page in pages for row in page]
    assert len(ids) == len(set(ids)) == 51
    assert len(pages) == 3


@pytest.mark.parametrize("params", [{}, {"sort": "total_score"}], ids=str)
async def test_pages_of_long_issues_end_early(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, params: dict[str, str]
) -> None:
    await make.issue()
    many = (
        "insert into issues (workspace_id, id, team_id, state_id, title, description, label_ids,"
        " created_at, updated_at) select workspace_id, gen_random_uuid(), team_id, state_id, title,"
        " case when n % 2 = 0 then repeat('ä', 100000) end,"
        " case n % 2 when 0 then '{}' else array_fill(repeat('ä', 250), array[400]) end,"
        " created_at, updated_at from issues, generate_series(1, 50) n where workspace_id = $1"
    )
    await db.execute(many, workspace.id)
    pages = await walk(client, "/issues", limit=200, **params)
    ids = [row["id"] for page in pages for row in page]
    assert len(ids) == len(set(ids)) == 51
    assert len(pages) == 3


async def test_a_row_that_is_longer_than_a_page_comes_alone(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    for _ in range(3):
        await make.thread()
    longer = "update threads set text = repeat('x', $2) where workspace_id = $1"
    await db.execute(longer, workspace.id, PAGE_BYTES + 1)
    pages = await walk(client, "/threads", limit=200)
    assert [len(page) for page in pages] == [1, 1, 1]
