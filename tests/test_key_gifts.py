"""/keys: what one key may give to another."""

from datetime import timedelta
from typing import Any

import httpx
from starlette.types import ASGIApp

from looplane.kit.clock import iso
from looplane.kit.keys import SCOPES
from tests.conftest import SteppedClock, connected
from tests.factory import Factory

DAY = timedelta(days=1)


async def asked_by(
    app: ASGIApp, client: httpx.AsyncClient, giver: dict[str, Any], *asks: tuple[str, str, Any]
) -> list[httpx.Response]:
    """The answers to a key with scope admin that is bounded as `giver`."""
    made = await client.post("/keys", json={"scopes": ["admin"], **giver})
    assert made.is_success, made.text
    async with connected(app, made.json()["key"]) as caller:
        own = f"/keys/{made.json()['id']}"
        return [
            await caller.request(method, path.replace("/keys/own", own), json=body)
            for method, path, body in asks
        ]


async def test_a_key_gives_no_scope_that_it_lacks(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory
) -> None:
    full = await make.api_key(scopes=[*SCOPES])
    path = f"/keys/{full['id']}"
    refused = await asked_by(
        app,
        client,
        {"scopes": ["admin", "tags:read"]},
        ("POST", "/keys", {"scopes": ["admin", "tags:write"]}),
        ("PATCH", "/keys/own", {"scopes": ["admin", "tags:write"]}),
    )
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "tags:write" in answer.json()["message"]
    allowed = await asked_by(
        app,
        client,
        {"scopes": ["admin", "tags:read"]},
        ("POST", "/keys", {"scopes": ["tags:read"]}),
        # What it had it may keep, and lose.
        ("PATCH", path, {"label": "x", "scopes": [*SCOPES]}),
        ("PATCH", path, {"scopes": ["tags:write"]}),
        ("PATCH", path, {"scopes": ["tags:write", "admin"]}),
        ("DELETE", path, None),
    )
    assert [each.status_code for each in allowed[:4]] == [200] * 4


async def test_a_key_gives_no_longer_life_than_its_own(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    own, later = iso(clock() + DAY), iso(clock() + 2 * DAY)
    lasting = f"/keys/{(await make.api_key())['id']}"
    longer = f"/keys/{(await make.api_key(expires_at=later))['id']}"
    answers = await asked_by(
        app,
        client,
        {"expires_at": own},
        ("POST", "/keys", {"scopes": ["admin"]}),
        ("POST", "/keys", {"scopes": ["admin"], "expires_at": later}),
        ("PATCH", "/keys/own", {"expires_at": later}),
        ("PATCH", "/keys/own", {"expires_at": None}),
        ("PATCH", longer, {"expires_at": None}),
        ("POST", "/keys", {"scopes": ["admin"], "expires_at": own}),
        ("PATCH", lasting, {"expires_at": None}),
        ("PATCH", longer, {"label": "x"}),
        ("PATCH", longer, {"expires_at": later}),
    )
    assert [each.status_code for each in answers] == [403] * 5 + [200] * 4


async def test_a_key_gives_no_address_that_it_is_not_good_for(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory
) -> None:
    other = f"/keys/{(await make.api_key(allowed_ips=['10.0.0.0/8']))['id']}"
    answers = await asked_by(
        app,
        client,
        {"allowed_ips": ["127.0.0.0/24", "2001:db8::/32"]},
        ("POST", "/keys", {"scopes": ["admin"]}),
        ("POST", "/keys", {"scopes": ["admin"], "allowed_ips": ["127.0.0.1", "10.0.0.1"]}),
        ("PATCH", "/keys/own", {"allowed_ips": ["127.0.0.0/8"]}),
        ("PATCH", "/keys/own", {"allowed_ips": []}),
        ("PATCH", other, {"allowed_ips": ["::/0"]}),
        ("POST", "/keys", {"scopes": ["admin"], "allowed_ips": ["127.0.0.7", "2001:db8::1"]}),
        ("PATCH", other, {"allowed_ips": ["10.1.0.0/16", "127.0.0.1"]}),
        ("PATCH", "/keys/own", {"label": "x"}),
    )
    assert [each.status_code for each in answers] == [403] * 5 + [200] * 3


async def test_a_key_gives_no_scope_to_one_with_wider_bounds(
    app: ASGIApp, client: httpx.AsyncClient, make: Factory, clock: SteppedClock
) -> None:
    bounds = {"expires_at": iso(clock() + DAY), "allowed_ips": ["127.0.0.0/8"]}
    wide = f"/keys/{(await make.api_key(scopes=['tags:read']))['id']}"
    narrow = f"/keys/{(await make.api_key(scopes=['tags:read'], **bounds))['id']}"
    more = {"scopes": ["tags:read", "admin"]}
    answers = await asked_by(
        app,
        client,
        bounds,
        ("PATCH", wide, more),
        ("PATCH", wide, {**more, "expires_at": bounds["expires_at"]}),
        ("PATCH", wide, {**more, "allowed_ips": ["127.0.0.1"]}),
        ("PATCH", narrow, {**more, "allowed_ips": []}),
        ("PATCH", narrow, more),
        ("PATCH", wide, {"scopes": ["tags:read"], "label": "x"}),
        ("PATCH", wide, {**more, "expires_at": bounds["expires_at"], "allowed_ips": ["127.0.0.1"]}),
    )
    assert [each.status_code for each in answers] == [403] * 4 + [200] * 3
