"""CORS as a real browser sees it: pages of two origins, and an API at a third."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from looplane.kit.errors import Unauthenticated
from looplane.kit.request_middleware import RequestMiddleware
from tests.browser import browser_at, find_browser
from tests.http_servers import served
from tests.system_packages import may_install

pytestmark = pytest.mark.skipif(
    find_browser() is None and not may_install(), reason="install chromium to run this"
)
PAGE = """<!doctype html><script>
const tries = {
  read: [{headers: {Authorization: "Bearer k"}}],
  patch: [{method: "PATCH", body: "{}", headers: {Authorization: "Bearer k",
    "Content-Type": "application/json", "If-Match": "*", "Idempotency-Key": "1"}}],
  refused: [{}],
  other_header: [{headers: {"X-Other": "1"}}],
  other_method: [{method: "PUT"}],
  with_cookies: [{credentials: "include"}],
};
async function attempt(options) {
  try {
    const answer = await fetch(API, options);
    return [answer.status, answer.headers.get("etag"), answer.headers.get("x-request-id"),
            (await answer.json()).method ?? "refused"];
  } catch { return "blocked"; }
}
(async () => {
  const seen = {};
  for (const [name, [options]] of Object.entries(tries)) seen[name] = await attempt(options);
  await fetch("/seen", {method: "POST", body: JSON.stringify(seen)});
})();
</script>"""


@dataclass
class Visit:
    """A page, the API that it calls, what the API was asked, and what the page saw of it."""

    api: str = ""
    asked: list[str] = field(default_factory=list)
    seen: asyncio.Future[Any] = field(default_factory=asyncio.Future)

    async def show(self, _request: Request) -> Response:
        return HTMLResponse(PAGE.replace("API", json.dumps(self.api)))

    async def tell(self, request: Request) -> Response:
        self.seen.set_result(json.loads(await request.body()))
        return Response(status_code=204)

    async def thing(self, request: Request) -> Response:
        self.asked.append(request.method)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "GET, HEAD, OPTIONS, PATCH"})
        if "authorization" not in request.headers:
            msg = "Send an API key."
            raise Unauthenticated(msg)
        return JSONResponse({"method": request.method}, headers={"ETag": '"1"'})


async def visited(*, is_allowed: bool) -> Visit:
    """A visit by a browser, whether or not the page's origin is in the setting."""
    visit = Visit()
    pages = [Route("/", visit.show), Route("/seen", visit.tell, methods=["POST"])]
    async with served(Starlette(routes=pages)) as site:
        origin = f"http://127.0.0.1:{site.port + (not is_allowed)}"
        things = [Route("/thing", visit.thing, methods=["GET", "PATCH", "OPTIONS"])]
        async with served(
            RequestMiddleware(Starlette(routes=things).router, cors_origins=[origin])
        ) as api:
            visit.api = f"http://127.0.0.1:{api.port}/thing"
            async with browser_at(f"http://127.0.0.1:{site.port}/"), asyncio.timeout(60):
                await visit.seen
    return visit


async def test_a_page_of_an_allowed_origin_reads_and_writes() -> None:
    visit = await visited(is_allowed=True)
    seen = visit.seen.result()
    for name, method in (("read", "GET"), ("patch", "PATCH")):
        status, etag, request_id, told = seen.pop(name)
        assert (status, etag, told) == (200, '"1"', method)
        assert request_id.startswith("req_")
    status, _, request_id, _ = seen.pop("refused")
    assert status == 401
    assert request_id.startswith("req_")
    assert set(seen.values()) == {"blocked"}
    assert len(seen) == 3
    assert "PUT" not in visit.asked


async def test_a_page_of_another_origin_sees_nothing() -> None:
    visit = await visited(is_allowed=False)
    seen = visit.seen.result()
    assert set(seen.values()) == {"blocked"}
    assert len(seen) == 6
    assert {*visit.asked} == {"OPTIONS", "GET"}, "it was asked, and no page was let read"
