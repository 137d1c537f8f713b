"""Invites: who is invited, what opens one, and that it opens once."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from looplane.kit.context import Context
from looplane.kit.database import Database
from looplane.kit.errors import Conflict, NotFound
from looplane.kit.principal import Principal
from looplane.members.invites.commands import accept_invite, issue_invite_token
from tests.conftest import SteppedClock, Workspace
from tests.factory import Factory
from tests.witness import events_of, everything, kinds_of, version

ADA = {"email": "ada@team.example", "name": "Ada", "role": "USER"}
LIFETIME = timedelta(days=7)


async def invite(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post("/members/invites", json={**ADA, **fields})
    assert answer.is_success, answer.text
    return dict(answer.json())


async def accept(db: Any, clock: SteppedClock, token: str) -> dict[str, Any]:
    return dict(json.loads((await accept_invite(db, clock, token, "test")).body))


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    return list((await client.get("/members/invites")).json()["data"])


async def test_an_invite_is_shown_told_and_planned(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    made = await invite(client)
    token = made.pop("token")
    assert made | ADA == made
    assert (made["state"], made["invited_by_id"]) == ("PENDING", str(workspace.member_id))
    assert await listed(client) == [made]
    (event,) = await events_of(db, made["id"])
    assert (event["type"], event["data"]) == ("membership.invited", made)
    (planned,) = await db.fetch("select * from deliveries where workspace_id = $1", workspace.id)
    assert (planned["kind"], planned["channel"]) == ("invite", "email")
    assert (planned["target"], str(planned["subject_id"])) == (ADA["email"], made["id"])
    assert planned["event_id"] == event["id"]
    assert not [row for row in await everything(db, workspace.id) if token in row]


async def test_a_token_makes_one_member(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    made = await invite(client, role="ADMIN")
    member = await accept(db, clock, made["token"])
    assert member | {**ADA, "role": "ADMIN"} == member
    assert member in (await client.get("/members")).json()["data"]
    assert [each["state"] for each in await listed(client)] == ["ACCEPTED"]
    (joined,) = await events_of(db, member["id"])
    accepted = (await events_of(db, made["id"]))[-1]
    assert (joined["type"], accepted["type"]) == ("membership.joined", "invite.accepted")
    assert joined["write_id"] == accepted["write_id"]
    assert joined["actor"]["rule"] == "accept_invite"
    with pytest.raises(Conflict, match="accepted"):
        await accept(db, clock, made["token"])


async def test_twice_at_the_same_instant_is_one_member(
    client: httpx.AsyncClient, database: Database, clock: SteppedClock
) -> None:
    made = await invite(client)

    async def run() -> str:
        async with database.pool.acquire() as con:
            try:
                return str((await accept(con, clock, made["token"]))["id"])
            except Conflict:
                return "refused"

    outcomes = await asyncio.gather(*(run() for _ in range(6)))
    assert outcomes.count("refused") == 5
    rows = (await client.get("/members")).json()["data"]
    assert [row["id"] for row in rows if row["email"] == ADA["email"]] == [
        each for each in outcomes if each != "refused"
    ]


async def test_what_is_over_opens_nothing(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock, workspace: Workspace
) -> None:
    gone, late = await invite(client), await invite(client, email="late@team.example")
    assert (await client.delete(f"/members/invites/{gone['id']}")).is_success
    assert (await kinds_of(db, gone["id"]))[-1] == "invite.deleted"
    before = await everything(db, workspace.id)
    for token in (gone["token"], "lli_" + "0" * 64, "", gone["id"], "é"):
        with pytest.raises(NotFound):
            await accept(db, clock, token)
    clock.step(LIFETIME)
    with pytest.raises(Conflict, match="expired"):
        await accept(db, clock, late["token"])
    assert await everything(db, workspace.id) == before
    assert (await client.delete(f"/members/invites/{gone['id']}")).status_code == 404


async def test_an_invite_is_good_to_its_last_moment(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock
) -> None:
    made = await invite(client)
    clock.step(LIFETIME - timedelta(milliseconds=1))
    await accept(db, clock, made["token"])


async def test_nobody_is_invited_twice(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock, make: Factory, workspace: Workspace
) -> None:
    await make.joined_member(email="Member@team.example")
    made = await invite(client)
    before = await everything(db, workspace.id)
    for email in ("member@TEAM.example", "ADA@team.example"):
        again = await client.post("/members/invites", json={**ADA, "email": email})
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert await everything(db, workspace.id) == before
    # One that has expired gives way.
    clock.step(LIFETIME)
    second = await invite(client, email="ADA@team.example")
    assert [each["id"] for each in await listed(client)] == [second["id"]]
    assert await kinds_of(db, made["id"]) == ["membership.invited", "invite.deleted"]
    await accept(db, clock, second["token"])
    with pytest.raises(NotFound):
        await accept(db, clock, made["token"])


async def test_many_invite_one_at_once(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post("/members/invites", json=ADA) for _ in range(6)))
    assert sorted(each.status_code for each in answers) == [200, *[409] * 5]
    assert len(await listed(client)) == 1


async def test_who_became_a_member_meanwhile(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock, make: Factory, workspace: Workspace
) -> None:
    made = await invite(client)
    await make.joined_member(email="ADA@team.example")
    before = await everything(db, workspace.id)
    with pytest.raises(Conflict, match=r"ada@team\.example"):
        await accept(db, clock, made["token"])
    assert await everything(db, workspace.id) == before


async def test_the_mail_has_a_token_of_its_own(
    client: httpx.AsyncClient, db: Any, clock: SteppedClock, workspace: Workspace, other: Workspace
) -> None:
    made = await invite(client)
    id = UUID(made["id"])
    context = Context(Principal(workspace.id, "rule", rule="deliver"), clock, "test")
    stranger = Context(Principal(other.id, "rule", rule="deliver"), clock, "test")
    with pytest.raises(NotFound):
        await issue_invite_token(db, stranger, id)
    tokens = [await issue_invite_token(db, context, id) for _ in range(2)]
    assert len({*tokens, made["token"]}) == 3
    rows = await everything(db, workspace.id)
    assert not [row for row in rows for token in tokens if token in row]
    await accept(db, clock, tokens[0])
    for token in (made["token"], tokens[1]):
        with pytest.raises(Conflict):
            await accept(db, clock, token)
    with pytest.raises(Conflict):
        await issue_invite_token(db, context, id)


async def test_a_repetition_and_a_rehearsal_show_no_token(
    client: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    dry = await client.post("/members/invites", json=ADA, params={"dry_run": "true"})
    assert dry.json()["token"] is None
    assert dry.headers["x-looplane-would"] == "membership.invited"
    assert await listed(client) == []
    once: dict[str, Any] = {"json": ADA, "headers": {"Idempotency-Key": "once"}}
    first, again = [await client.post("/members/invites", **once) for _ in range(2)]
    assert again.json() == {**first.json(), "token": None} != first.json()
    assert first.headers["etag"] == again.headers["etag"]
    rows = await everything(db, workspace.id)
    assert not [row for row in rows if first.json()["token"] in row]


async def test_who_invited_and_left_is_not_named(
    client: httpx.AsyncClient, make: Factory, workspace: Workspace
) -> None:
    await make.joined_member("ADMIN")
    made = await invite(client)
    assert (await client.delete(f"/members/{workspace.member_id}")).is_success
    assert made["invited_by_id"] == str(workspace.member_id)
    assert [each["invited_by_id"] for each in await listed(client)] == [None]


async def test_versions_and_costs(client: httpx.AsyncClient, queries: Any) -> None:
    await client.get("/me")
    with queries() as seen:
        answer = await client.post("/members/invites", json=ADA)
    assert len(seen) == 7, seen  # begin, two looks, invite, token, delivery, commit
    assert version(answer) == 1
    path = f"/members/invites/{answer.json()['id']}"
    stale = await client.delete(path, headers={"If-Match": '"2"'})
    assert stale.status_code == httpx.codes.PRECONDITION_FAILED
    assert (await client.delete(path, headers={"If-Match": answer.headers["etag"]})).is_success
