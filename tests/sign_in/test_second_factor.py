"""The second factor: set up with a code, asked for at each sign-in, and good once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from looplane.kit.one_time_codes import step_of
from looplane.sessions.attempts.rules import FREE
from looplane.sessions.links.commands import make_link
from looplane.sessions.sign_in.commands import make_way_back
from tests.conftest import SteppedClock, Workspace, connected
from tests.sessions import APP
from tests.sign_in.people import (
    PASSWORD,
    at_screen,
    code_at,
    person,
    sign_in,
    with_second_factor,
)

_STEP = timedelta(seconds=30)


class Guarded(NamedTuple):
    """A member with a second factor, signed in."""

    id: str
    email: str
    client: httpx.AsyncClient
    secret: str
    codes: list[str]


@pytest.fixture
async def guarded(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> AsyncIterator[Guarded]:
    id, email = await person(db, workspace.id)
    async with at_screen(app, email) as client:
        secret, codes = await with_second_factor(client, clock)
        clock.step(_STEP)
        yield Guarded(id, email, client, secret, codes)


# RFC 6238, appendix B, the last six digits of SHA-1.
@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
     (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    now = datetime.fromtimestamp(moment, UTC)
    assert step_of(secret, code, now) == moment // 30
    assert step_of(secret, code, now + _STEP) == moment // 30
    assert step_of(secret, code, now - _STEP) == moment // 30
    for off in (-2, 2):
        assert step_of(secret, code, now + off * _STEP) is None


async def test_a_code_is_asked_for_after_the_password(
    app: Any, guarded: Guarded, clock: Any
) -> None:
    async with connected(app, None) as client:
        wrong = await sign_in(client, guarded.email, "another password", code="123456")
        assert (wrong.status_code, wrong.json()["code"]) == (401, "unauthenticated")
        asked = await sign_in(client, guarded.email)
        assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_required")
        bad = await sign_in(client, guarded.email, code="000000")
        assert (bad.status_code, bad.json()["code"]) == (401, "second_factor_required")
        assert not client.cookies
        good = await sign_in(client, guarded.email, code=code_at(guarded.secret, clock))
        assert good.status_code == 200
        assert good.json()["has_second_factor"] is True
        assert good.json()["recovery_codes_left"] == 10


async def test_a_code_is_good_once_and_so_are_none_before_it(
    app: Any, guarded: Guarded, clock: SteppedClock
) -> None:
    async with connected(app, None) as client:
        late, early = (code_at(guarded.secret, clock, steps) for steps in (0, 1))
        assert (await sign_in(client, guarded.email, code=early)).status_code == 200
        assert (await sign_in(client, guarded.email, code=early)).status_code == 401
        assert (await sign_in(client, guarded.email, code=late)).status_code == 401
        clock.step(2 * _STEP)
        spaced = code_at(guarded.secret, clock)
        grouped = f" {spaced[:3]} {spaced[3:]} "
        assert (await sign_in(client, guarded.email, code=grouped)).status_code == 200


async def test_the_code_that_confirmed_signs_nobody_in(
    app: Any, guarded: Guarded, clock: SteppedClock
) -> None:
    clock.step(-_STEP)
    async with connected(app, None) as client:
        used = await sign_in(client, guarded.email, code=code_at(guarded.secret, clock))
        assert used.status_code == 401


@pytest.mark.parametrize("kind", ["code", "recovery"])
async def test_of_two_at_once_with_one_code_one_gets_in(
    app: Any, guarded: Guarded, clock: SteppedClock, kind: str
) -> None:
    code = guarded.codes[0] if kind == "recovery" else code_at(guarded.secret, clock)
    async with connected(app, None) as one, connected(app, None) as two:
        answers = await asyncio.gather(
            *(sign_in(each, guarded.email, code=code) for each in (one, two))
        )
    assert sorted(each.status_code for each in answers) == [200, 401]


async def test_a_code_for_recovery_is_good_once_however_it_is_typed(
    app: Any, guarded: Guarded, db: Any
) -> None:
    assert len(set(guarded.codes)) == 10
    async with connected(app, None) as client:
        typed = guarded.codes[3].upper().replace("-", " ")
        good = await sign_in(client, guarded.email, code=typed)
        assert good.json()["recovery_codes_left"] == 9
        assert (await sign_in(client, guarded.email, code=guarded.codes[3])).status_code == 401
    kept = await db.fetch("select hash from recovery_codes where member_id = $1", UUID(guarded.id))
    assert len(kept) == 10
    assert not any(code.encode() in bytes(row["hash"]) for row in kept for code in guarded.codes)


async def test_codes_cannot_be_guessed(app: Any, guarded: Guarded, clock: SteppedClock) -> None:
    async with connected(app, None) as client:
        statuses = [
            (await sign_in(client, guarded.email, code=f"{n:06}")).status_code
            for n in range(FREE + 1)
        ]
        # Who knows the password does not begin anew by sending it alone.
        assert statuses == [401] * FREE + [429]


async def test_a_link_asks_for_the_code_too_and_outlasts_a_wrong_one(
    app: Any, guarded: Guarded, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    now = datetime.now(UTC)
    token = await make_link(db, workspace.id, UUID(guarded.id), "sign_in", now)
    async with connected(app, None) as client:
        shown = await client.post(f"{APP}/links", json={"token": token})
        assert shown.json()["has_second_factor"] is True
        for code, status in ((None, 401), ("000000", 401), (guarded.codes[0], 200)):
            body = {"token": token} | ({"code": code} if code else {})
            opened = await client.post(f"{APP}/session/by-link", json=body)
            assert opened.status_code == status
    other = await make_link(db, workspace.id, UUID(guarded.id), "sign_in", now)
    async with connected(app, None) as client:
        statuses = [
            (
                await client.post(
                    f"{APP}/session/by-link", json={"token": other, "code": f"{n:06}"}
                )
            ).status_code
            for n in range(FREE + 1)
        ]
    assert statuses == [401] * FREE + [429]


async def test_an_operator_takes_away_what_was_lost(
    app: Any, guarded: Guarded, db: Any, workspace: Workspace
) -> None:
    now = datetime.now(UTC)
    for is_lost, status in ((False, 401), (True, 200)):
        token = await make_way_back(
            db, workspace.id, guarded.email, now, without_second_factor=is_lost
        )
        async with connected(app, None) as client:
            opened = await client.post(f"{APP}/session/by-link", json={"token": token})
            assert opened.status_code == status
    left = "select count(*) from recovery_codes where member_id = $1"
    assert await db.fetchval(left, UUID(guarded.id)) == 0


async def test_it_ends_with_the_password_and_a_code(
    app: Any, guarded: Guarded, clock: SteppedClock
) -> None:
    async def end(**body: str) -> int:
        answer = await guarded.client.request("DELETE", f"{APP}/second-factor", json=body)
        return answer.status_code

    code = code_at(guarded.secret, clock)
    assert await end(password=PASSWORD) == 400
    assert await end(password="no", code=code) == 400
    assert await end(password=PASSWORD, code="000000") == 400
    again = await guarded.client.post(f"{APP}/second-factor", json={"password": PASSWORD})
    assert again.status_code == 409
    assert await end(password=PASSWORD, code=code) == 200
    assert await end(password=PASSWORD, code=code) == 409
    async with connected(app, None) as client:
        found = await sign_in(client, guarded.email)
        assert (found.status_code, found.json()["recovery_codes_left"]) == (200, 0)


async def test_it_counts_only_once_it_is_confirmed(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as client:
        nothing = await client.post(f"{APP}/second-factor/confirm", json={"code": "123456"})
        assert nothing.status_code == 409
        started = (await client.post(f"{APP}/second-factor", json={"password": PASSWORD})).json()
        assert started["secret"] in started["uri"]
        assert started["uri"].startswith("otpauth://totp/Looplane:")
        wrong = await client.post(f"{APP}/second-factor/confirm", json={"code": "abc"})
        assert wrong.status_code == 400
        assert (await sign_in(client, email)).json()["has_second_factor"] is False
        # One that is started again takes the place of the first.
        anew = (await client.post(f"{APP}/second-factor", json={"password": PASSWORD})).json()
        for secret, status in ((started["secret"], 400), (anew["secret"], 200)):
            code = {"code": code_at(secret, clock)}
            answer = await client.post(f"{APP}/second-factor/confirm", json=code)
            assert answer.status_code == status


async def test_without_a_password_there_is_no_second_factor(
    app: Any, db: Any, workspace: Workspace
) -> None:
    token = await make_link(db, workspace.id, workspace.member_id, "sign_in", datetime.now(UTC))
    async with connected(app, None) as client:
        opened = await client.post(f"{APP}/session/by-link", json={"token": token})
        client.headers["X-Looplane-CSRF"] = opened.json()["csrf_token"]
        refused = await client.post(f"{APP}/second-factor", json={"password": "x"})
        assert refused.status_code == 409


async def test_a_rehearsal_shows_nothing_and_turns_nothing_on(
    app: Any, db: Any, workspace: Workspace, clock: SteppedClock
) -> None:
    _, email = await person(db, workspace.id)
    async with at_screen(app, email) as client:
        rehearsed = {"dry_run": "true"}
        path = f"{APP}/second-factor"
        tried = await client.post(path, params=rehearsed, json={"password": PASSWORD})
        assert tried.json() == {"secret": None, "uri": None}
        secret = (await client.post(path, json={"password": PASSWORD})).json()["secret"]
        code = {"code": code_at(secret, clock)}
        tried = await client.post(f"{path}/confirm", params=rehearsed, json=code)
        assert tried.json() == {"recovery_codes": None}
        assert (await client.get(f"{APP}/session")).json()["has_second_factor"] is False


async def test_a_lost_key_leaves_the_codes_for_recovery(
    app: Any, guarded: Guarded, db: Any, clock: SteppedClock
) -> None:
    await db.execute(
        "update credentials set totp_secret = '\\x01' || decode(repeat('00', 60), 'hex')"
        " where member_id = $1",
        UUID(guarded.id),
    )
    async with connected(app, None) as client:
        code = code_at(guarded.secret, clock)
        assert (await sign_in(client, guarded.email, code=code)).status_code == 401
        assert (await sign_in(client, guarded.email, code=guarded.codes[0])).status_code == 200
