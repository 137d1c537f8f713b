"""What holds for the pages of every list."""

import itertools
from typing import Any

import httpx
import pytest

from looplane.kit.paging import PAGE_BYTES
from tests.conftest import Workspace
from tests.factory import Factory

LISTS = ["/threads", "/contacts", "/companies", "/tags", "/tags/groups", "/projects", "/members"]


async def test_a_cursor_is_of_one_list(client: httpx.AsyncClient, make: Factory) -> None:
    cursors = {}
    for _ in range(2):
        await make.thread()
        await make.company()
        await make.tag()
        await make.project()
        await make.member()
    for path in LISTS:
        page = (await client.get(path, params={"limit": 1})).json()["page"]
        cursors[path] = page["cursor"]
        assert page["has_more"]
    for (path, cursor), other in itertools.product(cursors.items(), LISTS):
        answer = await client.get(other, params={"cursor": cursor})
        assert answer.status_code == (200 if other == path else 422), (path, other)


async def test_more_changes_than_are_looked_up_are_all_listed(
    client: httpx.AsyncClient, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [(await make.company())["id"] for _ in range(6)]
    for most in (3, 6, 7):
        monkeypatch.setattr("looplane.queries._MAX_RECENT", most)
        since: dict[str, Any] = {"updated_after": "2000-01-01T00:00:00Z", "limit": 4}
        first = (await client.get("/companies", params=since)).json()
        cursor = {"cursor": first["page"]["cursor"]}
        second = (await client.get("/companies", params=cursor)).json()
        assert [row["id"] for row in first["data"] + second["data"]] == made[::-1]


async def test_a_page_has_as_many_bytes_as_a_caller_can_take(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    """Rows that are too many for one page are on the next ones, each once."""
    made = [(await make.thread())["id"] for _ in range(50)]
    each = PAGE_BYTES // 20
    await db.execute(
        "update threads set text = repeat('x', $2) where workspace_id = $1", workspace.id, each
    )
    seen: list[str] = []
    page: dict[str, Any] = {"cursor": None, "has_more": True}
    while page["has_more"]:
        params = {"limit": "200"} | ({"cursor": page["cursor"]} if page["cursor"] else {})
        answer = await client.get("/threads", params=params)
        assert len(answer.content) < PAGE_BYTES * 1.1
        page = answer.json()["page"]
        seen += [row["id"] for row in answer.json()["data"]]
    assert seen == made[::-1]


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
async def test_a_sign_of_a_pattern_is_a_sign(
    client: httpx.AsyncClient, make: Factory, sign: str
) -> None:
    named = await make.company(name=f"a{sign}b")
    await make.company(name="a.b")
    answer = await client.get("/companies", params={"name_contains": sign})
    assert [row["id"] for row in answer.json()["data"]] == [named["id"]]
