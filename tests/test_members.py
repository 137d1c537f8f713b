"""GET /members, and how a member comes about."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit.context import Context
from looplane.kit.errors import Conflict
from looplane.kit.principal import Principal
from looplane.members import commands
from looplane.members.schemas import Role
from tests.conftest import Workspace, connected
from tests.factory import Factory

DAY = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


async def create_member(  # what a member is
    db: Any, workspace_id: UUID, email: str, name: str, role: Role, at: datetime
) -> UUID:
    context = Context(Principal(workspace_id, "rule", rule="test"), lambda: at, "test")
    made = await commands.create_member(db, context, email, name, role)
    return UUID(json.loads(made.body)["id"])


async def join(db: Any, workspace: Workspace, at: datetime, name: str = "m") -> str:
    email = f"{name}-{at.timestamp()}@team.example"
    return str(await create_member(db, workspace.id, email, name, "USER", at))


async def page(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    return dict((await client.get("/members", params=query)).json())


async def test_member_row(client: httpx.AsyncClient, db: Any, workspace: Workspace) -> None:
    id = await create_member(db, workspace.id, "ada@team.example", "Ada", "VIEWER", DAY)
    rows = {row["id"]: row for row in (await page(client))["data"]}
    assert set(rows) == {str(id), str(workspace.member_id)}
    assert rows[str(id)] == {
        "id": str(id),
        "email": "ada@team.example",
        "name": "Ada",
        "image_url": None,
        "role": "VIEWER",
        "joined_at": "2026-03-01T09:30:00.000Z",
    }


async def test_those_who_left_and_strangers_are_not_shown(
    client: httpx.AsyncClient, db: Any, make: Factory, workspace: Workspace, other: Workspace
) -> None:
    gone = await make.member()
    await db.execute("update members set deleted_at = $2 where id = $1", UUID(gone), DAY)
    await join(db, other, DAY)
    assert [row["id"] for row in (await page(client))["data"]] == [str(workspace.member_id)]


async def test_listing_needs_admin(app: ASGIApp, make: Factory) -> None:
    async with connected(app, await make.key(scopes=["threads:read"])) as client:
        answer = await client.get("/members")
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "admin" in answer.json()["message"]


async def test_pages_neither_skip_nor_repeat(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    # Three of them at the very same moment, so that the id has to decide.
    moments = [DAY, DAY, DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    joined = [await join(db, workspace, at, f"m{i}") for i, at in enumerate(moments)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        got = await page(client, limit=2, **cursor)
        seen += [row["id"] for row in got["data"]]
        assert got["page"]["limit"] == 2
        assert got["page"]["has_more"] == (got["page"]["cursor"] is not None)
        if not got["page"]["has_more"]:
            break
        cursor = {"cursor": got["page"]["cursor"]}
        await join(db, workspace, datetime.now(UTC) + timedelta(days=1), f"late{len(seen)}")
        if len(seen) == 2:
            leaver = UUID(seen[-1])
            await db.execute("update members set deleted_at = $2 where id = $1", leaver, DAY)
    by_age = sorted(zip(moments, joined, strict=True), reverse=True)
    assert seen == [str(workspace.member_id), *(id for _, id in by_age)]


async def test_cursor_belongs_to_its_list(
    client: httpx.AsyncClient, db: Any, make: Factory, workspace: Workspace
) -> None:
    await join(db, workspace, DAY)
    await make.tag_group()
    await make.tag_group()
    foreign = (await client.get("/tags/groups", params={"limit": 1})).json()["page"]["cursor"]
    for cursor in (foreign, "broken"):
        assert (await page(client, cursor=cursor))["code"] == "unprocessable"
    own = (await page(client, limit=1))["page"]["cursor"]
    assert len((await page(client, limit=1, cursor=own))["data"]) == 1


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"email": "a@b.example"}])
async def test_other_queries_are_faults(client: httpx.AsyncClient, query: dict[str, Any]) -> None:
    assert (await page(client, **query))["code"] == "validation_failed"


async def test_list_is_one_query(
    client: httpx.AsyncClient, db: Any, workspace: Workspace, queries: Any
) -> None:
    await client.get("/me")  # the key is known from here on
    with queries() as for_one:
        assert len((await page(client))["data"]) == 1
    for i in range(20):
        await join(db, workspace, DAY, f"m{i}")
    with queries() as for_many:
        assert len((await page(client))["data"]) == 21
    assert len(for_one) == len(for_many) == 1


async def test_address_is_taken_whatever_its_capitals_until_its_member_leaves(
    db: Any, workspace: Workspace, other: Workspace
) -> None:
    first = await create_member(db, workspace.id, "ada@team.example", "Ada", "ADMIN", DAY)
    with pytest.raises(Conflict, match=r"Ada@Team\.example"):
        await create_member(db, workspace.id, "Ada@Team.example", "Ada", "USER", DAY)
    await create_member(db, other.id, "ada@team.example", "Ada", "USER", DAY)
    await db.execute("update members set deleted_at = $2 where id = $1", first, DAY)
    await create_member(db, workspace.id, "ADA@team.example", "Ada", "USER", DAY)
