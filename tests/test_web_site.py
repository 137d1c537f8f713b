"""The inbox's page and files, as they are served."""

import gzip
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import brotli
import httpx
import pytest
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from looplane.kit.request_middleware import RequestMiddleware
from looplane.site import WithoutRanges, site_routes
from looplane.web_site import POLICY, web_routes

SCRIPT = b"export const words = 'looplane';" * 100
FILES = {
    "index.html": b'<!doctype html><link rel="stylesheet" nonce="looplane-nonce" href="/x.css">',
    "theme.js": b"// before the first paint",
    "favicon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "assets/index-B_8-fGh1.js": SCRIPT,
    "assets/index-B_8-fGh1.js.br": brotli.compress(SCRIPT),
    "assets/index-B_8-fGh1.js.gz": gzip.compress(SCRIPT),
    "assets/index-12345678.css": b"body{}",
}
ASSET = "/assets/index-B_8-fGh1.js"
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


@asynccontextmanager
async def site_of(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    routes = [*site_routes("/openapi.json"), *web_routes(folder)]
    site = WithoutRanges(Router(routes, redirect_slashes=False))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await site({**scope, "app": site}, receive, send)  # whoever has one is told by raising

    transport = httpx.ASGITransport(RequestMiddleware(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://looplane.test") as client:
        yield client


def nonce_of(page: httpx.Response) -> str:
    """The nonce of an answer, which is not guessed."""
    policy = page.headers["content-security-policy"]
    found = re.search(r"'nonce-([\w-]{22})'", policy)
    assert found
    assert policy == POLICY.format(nonce=f" 'nonce-{found[1]}'")
    return found[1]


@pytest.fixture
async def site(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with site_of(folder) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/inbox",
        "/inbox/",
        "/inbox/open/0199-x?compose=reply",
        "/contacts/1",
        "/companies/1",
        "/settings/profile",
        "/sign-in",
        "/sign-in-link",
        "/invite",
        "/first-run",
        "/search",
        "/overview",
        "/inbox/..%2f..%2fetc",
    ],
)
async def test_each_address_has_the_page(site: httpx.AsyncClient, path: str) -> None:
    page = await site.get(path, headers=PLAIN)
    nonce = nonce_of(page)
    assert page.status_code == 200
    assert page.content == FILES["index.html"].replace(b"looplane-nonce", nonce.encode())
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "camera=()" in page.headers["permissions-policy"]


async def test_a_nonce_is_good_for_one_answer(site: httpx.AsyncClient) -> None:
    assert len({nonce_of(await site.get("/")) for _ in range(20)}) == 20


def test_the_policy_runs_nothing_that_stands_in_a_page() -> None:
    policy = dict(each.strip().split(" ", 1) for each in POLICY.split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["frame-src"] == "'self'"
    assert not re.search(r"unsafe|https?:|\*", POLICY)


@pytest.mark.parametrize(
    "path",
    [
        "/inboxes",
        "/index.html",
        "/assets",
        "/assets/",
        "/assets/nothing-12345678.js",
        f"{ASSET}.br",
        "/assets/../index.html",
        "/assets/%2e%2e/theme.js",
        "/assets/..%2ftheme.js",
        "/nothing",
        "/api",
    ],
)
async def test_what_is_not_there_is_said_as_elsewhere(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", **PLAIN}


@pytest.mark.parametrize("path", ["/nowhere", "/a/b", "/inboxes", "/.well-known/x", "/theme.jsx"])
async def test_who_looks_for_a_page_is_shown_that_there_is_none(
    site: httpx.AsyncClient, path: str
) -> None:
    page = await site.get(path, headers=BROWSER)
    assert page.status_code == 404
    nonce = nonce_of(page)
    assert page.content == FILES["index.html"].replace(b"looplane-nonce", nonce.encode())
    assert page.headers["cache-control"] == "no-store"
    assert (await site.head(path, headers=BROWSER)).status_code == 404
    for refused in (await site.get(path), await site.post(path, headers=BROWSER)):
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/assets/gone-12345678.js", "/api/v3/threads", "/api/x"])
async def test_what_is_no_page_is_refused_to_a_browser_too(
    site: httpx.AsyncClient, path: str
) -> None:
    refused = await site.get(path, headers=BROWSER)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_files_with_their_digest_in_the_name_are_kept(site: httpx.AsyncClient) -> None:
    for path, kind in ((ASSET, "text/javascript"), ("/assets/index-12345678.css", "text/css")):
        asset = await site.get(path)
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert asset.headers["content-type"] == f"{kind}; charset=utf-8"
    for path, kind in (("/theme.js", "text/javascript"), ("/favicon.svg", "image/svg+xml")):
        asked_again = await site.get(path)
        assert asked_again.headers["cache-control"] == "no-cache"
        assert asked_again.headers["content-type"].startswith(kind)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
async def test_what_the_build_packed_is_sent_so(site: httpx.AsyncClient, encoding: str) -> None:
    async with site.stream("GET", ASSET, headers={"Accept-Encoding": encoding}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    ending = {"br": "br", "gzip": "gz"}[encoding]
    assert raw == FILES[f"{ASSET[1:]}.{ending}"]
    assert answer.headers["content-encoding"] == encoding
    assert int(answer.headers["content-length"]) == len(raw)
    assert "Accept-Encoding" in answer.headers["vary"]
    plain = await site.get(ASSET, headers=PLAIN)
    assert (plain.content, "content-encoding" in plain.headers) == (SCRIPT, False)
    assert answer.headers["etag"] == f"W/{plain.headers['etag']}"


async def test_who_has_it_is_told_so(site: httpx.AsyncClient) -> None:
    for path in ("/theme.js", ASSET):
        first = await site.get(path)
        told = {"If-None-Match": first.headers["etag"]}
        same = await site.get(path, headers=told)
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"].removeprefix("W/") == first.headers["etag"].removeprefix("W/")
        assert same.headers["cache-control"] == first.headers["cache-control"]
        other = await site.get(path, headers={"If-None-Match": '"other"'})
        assert (other.status_code, other.content) == (200, first.content)


async def test_head_ranges_and_other_methods(site: httpx.AsyncClient) -> None:
    for path in ("/", ASSET):
        whole = await site.get(path, headers=PLAIN)
        head = await site.head(path, headers=PLAIN)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))
        part = await site.get(path, headers={**PLAIN, "Range": "bytes=0-1"})
        assert (part.status_code, len(part.content)) == (200, len(whole.content))
        posted = await site.post(path)
        assert (posted.status_code, posted.json()["code"]) == (405, "method_not_allowed")


async def test_a_build_that_is_exchanged_meanwhile_stays_whole(
    site: httpx.AsyncClient, folder: Path
) -> None:
    (folder / "index.html").write_text("<script src=/assets/index-other123.js></script>")
    (folder / ASSET[1:]).unlink()
    assert "other123" not in (await site.get("/")).text
    assert (await site.get(ASSET, headers=PLAIN)).content == SCRIPT


async def test_without_a_build_it_says_what_to_do(tmp_path: Path) -> None:
    async with site_of(tmp_path / "nothing") as site:
        page = await site.get("/")
        assert page.status_code == httpx.codes.OK
        assert "make web" in page.text
        assert "20.19" in page.text
        assert nonce_of(page)
        for path in ("/api/docs", *re.findall(r'<link[^>]* href="([^"]+)"', page.text)):
            assert (await site.get(path)).status_code == httpx.codes.OK
        # Where the link of a first start leads, too.
        for path in ("/first-run", "/inbox/open"):
            assert "make web" in (await site.get(path)).text
        assert (await site.get("/elsewhere")).status_code == httpx.codes.NOT_FOUND
