"""DELETE /threads/{id}: soft, once, and nothing of it is seen afterwards."""

from typing import Any
from uuid import UUID

import httpx

from tests.conftest import Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, kinds_of


async def test_a_deleted_thread_is_gone_everywhere(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    project = await make.project()
    thread, kept = await make.thread(project_id=project["id"]), await make.thread()
    path = f"/threads/{thread['id']}"
    answer = await client.delete(path)
    assert answer.json() == {"id": thread["id"], "deleted": True}
    for again in (
        await client.get(path),
        await client.patch(path, json={}),
        await client.delete(path),
        await client.get(f"{path}/customer-needs"),
    ):
        assert (again.status_code, again.json()["code"]) == (404, "not_found")
    rows = (await client.get("/threads")).json()["data"]
    assert [row["id"] for row in rows] == [kept["id"]]
    contact = thread["contact"]["id"]
    assert (await client.get("/threads", params={"contact_id": contact})).json()["data"] == []
    assert (await client.get(f"/contacts/{contact}")).status_code == 200
    assert await kinds_of(db, thread["id"]) == ["thread.created", "thread.deleted"]
    told = (await events_of(db, thread["id"]))[-1]
    assert told["data"] == thread, "the thread as it was"
    assert told["actor"]["type"] == "program"
    deleted_at = await db.fetchval(
        "select deleted_at from threads where id = $1", UUID(thread["id"])
    )
    assert deleted_at == told["created_at"]


async def test_only_the_version_that_was_meant(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    old = (await client.get(path)).headers["etag"]
    new = (await client.patch(path, json={"title": "T"})).headers["etag"]
    rows = await everything(db, workspace.id)
    assert (await client.delete(path, headers={"If-Match": old})).status_code == 412
    assert await everything(db, workspace.id) == rows
    assert (await client.delete(path, headers={"If-Match": new})).status_code == 200


async def test_nobody_elses(
    client: httpx.AsyncClient, make: Factory, stranger: httpx.AsyncClient
) -> None:
    thread = await make.thread()
    assert (await stranger.delete(f"/threads/{thread['id']}")).status_code == 404
    assert (await client.get(f"/threads/{thread['id']}")).json() == thread
