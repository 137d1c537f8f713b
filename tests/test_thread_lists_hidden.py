"""GET /threads: what is hidden stands before what is shown, more of it than a page has room for."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.paging import MAX_PAGE_ROWS
from tests.conftest import Workspace
from tests.factory import Factory

HIDDEN = MAX_PAGE_ROWS + 50
_INSERT = """
insert into threads (workspace_id, id, text, pain_level, origin, state, contact_id, company_id,
  assignee_id, created_at, updated_at, deleted_at)
select $1, gen_random_uuid(), 'x', 'LOW', 'api', 'open', $2, $3, $4,
  now() + n * interval '1 second', now(), case when $5 then now() end
from generate_series(1, $6) n returning id, created_at"""
_TAG = """
insert into thread_tags (workspace_id, thread_id, tag_id, thread_created_at)
select workspace_id, id, $2, created_at from threads where workspace_id = $1 and id = any ($3)"""


async def _shown(client: httpx.AsyncClient, view: dict[str, Any]) -> tuple[list[str], int]:
    """What the filters of a view list when they are sent, and how many threads it counts."""
    params = {name: ",".join(value) for name, value in view["filters"].items()}
    listed = (await client.get("/threads", params=params)).json()["data"]
    count = (await client.get(f"/views/{view['id']}")).json()["thread_count"]
    return [each["id"] for each in listed], count


async def _insert(db: Any, workspace: Workspace, count: int, **values: Any) -> list[UUID]:
    names = ("contact_id", "company_id", "assignee_id")
    args = [values.get(name) and UUID(values[name]) for name in names]
    is_deleted = values.get("is_deleted", False)
    rows = await db.fetch(_INSERT, workspace.id, *args, is_deleted, count)
    return [row["id"] for row in rows]


@pytest.mark.parametrize("others", [0, 1], ids=["one tag", "several"])
async def test_deleted_threads_of_a_tag(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, others: int
) -> None:
    tags = [(await make.tag())["id"] for _ in range(1 + others)]
    thread = (await make.thread())["id"]
    contact = (await make.contact())["id"]
    hidden = await _insert(db, workspace, HIDDEN, contact_id=contact, is_deleted=True)
    await db.execute(_TAG, workspace.id, UUID(tags[0]), [*hidden, UUID(thread)])
    for filters in ({"tag_id": tags}, {"tag_all": tags[:1]}):
        assert await _shown(client, await make.view(filters=filters)) == ([thread], 1)


@pytest.mark.parametrize("name", ["contact_id", "company_id", "assignee_id", "tag_id"])
async def test_threads_of_what_is_deleted_beside_what_is_there(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, name: str
) -> None:
    noun = "member" if name == "assignee_id" else name.removesuffix("_id")
    gone, there = [await getattr(make, noun)() for _ in range(2)]
    gone, there = (each if noun == "member" else each["id"] for each in (gone, there))
    view = await make.view(filters={name: [gone, there]})
    contact = (await make.contact())["id"]
    ids = []
    for count, id in ((1, there), (HIDDEN, gone)):
        made = {"contact_id": contact} | ({} if noun == "tag" else {name: id})
        ids += await _insert(db, workspace, count, **made)
        if noun == "tag":
            await db.execute(_TAG, workspace.id, UUID(id), ids[-count:])
    table = {"company": "companies"}.get(noun, f"{noun}s")
    await db.execute(
        f"update {table} set deleted_at = now() where workspace_id = $1 and id = $2",
        workspace.id,
        UUID(gone),
    )
    assert await _shown(client, view) == ([str(ids[0])], 1)
