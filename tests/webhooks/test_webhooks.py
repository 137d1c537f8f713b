"""/webhooks: what one is, its secret, and what it is told of."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.clock import iso
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, faults, version

HOUR = timedelta(hours=1)
BODY: dict[str, Any] = {
    "url": "https://receiver.example/hooks?of=us",
    "events": ["thread.*", "tag.created"],
}


async def test_a_webhook_is_made_and_its_secret_shown_once(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    answer = await client.post("/webhooks", json={**BODY, "label": "CRM"})
    made = answer.json()
    secret = made.pop("secret")
    assert made | {**BODY, "label": "CRM", "style": "standard", "status": "active"} == made
    assert (made["status_reason"], made["former_secret_until"], version(answer)) == (None, None, 1)
    assert secret.startswith("whsec_")
    path = f"/webhooks/{made['id']}"
    assert (await client.get(path)).json() == made
    assert made in (await client.get("/webhooks")).json()["data"]
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("webhook.created", made)
    rows = await everything(db, workspace.id)
    assert not [row for row in rows if secret in row or secret.removeprefix("whsec_") in row]


async def test_a_repetition_and_a_rehearsal_show_no_secret(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    dry = await client.post("/webhooks", json=BODY, params={"dry_run": "true"})
    assert (dry.json()["secret"], dry.headers["x-looplane-would"]) == (None, "webhook.created")
    once: dict[str, Any] = {"json": BODY, "headers": {"Idempotency-Key": "webhook"}}
    first, again = [await client.post("/webhooks", **once) for _ in range(2)]
    assert again.json() == {**first.json(), "secret": None} != first.json()
    rows = await everything(db, workspace.id)
    assert not [row for row in rows if first.json()["secret"] in row]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://receiver.example/", "https://", "receiver.example", "https://a:b@receiver.example/",
        "https://user@receiver.example/", "https://receiver.example/#part", "http://x y.example/",
        "https://receiver.example:99999/", f"https://receiver.example/{'x' * 2048}",
    ],
)  # fmt: skip
async def test_where_nothing_can_be_sent_is_refused(client: httpx.AsyncClient, url: str) -> None:
    found = faults(await client.post("/webhooks", json={**BODY, "url": url}))
    assert found == ["url"]


async def test_each_unknown_event_is_named(client: httpx.AsyncClient, make: Factory) -> None:
    events = [
        "thread.*",
        "thread.exploded",
        "threads.*",
        "",
        "*",
        "webhook.pinged",
        "webhook.*",
        "*.created",
    ]
    answer = await client.post("/webhooks", json={"url": "nowhere", "events": events})
    named = [each["message"].partition(":")[0] for each in answer.json()["issues"]]
    assert sorted(named) == ["events.3", "url"]
    sent = {**BODY, "events": [each or "thread" for each in events]}
    named = faults(await client.post("/webhooks", json=sent))
    assert named == ["events.1", "events.2", "events.3", "events.5", "events.6", "events.7"]
    made = await make.webhook()
    patch = {"events": ["thread.exploded"]}
    assert len(faults(await client.patch(f"/webhooks/{made['id']}", json=patch))) == 1
    assert len(faults(await client.patch(f"/webhooks/{made['id']}", json={"events": []}))) == 1


async def test_all_events_of_the_field_can_be_told(client: httpx.AsyncClient) -> None:
    field = {
        "thread": "created updated deleted status_changed assigned tagged",
        "message": "received sent",
        "comment": "created updated deleted",
        "contact": "created updated deleted",
        "company": "created updated deleted",
        "changelog": "created published updated deleted",
        "issue": "created updated completed canceled deleted",
        "project": "created updated completed canceled deleted",
        "customer_need": "created deleted",
        "doc": "created updated deleted published",
        "tag": "created updated deleted",
        "membership": "invited joined role_changed removed",
    }
    events = [f"{noun}.{verb}" for noun, verbs in field.items() for verb in verbs.split()]
    assert len(events) == 44
    patterns = [*events, *(f"{noun}.*" for noun in field), "*"]
    answer = await client.post("/webhooks", json={**BODY, "events": patterns})
    assert answer.json()["events"] == patterns


async def test_a_webhook_changes(client: httpx.AsyncClient, make: Factory, db: Any) -> None:
    made = await make.webhook()
    path, secret = f"/webhooks/{made['id']}", made.pop("secret")
    changes = {
        "url": "http://other.example:8443/x",
        "label": None,
        "events": ["*"],
        "style": "productlane",
    }
    answer = await client.patch(path, json=changes)
    assert answer.json() | changes == answer.json()
    assert (await client.patch(path, json=changes)).json() == answer.json()
    events = [each["type"] for each in await events_of(db, made["id"])]
    assert events == ["webhook.created", "webhook.updated"]
    assert secret not in answer.text
    stale = await client.patch(path, json={"label": "x"}, headers={"If-Match": '"1"'})
    assert stale.json()["code"] == "precondition_failed"


async def test_one_that_is_turned_off_waits_and_goes_on(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.webhook()
    path, key = f"/webhooks/{made['id']}", (make.workspace_id, made["id"])
    find = "select paused_at, failures, due_at from delivery_queues where workspace_id = $1 and queue = $2"
    off = (await client.patch(path, json={"status": "disabled"})).json()
    assert (off["status"], off["status_reason"]) == ("disabled", None)
    assert (await db.fetchrow(find, *key))["paused_at"] is not None
    assert (await client.post(f"{path}/ping")).json()["code"] == "conflict"
    await db.execute(
        "update delivery_queues set failures = 3 where workspace_id = $1 and queue = $2", *key
    )
    on = (await client.patch(path, json={"status": "active"})).json()
    assert on["status"] == "active"
    row = await db.fetchrow(find, *key)
    assert (row["paused_at"], row["failures"]) == (None, 0)
    assert row["due_at"] is not None
    events = [each["type"] for each in await events_of(db, made["id"])]
    assert events[1:] == ["webhook.updated", "webhook.disabled", "webhook.updated"]
    assert len(faults(await client.patch(path, json={"status": "paused"}))) == 1


async def test_a_secret_is_rotated(
    client: httpx.AsyncClient, make: Factory, db: Any, clock: SteppedClock
) -> None:
    made = await make.webhook()
    path = f"/webhooks/{made['id']}/rotate-secret"
    find = (
        "select number from webhook_secrets where workspace_id = $1 and webhook_id = $2 order by 1"
    )
    seen = {made["secret"]}
    for number, hours in ((2, 24), (3, 720)):
        rotated = (await client.post(path, json={"former_hours": hours})).json()
        assert rotated["former_secret_until"] == iso(clock() + hours * HOUR)
        seen.add(rotated["secret"])
        kept = await db.fetch(find, make.workspace_id, UUID(made["id"]))
        # The one before the last is good no longer.
        assert [each["number"] for each in kept] == [number - 1, number]
    # At the same instant, and without an overlap: what has become known is gone.
    rotated = (await client.post(path, json={"former_hours": 0})).json()
    seen.add(rotated["secret"])
    assert len(seen) == 4
    kept = await db.fetch(find, make.workspace_id, UUID(made["id"]))
    assert [each["number"] for each in kept] == [4]
    told = await events_of(db, made["id"])
    assert [each["type"] for each in told[-2:]] == ["webhook.updated", "webhook.secret_rotated"]
    assert "secret_number" not in str(told[-1])
    once: dict[str, Any] = {"json": {}, "headers": {"Idempotency-Key": "rotate"}}
    first, again = [await client.post(path, **once) for _ in range(2)]
    assert again.json() == {**first.json(), "secret": None} != first.json()
    assert len(faults(await client.post(path, json={"former_hours": 721}))) == 1


async def test_what_is_queued_for_a_deleted_one_is_canceled(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.webhook()
    path = f"/webhooks/{made['id']}"
    ping = (await client.post(f"{path}/ping")).json()
    assert (await client.delete(path)).json() == {"id": made["id"], "deleted": True}
    state = await db.fetchval("select state from deliveries where id = $1", UUID(ping["id"]))
    assert state == "canceled"
    assert (
        await db.fetchval(
            "select count(*) from webhook_secrets where webhook_id = $1", UUID(made["id"])
        )
        == 0
    )
    for answer in (
        await client.get(path),
        await client.get(f"{path}/deliveries"),
        await client.post(f"{path}/ping"),
        await client.post(f"{path}/replay", json={"delivery_ids": []}),
        await client.post(f"{path}/rotate-secret", json={}),
        await client.delete(path),
    ):
        assert answer.json()["code"] == "not_found"


async def test_a_ping_is_a_delivery_as_any_other(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.webhook(events=["tag.created"])
    path = f"/webhooks/{made['id']}"
    first, second = [(await client.post(f"{path}/ping")).json() for _ in range(2)]
    assert first | {"kind": "test", "channel": "webhook", "state": "queued", "attempts": 0} == first
    assert (first["target"], first["event_type"]) == (made["id"], "webhook.pinged")
    assert [each["id"] for each in (await client.get(f"{path}/deliveries")).json()["data"]] == [
        second["id"],
        first["id"],
    ]
    dead = await client.get(f"{path}/deliveries", params={"state": "dead"})
    assert dead.json()["data"] == []
    (event,) = [
        each
        for each in await events_of(db, made["id"])
        if first["event_id"] == f"evt_{each['id'].hex}"
    ]
    assert event["type"] == "webhook.pinged"
