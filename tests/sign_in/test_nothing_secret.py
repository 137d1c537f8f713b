"""What is secret is in no log, no event, no delivery and no stored answer; what is hostile breaks nothing."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog

from looplane.kit.callers import COOKIE
from looplane.kit.keys import digest
from tests.conftest import SteppedClock, Workspace, connected
from tests.contract import APP_OPERATIONS
from tests.sessions import APP, signed_in
from tests.sign_in.people import OTHER, PASSWORD, at_screen, code_at, person, sign_in

_HOSTILE = ["\0", "a\0b@team.example", "\ud800", "x" * 300_000, "", 7, None, [], {}, True]


async def test_secrets_are_in_no_log_and_in_no_row(
    app: Any, db: Any, client: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    body = {"email": f"{uuid4().hex}@team.example", "name": "N", "role": "USER"}
    invite = (await client.post("/members/invites", json=body)).json()["token"]
    secrets = [PASSWORD, OTHER, invite]
    with structlog.testing.capture_logs() as lines:
        async with at_screen(app, email) as screen:
            started = await screen.post(f"{APP}/second-factor", json={"password": PASSWORD})
            secret = started.json()["secret"]
            code = code_at(secret, clock)
            confirmed = await screen.post(f"{APP}/second-factor/confirm", json={"code": code})
            codes = confirmed.json()["recovery_codes"]
            change = {"current_password": PASSWORD, "new_password": OTHER}
            assert (await screen.post(f"{APP}/password", json=change)).status_code == 200
            secrets += [secret, *codes, screen.cookies[COOKIE], screen.headers["X-Looplane-CSRF"]]
            await sign_in(screen, email, OTHER, code=codes[0])
            await sign_in(screen, email, "a guess at it", code="aaaa-bbbb-cccc-dddd")
            secrets += ["a guess at it", "aaaa-bbbb-cccc-dddd", screen.cookies[COOKIE]]
        async with connected(app, None) as visitor:
            for path in ("/links", "/session/by-link"):
                await visitor.post(f"{APP}{path}", json={"token": "a guessed token"})
            accept = {"token": invite, "password": PASSWORD}
            assert (await visitor.post(f"{APP}/session/by-invite", json=accept)).status_code == 200
            secrets += [visitor.cookies[COOKIE], "a guessed token"]
    assert {"signed in", "sign-in refused", "password set", "second factor on"} <= {
        each["event"] for each in lines
    }
    rows = [repr(line) for line in lines]
    tables = await db.fetch("select table_name as name from information_schema.tables"
                            " where table_schema = 'public' and table_type = 'BASE TABLE'")  # fmt: skip
    for table in tables:
        found = await db.fetch(f"select t::text as row from {table['name']} t")
        rows += [each["row"] for each in found]
    told = "\n".join(rows)
    assert [each for each in secrets if each in told] == []
    # Nor as what PostgreSQL shows of bytes.
    assert [each for each in secrets if each.encode().hex() in told] == []
    # Only what has 80 random bits and more is kept as a plain digest.
    assert digest(PASSWORD).hex() not in told
    assert digest(OTHER).hex() not in told


async def test_what_has_a_password_is_not_sent_under_an_idempotency_key(
    app: Any, db: Any, workspace: Workspace
) -> None:
    secret = {each.path for each in APP_OPERATIONS if _has_secret(each)}
    assert secret == {
        "/session", "/session/by-link", "/session/by-invite", "/links",
        "/password", "/second-factor", "/second-factor/confirm",
    }  # fmt: skip
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        for path in ("/password", "/second-factor", "/second-factor/confirm"):
            headers = {"Idempotency-Key": "one"}
            refused = await client.post(f"{APP}{path}", json={}, headers=headers)
            assert "Idempotency-Key: has no effect" in refused.text


def _has_secret(operation: Any) -> bool:
    fields = (operation.body or {}).get("properties", {})
    return bool(fields.keys() & {"password", "new_password", "code", "token"})


_VISITS = {
    "/session": {"email": "a@team.example", "password": "x", "code": "1", "workspace_id": "x"},
    "/session/by-link": {
        "token": "x",
        "code": "1",
        "name": "A",
        "email": "a@team.example",
        "password": PASSWORD,
    },
    "/session/by-invite": {"token": "x", "name": "A", "password": PASSWORD},
    "/links": {"token": "x"},
    "/sign-in-links": {"email": "a@team.example", "workspace_id": "x"},
}
_OWN = {
    ("PATCH", "/profile"): {"name": "A", "image_url": "https://a.example/a.png"},
    ("POST", "/password"): {"current_password": "x", "new_password": PASSWORD},
    ("POST", "/second-factor"): {"password": "x"},
    ("POST", "/second-factor/confirm"): {"code": "1"},
    ("DELETE", "/second-factor"): {"password": "x", "code": "1"},
}


def _spoiled(body: dict[str, Any]) -> list[str]:
    """The body with each field, one by one, of each hostile value; `\\ud800` as it is spelled."""
    return [json.dumps({**body, name: value}) for name in body for value in _HOSTILE]


@pytest.mark.parametrize("path", _VISITS)
async def test_nothing_hostile_breaks_a_visit(app: Any, path: str) -> None:
    bodies = [*_spoiled(_VISITS[path]), "[]", "null", "{", "", '{"more": 1}']
    async with connected(app, None) as client:
        for body in bodies:
            headers = {"Content-Type": "application/json"}
            answer = await client.post(f"{APP}{path}", content=body, headers=headers)
            # What is well formed may be unknown; then it is a try as any other.
            assert answer.status_code in {400, 401, 404, 429, 200}, (body[:80], answer.text)
            assert "x" * 1000 not in answer.text
            if path == "/session/by-link":
                assert answer.status_code in {400, 401}


@pytest.mark.parametrize(("method", "path"), _OWN)
async def test_nothing_hostile_breaks_what_is_ones_own(
    app: Any, db: Any, workspace: Workspace, method: str, path: str
) -> None:
    async with signed_in(app, db, workspace.id, workspace.member_id) as client:
        for body in _spoiled(_OWN[method, path]):
            headers = {"Content-Type": "application/json"}
            answer = await client.request(method, f"{APP}{path}", content=body, headers=headers)
            allowed = {400, 409, 429} | ({200} if path == "/profile" else set())
            assert answer.status_code in allowed, (body[:80], answer.text)
    assert not await db.fetchval(
        "select password_hash is not null from credentials where member_id = $1",
        UUID(str(workspace.member_id)),
    )


async def test_a_faulty_request_is_no_try(app: Any, db: Any, workspace: Workspace) -> None:
    _, email = await person(db, workspace.id)
    async with connected(app, None) as client:
        for _ in range(8):
            faulty = {"email": email, "password": ""}
            assert (await client.post(f"{APP}/session", json=faulty)).status_code == 400
        assert (await sign_in(client, email)).status_code == 200
