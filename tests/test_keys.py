"""/keys: what a key is, and that nobody sees it twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from looplane.kit import authentication
from looplane.kit.clock import iso
from looplane.kit.database import Database
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.unlimited import UNLIMITED
from tests.witness import events_of, everything, faults, version

DAY = timedelta(days=1)


async def listed(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in (await client.get("/keys")).json()["data"]}


async def test_a_key_is_made_shown_once_and_told(
    app: ASGIApp, client: httpx.AsyncClient, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    body = {
        "label": "ci",
        "kind": "ai",
        "scopes": ["tags:write", "tags:read", "tags:write"],
        "member_id": str(workspace.member_id),
        "expires_at": iso(clock() + DAY),
        "allowed_ips": ["127.0.0.1"],
    }
    answer = await client.post("/keys", json=body)
    made = answer.json()
    key = made.pop("key")
    assert made | {**body, "scopes": ["tags:read", "tags:write"]} == made
    assert (made["last_used_at"], made["revoked_at"], version(answer)) == (None, None, 1)
    assert key.startswith(made["prefix"])
    async with connected(app, key) as caller:
        me = (await caller.get("/me")).json()
    assert (me["api_key_id"], me["scopes"]) == (made["id"], made["scopes"])
    assert (await client.get(f"/keys/{made['id']}")).json() == made
    assert (await listed(client))[made["id"]] == made
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("key.created", made)
    stored = await db.fetchval("select hash from api_keys where id = $1", UUID(made["id"]))
    rows = await everything(db, workspace.id)
    assert not [row for row in rows if key in row]
    assert [row.split()[0] for row in rows if stored.hex() in row] == ["api_keys"]


async def test_a_repetition_and_a_rehearsal_show_no_key(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    before = set(await listed(client))
    body = {"scopes": ["admin"]}
    dry = await client.post("/keys", json=body, params={"dry_run": "true"})
    assert (dry.json()["key"], dry.headers["x-looplane-would"]) == (None, "key.created")
    assert set(await listed(client)) == before
    once: dict[str, Any] = {"json": body, "headers": {"Idempotency-Key": "once"}}
    first, again = [await client.post("/keys", **once) for _ in range(2)]
    assert again.json() == {**first.json(), "key": None} != first.json()
    assert first.headers["etag"] == again.headers["etag"]
    assert len(await listed(client)) == len(before) + 1
    rows = await everything(db, workspace.id)
    assert not [row for row in rows if first.json()["key"] in row]


async def test_a_key_changes(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    made = await make.api_key()
    path = f"/keys/{made['id']}"
    changes = {"label": "x", "scopes": ["admin"], "allowed_ips": ["10.0.0.0/8"]}
    changes |= {"expires_at": iso(clock() + DAY)}
    answer = await client.patch(path, json=changes)
    assert answer.json() | changes == answer.json()
    assert version(answer) == 2
    cleared: dict[str, Any] = {"label": None, "expires_at": None, "allowed_ips": []}
    answer = await client.patch(path, json=cleared)
    assert answer.json() | cleared == answer.json()
    assert version(await client.patch(path, json=cleared)) == 3
    *_, event = await events_of(db, made["id"])
    assert (event["type"], event["after"]) == ("key.updated", cleared)


async def test_a_revoked_key_stays_in_the_list_alone(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    clock: SteppedClock,
    database: Database,
) -> None:
    made = await make.api_key()
    path = f"/keys/{made['id']}"
    clock.step(DAY)
    assert (await client.delete(path)).json() == {"id": made["id"], "deleted": True}
    gone = [await client.get(path), await client.delete(path)]
    gone.append(await client.patch(path, json={"label": "x"}))
    assert [each.status_code for each in gone] == [404] * 3
    assert (await listed(client))[made["id"]]["revoked_at"] == iso(clock())
    assert [each["type"] for each in await events_of(db, made["id"])] == [
        "key.created",
        "key.revoked",
    ]
    async with connected(create_app(database, UNLIMITED, clock), made["key"]) as caller:
        assert (await caller.get("/me")).status_code == httpx.codes.UNAUTHORIZED


async def test_a_key_may_end_itself(app: ASGIApp, client: httpx.AsyncClient, make: Factory) -> None:
    made = await make.api_key(scopes=["admin"])
    async with connected(app, made["key"]) as caller:
        narrowed = await caller.patch(f"/keys/{made['id']}", json={"allowed_ips": ["10.0.0.1"]})
        assert narrowed.is_success
        assert (await caller.delete(f"/keys/{made['id']}")).is_success
    assert (await listed(client))[made["id"]]["revoked_at"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (None, "unauthenticated"),
        ({"scopes": ["tags:read"]}, "scope_required"),
        ({"allowed_ips": ["10.0.0.1"]}, "forbidden"),
    ],
)
async def test_what_a_key_lost_while_its_body_came_is_lost(
    app: ASGIApp,
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any] | None,
    code: str,
) -> None:
    monkeypatch.setattr(authentication, "_CACHE_SECONDS", 0.0)
    made = await make.api_key(scopes=["tags:write"])
    before: list[str] = []

    async def slow() -> AsyncIterator[bytes]:
        yield b'{"name": "la'
        path = f"/keys/{made['id']}"
        lost = await (client.patch(path, json=change) if change else client.delete(path))
        assert lost.is_success
        before.extend(await everything(db, workspace.id))
        yield b'te"}'

    async with connected(app, made["key"]) as caller:
        headers = {"Content-Type": "application/json"}
        answer = await caller.post("/tags", content=slow(), headers=headers)
    assert answer.json()["code"] == code
    assert before == await everything(db, workspace.id)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ["scopes"]),
        ({"scopes": []}, ["scopes"]),
        ({"scopes": ["all", "tags:read", "nonsense"]}, ["scopes.0", "scopes.2"]),
        ({"scopes": ["admin"], "expires_at": "2020-01-01T00:00:00Z"}, ["expires_at"]),
        ({"scopes": ["admin"], "member_id": "x", "label": ""}, ["label", "member_id"]),
        (
            {"scopes": ["admin"], "expires_at": "2020-01-01T00:00:00Z", "member_id": "x"},
            ["expires_at", "member_id"],
        ),
        ({"scopes": ["admin"], "allowed_ips": None}, ["allowed_ips"]),
        ({"scopes": ["admin"], "allowed_ips": ["10.0.0.1"] * 101}, ["allowed_ips"]),
    ],
)
async def test_all_faults_of_a_key(
    client: httpx.AsyncClient, body: dict[str, Any], names: list[str]
) -> None:
    before = await listed(client)
    assert faults(await client.post("/keys", json=body)) == names
    assert await listed(client) == before


NETWORKS = [
    ("203.0.113.7", "203.0.113.7"),
    ("203.0.113.7/32", "203.0.113.7"),
    ("203.0.113.0/24", "203.0.113.0/24"),
    ("0.0.0.0/0", "0.0.0.0/0"),
    ("2001:DB8:0::1", "2001:db8::1"),
    ("2001:db8::/32", "2001:db8::/32"),
    ("::ffff:203.0.113.7", "203.0.113.7"),
    ("::ffff:cb00:7107", "203.0.113.7"),
    ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ("203.0.113.7/24", None),
    ("203.0.113.0/33", None),
    ("203.0.113", None),
    ("0203.0.113.7", None),
    ("fe80::1%eth0", None),
    ("localhost", None),
    ("", None),
    ("10.0.0.1 ", None),
    ("1", None),
    ("٣.0.0.1", None),
]


@pytest.mark.parametrize(("sent", "kept"), NETWORKS)
async def test_how_addresses_are_spelled(
    client: httpx.AsyncClient, sent: str, kept: str | None
) -> None:
    body = {"scopes": ["admin"], "allowed_ips": ["10.0.0.1", sent]}
    answer = await client.post("/keys", json=body)
    if kept is None:
        assert faults(answer) == ["allowed_ips.1"]
    else:
        assert answer.json()["allowed_ips"] == ["10.0.0.1", kept]


async def test_a_page_of_keys_is_one_query(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock, queries: Any
) -> None:
    clock.step(DAY)  # after the key that calls
    ids = [(await make.api_key())["id"] for _ in range(5)]
    await client.delete(f"/keys/{ids[2]}")
    with queries() as seen:
        page = (await client.get("/keys", params={"limit": 3})).json()
    assert [each["id"] for each in page["data"]] == ids[:1:-1]
    assert len(seen) == 1
    rest = await client.get("/keys", params={"cursor": page["page"]["cursor"]})
    assert [each["id"] for each in rest.json()["data"]][:2] == ids[1::-1]
    with queries() as seen:
        await client.post("/keys", json={"scopes": ["admin"]})
    assert len(seen) == 1
