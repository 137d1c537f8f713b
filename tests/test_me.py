"""GET /me, and the keys that may call it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.keys.commands import create_key_for, end_key, list_all_keys
from looplane.keys.schemas import KeyKind
from looplane.kit.context import Context
from looplane.kit.database import Database
from looplane.kit.errors import NotFound, ValidationFailed
from looplane.kit.ids import new_id
from looplane.kit.keys import SCOPES
from looplane.kit.principal import Principal
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.unlimited import UNLIMITED
from tests.witness import etag

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def context(workspace_id: UUID, now: datetime = NOW) -> Context:
    return Context(Principal(workspace_id, "rule", rule="test"), lambda: now, "test")


async def create_key(
    db: Any, workspace_id: UUID, email: str | None, scopes: list[str], label: str | None, **of: Any
) -> dict[str, Any]:
    return await create_key_for(db, context(workspace_id), email, scopes, label, **of)


async def list_keys(db: Any, workspace_id: UUID) -> list[dict[str, Any]]:
    return await list_all_keys(db, context(workspace_id))


async def revoke_key(db: Any, workspace_id: UUID, id: UUID, now: datetime) -> str:
    return await end_key(db, context(workspace_id, now), id)


async def insert_team(db: Any, workspace_id: UUID, at: datetime, *, default: bool = False) -> str:
    team = "insert into teams (workspace_id, id, name, is_default, created_at)"
    values = (workspace_id, new_id(), "Team", default, at)
    return str(await db.fetchval(f"{team} values ($1, $2, $3, $4, $5) returning id", *values))


async def call(app: ASGIApp, key: str | None, **query: str) -> httpx.Response:
    async with connected(app, key) as client:
        return await client.get("/me", params=query)


async def test_me_says_what_the_key_is(client: Any, db: Any, workspace: Workspace) -> None:
    answer = await client.get("/me")
    key_id = await db.fetchval("select id from api_keys where workspace_id = $1", workspace.id)
    team_id = await db.fetchval("select id from teams where workspace_id = $1", workspace.id)
    assert answer.json() == {
        "workspace_id": str(workspace.id),
        "api_key_id": str(key_id),
        "scopes": list(SCOPES),
        "linear_team_ids": [str(team_id)],
        "default_linear_team_id": str(team_id),
    }
    assert re.fullmatch(r'"[0-9a-f]{16}"', etag(answer)), "it has no version"


async def test_teams_are_all_of_ours_and_none_of_others(
    client: Any, db: Any, workspace: Workspace, other: Workspace
) -> None:
    (first,) = (await client.get("/me")).json()["linear_team_ids"]
    later = datetime.now(UTC) + timedelta(days=1)
    second = await insert_team(db, workspace.id, later)
    await insert_team(db, other.id, later)
    me = (await client.get("/me")).json()
    assert me["linear_team_ids"] == [first, second]
    assert me["default_linear_team_id"] == first


async def test_without_a_default_team_there_is_none(
    client: Any, db: Any, workspace: Workspace
) -> None:
    await db.execute("update teams set is_default = false where workspace_id = $1", workspace.id)
    me = (await client.get("/me")).json()
    assert len(me["linear_team_ids"]) == 1
    assert me["default_linear_team_id"] is None


async def test_any_key_may_call(app: ASGIApp, make: Factory) -> None:
    answer = await call(app, await make.key(scopes=[]))
    assert answer.json()["scopes"] == []


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "unauthenticated"),
        ("ll_" + "0" * 64, "unauthenticated"),
        ("pl_v1_0", "unsupported_key_version"),
    ],
)
async def test_no_other_key(app: ASGIApp, key: str | None, code: str) -> None:
    assert (await call(app, key)).json()["code"] == code


async def test_unknown_query_parameter_is_a_fault(app: ASGIApp, workspace: Workspace) -> None:
    answer = await call(app, workspace.key, nonsense="1")
    assert answer.json()["code"] == "validation_failed"


async def test_created_key_opens_what_it_was_made_for(
    app: ASGIApp, db: Any, make: Factory, workspace: Workspace
) -> None:
    member = await make.member(email="Ada@Team.example")
    asked = ["tags:write", "tags:read", "tags:write"]
    made = await create_key(db, workspace.id, "ada@team.example", asked, "ci")
    assert (made["member_id"], made["label"]) == (member, "ci")
    assert made["key"].startswith(made["prefix"])
    me = (await call(app, made["key"])).json()
    assert me["api_key_id"] == made["id"]
    assert me["scopes"] == made["scopes"] == ["tags:read", "tags:write"]
    stored = await db.fetchrow("select * from api_keys where id = $1", UUID(made["id"]))
    assert made["key"].encode() not in bytes(stored["hash"])
    assert made["key"] not in str(list(stored.values()))


async def test_all_stands_for_every_scope(db: Any, workspace: Workspace) -> None:
    made = await create_key(db, workspace.id, None, ["all"], None)
    assert made["scopes"] == list(SCOPES)
    assert made["member_id"] is None


async def test_every_fault_of_a_new_key_is_named(
    db: Any, workspace: Workspace, other: Workspace
) -> None:
    stranger = await db.fetchval("select email from members where id = $1", other.member_id)
    before = await db.fetchval("select count(*) from api_keys")
    with pytest.raises(ValidationFailed) as caught:
        await create_key(db, workspace.id, stranger, ["bogus", "tags:read", "evil"], None)
    scopes, member = caught.value.issues
    assert "bogus" in scopes
    assert "evil" in scopes
    assert all(scope in scopes for scope in SCOPES)
    assert stranger in member
    with pytest.raises(ValidationFailed):
        await create_key(db, workspace.id, None, [], None)
    assert await db.fetchval("select count(*) from api_keys") == before


async def test_revoked_key_is_refused(
    database: Database, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    made = await create_key(db, workspace.id, None, ["admin"], None)
    app = create_app(database, UNLIMITED, clock)
    assert (await call(app, made["key"])).status_code == httpx.codes.OK
    when = await revoke_key(db, workspace.id, UUID(made["id"]), NOW + timedelta(hours=1))
    # An application that does not remember the key: the other may, for a second.
    answer = await call(create_app(database, UNLIMITED, clock), made["key"])
    assert answer.json()["code"] == "unauthenticated"
    again = await revoke_key(db, workspace.id, UUID(made["id"]), NOW + timedelta(days=1))
    assert again == when == "2026-03-01T10:30:00.000Z"


@pytest.mark.parametrize("kind", get_args(KeyKind))
async def test_events_say_what_kind_of_key_acted(
    app: ASGIApp, db: Any, workspace: Workspace, kind: KeyKind
) -> None:
    made = await create_key(db, workspace.id, None, ["all"], None, kind=kind)
    async with connected(app, made["key"]) as client:
        group = await client.post("/tags/groups", json={"name": "Kinds", "color": "red"})
    actor = await db.fetchval(
        "select actor from events where subject_id = $1", UUID(group.json()["id"])
    )
    assert actor == {"type": kind, "key_id": made["id"], "member_id": None, "rule": None}


async def test_key_is_dead_without_its_member(
    app: ASGIApp, db: Any, make: Factory, workspace: Workspace
) -> None:
    member = await make.member(email="gone@team.example")
    made = await create_key(db, workspace.id, "gone@team.example", ["admin"], None)
    await db.execute("update members set deleted_at = $2 where id = $1", UUID(member), NOW)
    assert (await call(app, made["key"])).json()["code"] == "unauthenticated"
    listed = {each["id"]: each for each in await list_keys(db, workspace.id)}
    assert listed[made["id"]]["revoked_at"] is None
    assert not listed[made["id"]]["is_active"]
    with pytest.raises(ValidationFailed):
        await create_key(db, workspace.id, "gone@team.example", ["admin"], None)


async def test_foreign_key_can_be_neither_seen_nor_revoked(
    db: Any, workspace: Workspace, other: Workspace
) -> None:
    made = await create_key(db, other.id, None, ["admin"], None)
    assert made["id"] not in {each["id"] for each in await list_keys(db, workspace.id)}
    with pytest.raises(NotFound):
        await revoke_key(db, workspace.id, UUID(made["id"]), NOW)
    assert {each["id"]: each for each in await list_keys(db, other.id)}[made["id"]]["is_active"]
