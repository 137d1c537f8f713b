"""`?dry_run=true`: all is checked, the answer is what it would be, nothing is written."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import etag, everything, faults

DRY = {"dry_run": "true"}
BODY = {"text": "x", "pain_level": "LOW", "contact_email": "dry@mail.example"}


async def test_the_answer_is_what_the_write_then_gives(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    thread = await make.thread()
    company, project, tag = await make.company(), await make.project(), await make.tag()
    path = f"/threads/{thread['id']}"
    clock.step(timedelta(seconds=1))
    cases = [
        ({}, ""),
        ({"title": "T"}, "thread.updated"),
        (
            {"status": "done", "tag_ids": [tag["id"]], "assignee_id": str(workspace.member_id)},
            "thread.updated, thread.status_changed, thread.assigned, thread.tagged",
        ),
        ({"company_id": company["id"]}, "thread.updated, contact.updated"),
        ({"text": "<p>y</p>", "notify": {"slack": True}}, "thread.updated"),
    ]
    for body, events in cases:
        rows = await everything(db, workspace.id)
        present = etag(await client.get(path))
        would = await client.patch(path, params=DRY, json=body)
        assert etag(would) == present
        assert (would.status_code, would.headers["x-looplane-would"]) == (200, events)
        assert await everything(db, workspace.id) == rows
        done = await client.patch(path, json=body)
        assert would.content == done.content
        assert would.headers.get("x-looplane-notify") == done.headers.get("x-looplane-notify")
        assert "x-looplane-would" not in done.headers
    # A new need has a new id each time.
    would = await client.patch(path, params=DRY, json={"project_id": project["id"]})
    assert would.headers["x-looplane-would"] == "thread.updated, customer_need.created"
    assert [need["project_id"] for need in would.json()["customer_needs"]] == [project["id"]]
    assert (await client.get(path)).json()["customer_needs"] == []


async def test_a_thread_that_is_made_or_deleted_only_in_thought(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    thread, project = await make.thread(), await make.project()
    rows = await everything(db, workspace.id)
    would = await client.post("/threads", params=DRY, json={**BODY, "project_id": project["id"]})
    assert would.headers["x-looplane-would"] == (
        "contact.created, thread.created, customer_need.created"
    )
    assert (await client.get(f"/threads/{would.json()['id']}")).status_code == 404
    gone = await client.delete(f"/threads/{thread['id']}", params=DRY)
    assert gone.json() == {"id": thread["id"], "deleted": True}
    assert gone.headers["x-looplane-would"] == "thread.deleted"
    assert await everything(db, workspace.id) == rows


async def test_its_etag_is_no_licence_to_write_over_others(
    client: httpx.AsyncClient, make: Factory
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    would = await client.patch(path, params=DRY, json={"title": "mine"})
    other = await client.patch(path, json={"title": "theirs"})
    stale = {"If-Match": would.headers["etag"]}
    refused = await client.patch(path, json={"title": "mine"}, headers=stale)
    assert (refused.status_code, (await client.get(path)).json()["title"]) == (412, "theirs")
    gone = await client.delete(path, params=DRY)
    assert etag(gone) == etag(other)
    fresh = {"If-Match": gone.headers["etag"]}
    assert (await client.patch(path, json={"title": "mine"}, headers=fresh)).status_code == 200
    # What is not there yet has none.
    would = await client.post("/threads", params=DRY, json=BODY)
    assert "etag" not in would.headers


async def test_everything_is_checked(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path = f"/threads/{(await make.thread())['id']}"
    rows = await everything(db, workspace.id)
    body = {"status": "snoozed", "tag_ids": ["x"]}
    assert faults(await client.patch(path, params=DRY, json=body)) == ["snoozed_until", "tag_ids.0"]
    stale = {"If-Match": '"99"'}
    assert (await client.patch(path, params=DRY, json={}, headers=stale)).status_code == 412
    assert (await client.delete(path, params=DRY, headers=stale)).status_code == 412
    assert faults(await client.post("/threads", params=DRY, json={})) == sorted(BODY)
    nowhere = f"/threads/{workspace.id}"
    assert (await client.patch(nowhere, params=DRY, json={})).status_code == 404
    assert await everything(db, workspace.id) == rows


async def test_a_rehearsal_uses_up_no_idempotency_key(
    client: httpx.AsyncClient, make: Factory
) -> None:
    path, key = f"/threads/{(await make.thread())['id']}", {"Idempotency-Key": "k"}
    await client.patch(path, params=DRY, json={"title": "T"}, headers=key)
    done = await client.patch(path, json={"title": "T"}, headers=key)
    assert (done.status_code, done.json()["title"]) == (200, "T")
    assert "idempotent-replayed" not in done.headers


@pytest.mark.parametrize("value", ["", "yes please", "2"])
async def test_neither_yes_nor_no(client: httpx.AsyncClient, make: Factory, value: str) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    answer = await client.patch(path, params={"dry_run": value}, json={"title": "T"})
    assert faults(answer) == ["dry_run"]
    assert (await client.get(path)).json() == thread
    answer = await client.patch(path, params={"dry_run": "false"}, json={"title": "T"})
    assert "x-looplane-would" not in answer.headers
    assert (await client.get(path)).json()["title"] == "T"
