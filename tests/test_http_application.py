"""The whole application over a socket: conditions, HEAD, compression and pages elsewhere."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from looplane.kit.database import Database
from looplane.kit.etags import parse_if_match
from looplane.main import API_ROOT, create_app
from tests.conftest import Workspace
from tests.factory import Factory
from tests.http_servers import served
from tests.unlimited import UNLIMITED

PAGE = "https://app.firm.example"
LIMITED = replace(
    UNLIMITED, reads_per_minute=100_000, writes_per_minute=100_000, cors_origins=(PAGE,)
)


@pytest.fixture
async def caller(database: Database, workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a key, over a real connection."""
    app = create_app(database, LIMITED)
    async with served(app) as server:
        headers = {"Authorization": f"Bearer {workspace.key}", "Accept-Encoding": "identity"}
        url = f"http://127.0.0.1:{server.port}{API_ROOT}"
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:
            yield client
    await app.aclose()


@pytest.fixture
async def path(make: Factory) -> str:
    """The path of a thread with much to read."""
    thread: dict[str, Any] = await make.thread(text=f"<p>{'It stops at row 500. ' * 200}</p>")
    return f"/threads/{thread['id']}"


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
async def test_the_etag_of_any_answer_holds_in_conditions(
    caller: httpx.AsyncClient, path: str, encoding: str
) -> None:
    packs = {"Accept-Encoding": encoding}
    read = await caller.get(path, headers=packs)
    assert read.headers.get("content-encoding", "identity") == encoding
    etag = read.headers["etag"]
    same = await caller.get(path, headers={**packs, "If-None-Match": etag})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"].removeprefix("W/") == etag.removeprefix("W/")
    for name in ("vary", "x-request-id", "x-ratelimit-remaining", "cache-control"):
        assert same.headers[name]
    assert "content-length" not in same.headers
    written = await caller.patch(path, json={"title": "x"}, headers={**packs, "If-Match": etag})
    assert written.status_code == 200
    late = await caller.patch(path, json={"title": "y"}, headers={**packs, "If-Match": etag})
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert parse_if_match(late.headers["etag"]) == parse_if_match(written.headers["etag"])


async def test_head_is_get_without_the_body(caller: httpx.AsyncClient, path: str) -> None:
    root = str(caller.base_url).removesuffix(f"{API_ROOT}/")
    told = {"X-Request-Id": "req_0123456789abcdef"}
    for url in (
        path,
        "/threads",
        f"{root}/api/docs",
        f"{root}/healthz",
        f"{root}{API_ROOT}/openapi.json",
    ):
        get, head = [await caller.request(each, url, headers=told) for each in ("GET", "HEAD")]
        varying = {"date": "", "x-ratelimit-remaining": ""}
        assert (get.status_code, head.status_code, head.content) == (200, 200, b"")
        assert {**head.headers, **varying} == {**get.headers, **varying}, url
        assert int(head.headers["content-length"]) == len(get.content)


async def test_a_preflight_needs_no_key(caller: httpx.AsyncClient, path: str) -> None:
    asks = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH"}
    del caller.headers["authorization"]
    asked = await caller.options(path, headers=asks)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, PAGE)
    assert asked.headers["access-control-allow-methods"] == asked.headers["allow"]
    assert {"GET", "PATCH", "HEAD"} <= {*asked.headers["allow"].split(", ")}
    plain = await caller.options(path)
    assert (plain.status_code, plain.headers["allow"]) == (204, asked.headers["allow"])
    assert "access-control-allow-methods" not in plain.headers
    refused = await caller.get(path, headers={"Origin": PAGE})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, PAGE)


async def test_a_page_sees_every_header_that_we_send(caller: httpx.AsyncClient, path: str) -> None:
    sent = set()
    for options in ({"dry_run": "true"}, {}):
        told = {"Origin": PAGE, "Idempotency-Key": "a-page"}
        body = {"title": "seen", "notify": {"slack": True}}
        for _ in range(2):
            answer = await caller.patch(path, json=body, params=options, headers=told)
            assert answer.status_code == 200
            sent |= {*answer.headers}
    assert "idempotent-replayed" in sent
    exposed = {*answer.headers["access-control-expose-headers"].lower().split(", ")}
    ours = {name for name in sent if name.startswith(("x-looplane-", "x-ratelimit-"))}
    assert ours | {"etag", "idempotent-replayed", "x-request-id"} <= exposed
    assert len(ours) > 4
