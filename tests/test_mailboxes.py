"""Mailboxes: what can be set up, who sees what of it, and what a test of one says."""

from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from looplane.kit.writes import fingerprint
from tests.conftest import SteppedClock, Workspace, connected
from tests.factory import Factory
from tests.sessions import signed_in
from tests.witness import faults

BODY = {
    "name": "Support",
    "address": "support@firm.example",
    "smtp_host": "smtp.firm.example",
    "smtp_port": 587,
}


async def test_what_is_set_up_is_shown_but_for_its_password(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    body = {**BODY, "username": "support", "password": "s3cret w0rd"}
    made = await client.post("/mailboxes", json=body)
    assert made.status_code == 200, made.text
    shown = made.json()
    assert {name: shown[name] for name in BODY} == BODY
    assert (shown["has_password"], shown["is_default"], shown["status"]) == (True, True, "active")
    assert (shown["security"], shown["daily_budget"], shown["per_thread_per_hour"]) == (
        "starttls",
        2000,
        30,
    )
    got = await client.get(f"/mailboxes/{shown['id']}")
    listed = await client.get("/mailboxes")
    assert got.json() == shown == listed.json()["data"][0]
    kept = await db.fetch(
        "select mb::text as row from mailboxes mb where workspace_id = $1"
        " union all select e::text from events e where workspace_id = $1",
        workspace.id,
    )
    assert len(kept) == 2
    assert "s3cret" not in str(kept) + made.text + listed.text


async def test_the_default_one_is_the_one_that_was_chosen_last_or_the_oldest(
    client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    first, second, third = [await make.mailbox() for _ in range(3)]

    async def default() -> list[str]:
        found = (await client.get("/mailboxes")).json()["data"]
        return [each["id"] for each in found if each["is_default"]]

    assert await default() == [first["id"]]
    chosen = await client.patch(f"/mailboxes/{third['id']}", json={"is_default": True})
    assert chosen.json()["is_default"] is True
    assert await default() == [third["id"]]
    refused = await client.patch(f"/mailboxes/{third['id']}", json={"is_default": False})
    assert faults(refused) == ["is_default"]
    clock.step(timedelta(seconds=1))
    assert (await make.mailbox(is_default=True))["is_default"] is True
    await client.delete(f"/mailboxes/{(await default())[0]}")
    assert await default() == [third["id"]]
    await client.delete(f"/mailboxes/{third['id']}")
    assert await default() == [first["id"]]
    assert second["is_default"] is False


async def test_one_address_has_one_mailbox(client: httpx.AsyncClient, make: Factory) -> None:
    first = await make.mailbox(address="Support@firm.example")
    again = await client.post("/mailboxes", json=BODY)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    other = await make.mailbox()
    moved = await client.patch(f"/mailboxes/{other['id']}", json={"address": BODY["address"]})
    assert moved.status_code == 409
    await client.delete(f"/mailboxes/{first['id']}")
    assert (await client.post("/mailboxes", json=BODY)).status_code == 200


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"smtp_host": "smtp firm"}, ["smtp_host"]),
        ({"smtp_host": "x\r\nQUIT"}, ["smtp_host"]),
        ({"smtp_port": 0}, ["smtp_port"]),
        ({"security": "ssl"}, ["security"]),
        ({"address": "support"}, ["address"]),
        ({"name": "Support\r\nBcc: all@mail.example"}, ["name"]),
        ({"password": "x"}, ["password"]),
        ({"daily_budget": 0, "per_thread_per_hour": 0}, ["daily_budget", "per_thread_per_hour"]),
        ({"has_password": True}, ["has_password"]),
    ],
    ids=str,
)
async def test_what_is_no_mailbox(
    client: httpx.AsyncClient, make: Factory, change: dict[str, Any], named: list[str]
) -> None:
    assert faults(await client.post("/mailboxes", json={**BODY, **change})) == named
    path = f"/mailboxes/{(await make.mailbox())['id']}"
    assert faults(await client.patch(path, json=change)) == named


async def test_a_password_goes_with_its_user(
    client: httpx.AsyncClient, make: Factory, db: Any
) -> None:
    made = await make.mailbox(username="support", password="x")
    path = f"/mailboxes/{made['id']}"
    kept = await db.fetchval("select password from mailboxes where id::text = $1", made["id"])
    named = (await client.patch(path, json={"username": "help"})).json()
    assert (named["username"], named["has_password"]) == ("help", True)
    assert kept == await db.fetchval(
        "select password from mailboxes where id::text = $1", made["id"]
    )
    gone = (await client.patch(path, json={"username": None})).json()
    assert (gone["username"], gone["has_password"]) == (None, False)


async def test_paused_and_active_again(
    client: httpx.AsyncClient, make: Factory, db: Any, workspace: Workspace
) -> None:
    path = f"/mailboxes/{(await make.mailbox())['id']}"
    paused = (await client.patch(path, json={"status": "paused"})).json()
    assert (paused["status"], paused["status_reason"]) == ("paused", "It was paused by hand.")
    assert paused["paused_until"] is None
    active = (await client.patch(path, json={"status": "active"})).json()
    assert (active["status"], active["status_reason"]) == ("active", None)
    types = await db.fetch(
        "select type from events where workspace_id = $1 order by created_at, id", workspace.id
    )
    assert [each["type"] for each in types] == [
        "mailbox.created",
        "mailbox.updated",
        "mailbox.paused",
        "mailbox.updated",
    ]


async def test_they_are_for_those_who_run_the_workspace(
    app: Any, db: Any, make: Factory, workspace: Workspace, client: httpx.AsyncClient
) -> None:
    made = await make.mailbox()
    user = await make.joined_member("USER")
    for member, status in ((workspace.member_id, 200), (user["id"], 403)):
        async with signed_in(app, db, workspace.id, member) as screen:
            assert (await screen.get("/mailboxes")).status_code == status
            tried = await screen.patch(f"/mailboxes/{made['id']}", json={"name": "Mine"})
            assert tried.status_code == status
    key = await make.api_key(scopes=["threads:read"])
    async with connected(app, key["key"]) as caller:
        assert (await caller.get("/mailboxes")).json()["code"] == "scope_required"


async def test_a_request_with_a_password_is_known_again_and_leaves_no_digest(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    body = orjson.dumps({**BODY, "username": "support", "password": "guess"})
    headers = {"Idempotency-Key": "once", "Content-Type": "application/json"}
    tried = [await client.post("/mailboxes", content=body, headers=headers) for _ in range(2)]
    assert tried[0].json() == tried[1].json()
    [row] = await db.fetch(
        "select request_hash from idempotent_answers where workspace_id = $1", workspace.id
    )
    assert row["request_hash"] != fingerprint("POST", b"/api/v2/mailboxes?", body)
    other = await client.post("/mailboxes", json=BODY, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "unprocessable")


async def test_the_same_again_changes_nothing(client: httpx.AsyncClient, make: Factory) -> None:
    made = await make.mailbox(username="support", password="x", is_default=True)
    same = {"password": "x", "is_default": True, "name": made["name"]}
    again = await client.patch(f"/mailboxes/{made['id']}", json=same)
    assert again.json() == made
