"""Looplane behind the proxies that `deploy/` has examples for, started as they are there."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from tests.deploy import proxies
from tests.deploy.packages import Deployed
from tests.deploy.proxies import HOST, Proxy, proxied
from tests.processes import PATIENCE

LARGEST = 10 * 1024 * 1024


@pytest.fixture(scope="module", params=[proxies.nginx, proxies.caddy], ids=["nginx", "caddy"])
async def caller(
    request: pytest.FixtureRequest,
    deployed: Deployed,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody outside, with the key."""
    make: Callable[[Path, int, int], Proxy] = request.param
    async with proxied(make, tmp_path_factory.mktemp("proxy"), deployed.port) as port:
        transport = httpx.AsyncHTTPTransport(verify=False)
        client = httpx.AsyncClient(
            transport=_Named(transport),
            base_url=f"https://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {deployed.key}"},
            timeout=PATIENCE,
        )
        async with client:
            yield client


class _Named(httpx.AsyncBaseTransport):
    """Asks by the name of the server, which no resolver knows, at its address."""

    def __init__(self, inner: httpx.AsyncHTTPTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["host"] = HOST
        request.extensions["sni_hostname"] = HOST
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


async def test_an_event_passes_while_the_stream_goes_on(caller: httpx.AsyncClient) -> None:
    threads = (await caller.get("/api/v2/threads", params={"limit": 1})).json()["data"]
    path = f"/api/v2/threads/{threads[0]['id']}"
    # Where something is kept back until more comes, each of these waits for ever.
    async with asyncio.timeout(PATIENCE), caller.stream("GET", "/api/v2/events/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        for title in ("first", "second"):
            await caller.patch(path, json={"title": f"A title, the {title} one"})
            while title not in (line := await anext(lines)) or not line.startswith("data:"):
                pass
            assert json.loads(line.removeprefix("data:"))


async def test_the_largest_file_passes_and_no_larger_body(caller: httpx.AsyncClient) -> None:
    line = b"row,said\n"
    content = (line * (LARGEST // len(line) + 1))[:LARGEST]
    sent = await caller.post("/api/v2/files", files={"file": ("said.csv", content, "text/csv")})
    assert sent.status_code == httpx.codes.OK, sent.text
    assert sent.json()["size"] == LARGEST
    more = {"file": ("said.csv", content + bytes(3 * 1024 * 1024), "text/csv")}
    try:
        refused = await caller.post("/api/v2/files", files=more)
    except (httpx.WriteError, httpx.ReadError):  # hung up on while it was sending
        return
    assert refused.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert "issues" not in refused.text, "the proxy says so, and Looplane is not bothered"


async def test_figures_stay_inside(caller: httpx.AsyncClient, deployed: Deployed) -> None:
    assert (await caller.get("/metrics")).status_code == httpx.codes.NOT_FOUND
    async with httpx.AsyncClient() as inside:
        found = await inside.get(f"{deployed.url}/metrics")
    assert found.status_code == httpx.codes.OK
    assert (await caller.get("/readyz")).status_code == httpx.codes.OK
    page = await caller.get("/inbox", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")


async def test_where_a_caller_is_cannot_be_made_up(caller: httpx.AsyncClient) -> None:
    made = {"scopes": ["threads:read"], "kind": "program"}
    here = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    seen = {}
    for allowed in ("203.0.113.0/24", "127.0.0.1"):
        given = await caller.post("/api/v2/keys", json={**made, "allowed_ips": [allowed]})
        assert given.status_code == httpx.codes.OK, given.text
        key = {"Authorization": f"Bearer {given.json()['key']}"}
        asked = await caller.get("/api/v2/threads", headers=key | here)
        seen[allowed] = asked.status_code
    assert seen.pop("127.0.0.1") == httpx.codes.OK
    assert seen.popitem()[1] in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}


def test_browsers_are_offered_http2(caller: httpx.AsyncClient) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    port = caller.base_url.port
    assert port is not None
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as encrypted,
    ):
        assert encrypted.selected_alpn_protocol() == "h2"
