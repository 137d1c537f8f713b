"""Broadcasts of changelogs: what is planned, for whom, and what is refused."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.witness import etag, events_of, everything, faults, version

EMAIL = {"email": True}
PLANNED = "select * from deliveries where workspace_id = $1 order by created_at, id"
FAULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["email"]),
    ({"email": False, "slack": False, "message": "m"}, ["email"]),
    ({"slack": True}, ["slack"]),
    ({"email": True, "slack": True}, ["slack"]),
    ({"email": 1, "slack": "true"}, ["email", "slack"]),
    ({**EMAIL, "subject": "a\r\nBcc: x@mail.example"}, ["subject"]),
    ({**EMAIL, "sender_name": "\x7f", "from_email": "x"}, ["from_email", "sender_name"]),
    ({**EMAIL, "subject": "", "message": ""}, ["message", "subject"]),
    ({**EMAIL, "message": "x" * 10_001, "to": "all"}, ["message", "to"]),
]


async def test_a_mail_to_all_who_have_subscribed_is_planned(
    client: httpx.AsyncClient,
    make: Factory,
    make_other: Factory,
    db: Any,
    workspace: Workspace,
    clock: SteppedClock,
) -> None:
    for fields in ({}, {}, {"is_subscribed": False}):
        await make.contact(**fields)
    gone = await make.contact()
    await client.delete(f"/contacts/{gone['id']}")
    await make_other.contact()
    changelog = await make.changelog(published=True)
    clock.step(timedelta(seconds=1))
    words = {
        "message": "Dear all,\nit is here.",
        "subject": "News",
        "sender_name": "The team",
        "from_email": "news@firm.example",
    }
    answer = await client.post(f"/changelogs/{changelog['id']}/broadcast", json={**EMAIL, **words})
    made, now = answer.json(), iso(clock())
    expected = {**words, **EMAIL, "slack": False, "recipients": 2, "created_at": now}
    assert made == {"id": made["id"], "changelog_id": changelog["id"], **expected}
    (planned,) = await db.fetch(PLANNED, workspace.id)
    assert (planned["kind"], planned["channel"], planned["target"]) == (
        *("broadcast", "email"),
        "subscribers",
    )
    assert (planned["state"], str(planned["subject_id"])) == ("queued", made["id"])
    assert planned["next_attempt_at"] == clock()
    present = await client.get(f"/changelogs/{changelog['id']}")
    assert present.json() == {**changelog, "broadcast_at": now, "updated_at": now}
    assert version(answer) == version(present) == 2
    told = (await events_of(db, changelog["id"]))[-2:]
    assert [each["type"] for each in told] == ["changelog.updated", "changelog.broadcast"]
    assert told[0]["id"] == planned["event_id"]
    assert [each["data"] for each in told] == [present.json()] * 2


@pytest.mark.parametrize(("body", "named"), FAULTS)
async def test_each_fault_is_named_and_nothing_written(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    body: dict[str, Any],
    named: list[str],
) -> None:
    changelog = await make.changelog(published=True)
    rows = await everything(db, workspace.id)
    answer = await client.post(f"/changelogs/{changelog['id']}/broadcast", json=body)
    assert faults(answer) == named
    assert await everything(db, workspace.id) == rows


async def test_mail_must_be_set_up(
    database: Database, make: Factory, workspace: Workspace, clock: SteppedClock
) -> None:
    changelog = await make.changelog(published=True)
    app = create_app(database, Settings(console_channel="off"), clock)
    async with connected(app, workspace.key) as caller:
        answer = await caller.post(f"/changelogs/{changelog['id']}/broadcast", json=EMAIL)
        assert faults(answer) == ["email"]
    await app.aclose()


@pytest.mark.parametrize("change", [{"published": False}, {"archived": True}], ids=str)
async def test_only_what_readers_can_see_is_broadcast(
    client: httpx.AsyncClient,
    make: Factory,
    db: Any,
    workspace: Workspace,
    change: dict[str, bool],
) -> None:
    path = f"/changelogs/{(await make.changelog(published=True))['id']}"
    await client.patch(path, json=change)
    rows = await everything(db, workspace.id)
    refused = await client.post(f"{path}/broadcast", json=EMAIL)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert await everything(db, workspace.id) == rows


async def test_nobody_gets_it_twice_at_the_same_instant(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path = f"/changelogs/{(await make.changelog(published=True))['id']}/broadcast"
    tries = await asyncio.gather(*(client.post(path, json=EMAIL) for _ in range(4)))
    assert sorted(each.status_code for each in tries) == [200, 409, 409, 409]
    keyed: dict[str, Any] = {"json": EMAIL, "headers": {"Idempotency-Key": "once"}}
    assert (await client.post(path, **keyed)).status_code == httpx.codes.CONFLICT
    await db.execute(
        "update deliveries set state = 'delivered', next_attempt_at = null where workspace_id = $1",
        workspace.id,
    )
    again = [await client.post(path, **keyed) for _ in range(2)]
    assert again[0].json() == again[1].json()
    assert len(await db.fetch(PLANNED, workspace.id)) == 2
    # Another changelog does not wait for this one.
    other = await make.changelog(published=True)
    assert (await client.post(f"/changelogs/{other['id']}/broadcast", json=EMAIL)).is_success


async def test_if_match_and_dry_run(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path = f"/changelogs/{(await make.changelog(published=True))['id']}"
    old = {"If-Match": etag(await client.get(path))}
    await client.patch(path, json={"title": "Two"})
    rows = await everything(db, workspace.id)
    refused = await client.post(f"{path}/broadcast", json=EMAIL, headers=old)
    assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    would = await client.post(f"{path}/broadcast", json=EMAIL, params={"dry_run": "true"})
    assert would.headers["x-looplane-would"] == "changelog.updated, changelog.broadcast"
    assert await everything(db, workspace.id) == rows


async def test_its_cost_does_not_grow_with_the_contacts(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, queries: Any
) -> None:
    seen_by_count, rows = [], []
    for number in (0, 300):
        await db.execute(
            "insert into contacts (workspace_id, id, email, created_at, updated_at)"
            " select $1, gen_random_uuid(), n || '@many.example', now(), now()"
            " from generate_series(1, $2) n",
            workspace.id,
            number,
        )
        path = f"/changelogs/{(await make.changelog(published=True))['id']}/broadcast"
        await client.get("/me")
        before = len(await everything(db, workspace.id))
        with queries() as seen:
            answer = await client.post(path, json=EMAIL)
        assert answer.json()["recipients"] == number
        seen_by_count.append(len(seen))
        rows.append(len(await everything(db, workspace.id)) - before)
    assert seen_by_count == [7, 7]
    assert rows[0] == rows[1]


async def test_a_broadcast_is_of_one_workspace(
    stranger: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    changelog = await make.changelog(published=True)
    answer = await stranger.post(f"/changelogs/{changelog['id']}/broadcast", json=EMAIL)
    assert answer.status_code == httpx.codes.NOT_FOUND
    found = await db.fetchval(
        "select count(*) from broadcasts where changelog_id = $1", UUID(changelog["id"])
    )
    assert found == 0
