"""Views whose filters this version does not take, as another one has stored them."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.factory import Factory
from tests.witness import faults

_ID = "00000000-0000-7000-8000-000000000001"
_STORE = "update views set filters = $2 where id = $1"


@pytest.mark.parametrize(
    "filters",
    [
        {"tag_id": [_ID], "tag_none": [_ID]},
        {"unassigned": True, "assignee_id": [_ID]},
        {"company_revenue_min": 2, "company_revenue_max": 1},
    ],
    ids=lambda each: next(iter(each)),
)
async def test_it_is_listed_and_shows_nothing(
    client: httpx.AsyncClient, make: Factory, db: Any, filters: dict[str, Any]
) -> None:
    await make.thread()
    other, view = await make.view(), await make.view()
    await db.execute(_STORE, UUID(view["id"]), filters)
    listed = (await client.get("/views")).json()["data"]
    assert [each["thread_count"] for each in listed] == [1, None]
    assert [each["id"] for each in listed] == [other["id"], view["id"]]
    path = f"/views/{view['id']}"
    assert (await client.get(path)).json()["thread_count_is_exact"] is False
    assert faults(await client.get("/threads", params={"view": view["id"]})) == ["view"]
    # It can be mended, and deleted.
    assert (await client.patch(path, json={"name": "Same"})).status_code == 200
    mended = await client.patch(path, json={"filters": {"status": ["open"]}})
    assert mended.json()["thread_count"] == 1
    await db.execute(_STORE, UUID(view["id"]), filters)
    assert (await client.delete(path)).status_code == 200
