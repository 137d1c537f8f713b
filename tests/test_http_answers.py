"""What the middleware makes of an answer: compressed or not, for HEAD, and for pages elsewhere."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import brotli
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from looplane.kit.compression import MIN_SIZE, choose_encoding
from looplane.kit.errors import ValidationFailed
from looplane.kit.etags import is_unchanged, parse_if_match, parse_if_none_match
from looplane.kit.http_headers import error_parts
from looplane.kit.request_middleware import RequestMiddleware
from tests.http_servers import Server, served

ETAG = '"7-0a1b2c3d"'
WORDS = json.dumps({"words": ["thread", "contact"] * 100}).encode()
LARGE = json.dumps([{"number": number} for number in range(100_000)]).encode()
OURS = "https://app.firm.example"


async def sized(request: Request) -> Response:
    """A body of just so many bytes."""
    body = b'"' + b"x" * (int(request.path_params["size"]) - 2) + b'"'
    return Response(body, media_type="application/json", headers={"ETag": ETAG})


async def typed(request: Request) -> Response:
    kind = request.query_params["type"]
    status = int(request.query_params.get("status", 200))
    return Response(WORDS, status, media_type=kind, headers={"ETag": 'W/"1"'})


async def packed(_request: Request) -> Response:
    return Response(
        gzip.compress(LARGE), headers={"Content-Encoding": "gzip"}, media_type="text/css"
    )


async def streamed(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b""
        for at in range(0, len(LARGE), 150_000):
            yield LARGE[at : at + 150_000]

    return StreamingResponse(pieces(), media_type="application/json")


async def large(_request: Request) -> Response:
    return Response(LARGE, media_type="application/json")


async def unchanged(_request: Request) -> Response:
    return Response(status_code=304, headers={"ETag": ETAG})


async def options(_request: Request) -> Response:
    return Response(status_code=204, headers={"Allow": "GET, HEAD, OPTIONS, PATCH"})


async def faulty(_request: Request) -> Response:
    raise ValidationFailed([f"field_{number}: is unknown" for number in range(90)])


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[Server]:
    routes = [
        Route("/sized/{size}", options, methods=["OPTIONS"]),
        Route("/sized/{size}", sized),
        *(Route(f"/{each.__name__}", each) for each in (typed, packed, streamed, large)),
        *(Route(f"/{each.__name__}", each) for each in (unchanged, faulty)),
    ]
    # The router alone, as main has it: what Starlette puts around it, the middleware does.
    async with served(
        RequestMiddleware(Starlette(routes=routes).router, cors_origins=[OURS])
    ) as server:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    url = f"http://127.0.0.1:{server.port}"
    async with httpx.AsyncClient(base_url=url, headers={"Accept-Encoding": "identity"}) as client:
        yield client


async def raw(client: httpx.AsyncClient, path: str, accepted: str) -> tuple[httpx.Response, bytes]:
    """An answer, and its body as it travels."""
    headers = {"Accept-Encoding": accepted}
    async with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([piece async for piece in answer.aiter_raw()])


def test_what_a_caller_likes_best() -> None:
    for accepted, encoding in (
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip ; q=0.001", "gzip"),
        ("br ; q = 1.000 , gzip;q=0.999", "br"),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0, *;q=0", None),
        ("identity", None),
        ("identity;q=0.5, gzip;q=0.4", None),
        ("identity;q=0.5, gzip;q=0.6", "gzip"),
        ("deflate, zstd", None),
        ("gzip;q=2", None),
        ("gzip;level=9", None),
        ("", None),
        (", ,;q=1", None),
        ("gzip" * 1000, None),
    ):
        assert choose_encoding(accepted.encode()) == encoding, accepted


UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("encoding", UNPACK)
@pytest.mark.parametrize("path", ["/large", "/streamed"])
async def test_a_long_answer_is_compressed(
    client: httpx.AsyncClient, path: str, encoding: str
) -> None:
    answer, body = await raw(client, path, encoding)
    assert answer.headers["content-encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert UNPACK[encoding](body) == LARGE
    assert len(body) < len(LARGE) / 3
    length = answer.headers.get("content-length")
    assert length == (str(len(body)) if path == "/large" else None)
    plain, body = await raw(client, path, "identity")
    assert body == LARGE
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == answer.headers["vary"]


@pytest.mark.parametrize(("size", "encoding"), [(MIN_SIZE - 1, None), (MIN_SIZE, "br")])
async def test_a_short_answer_is_not(
    client: httpx.AsyncClient, size: int, encoding: str | None
) -> None:
    answer, _ = await raw(client, f"/sized/{size}", "br")
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["etag"] == (f"W/{ETAG}" if encoding else ETAG)


async def test_an_etag_of_a_compressed_answer_serves_as_the_other_one_does(
    client: httpx.AsyncClient,
) -> None:
    answer, _ = await raw(client, "/sized/2000", "gzip")
    etag = answer.headers["etag"]
    assert etag != ETAG
    assert parse_if_match(etag) == parse_if_match(ETAG)
    assert is_unchanged(parse_if_none_match(etag), ETAG)
    nothing_new = await client.get("/unchanged", headers={"Accept-Encoding": "gzip"})
    assert nothing_new.headers["etag"] == ETAG
    assert "Accept-Encoding" in nothing_new.headers["vary"]
    assert nothing_new.headers["x-request-id"].startswith("req_")
    assert not nothing_new.content


@pytest.mark.parametrize(
    ("kind", "is_packed"),
    [
        ("application/json", True),
        ("application/vnd.looplane+json; charset=utf-8", True),
        ("text/html; charset=utf-8", True),
        ("TEXT/CSS", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("text/event-stream", False),
        ("application/zip", False),
        ("application/octet-stream", False),
    ],
)
async def test_only_text_is_compressed(
    client: httpx.AsyncClient, kind: str, *, is_packed: bool
) -> None:
    answer = await client.get("/typed", params={"type": kind}, headers={"Accept-Encoding": "gzip"})
    assert ("content-encoding" in answer.headers) == is_packed
    assert answer.content == WORDS
    assert answer.headers["etag"] == 'W/"1"'


async def test_what_is_compressed_already_stays_as_it_is(client: httpx.AsyncClient) -> None:
    answer, body = await raw(client, "/packed", "gzip, br")
    assert answer.headers.get_list("content-encoding") == ["gzip"]
    assert gzip.decompress(body) == LARGE


async def test_a_part_of_something_stays_as_it_is(client: httpx.AsyncClient) -> None:
    for status, is_packed in ((200, True), (206, False)):
        params = {"type": "text/css", "status": str(status)}
        answer = await client.get("/typed", params=params, headers={"Accept-Encoding": "gzip"})
        assert ("content-encoding" in answer.headers) == is_packed


async def test_errors_are_compressed_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/faulty", headers={"Accept-Encoding": "br"})
    assert (answer.status_code, answer.headers["content-encoding"]) == (400, "br")
    assert len(answer.json()["issues"]) == 90


@pytest.fixture
def in_threads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what was compressed off the event loop."""
    seen: list[int] = []
    real = asyncio.to_thread

    async def watch(work: Any, body: bytes, **options: Any) -> Any:
        seen.append(len(body))
        return await real(work, body, **options)

    monkeypatch.setattr(asyncio, "to_thread", watch)
    return seen


async def test_a_large_answer_does_not_hold_up_the_others(
    client: httpx.AsyncClient, in_threads: list[int]
) -> None:
    await raw(client, "/sized/2000", "gzip")
    assert in_threads == []
    await raw(client, "/large", "gzip")
    assert in_threads == [len(LARGE)]


@pytest.mark.parametrize("path", ["/sized/500", "/sized/5000", "/typed?type=text/css", "/faulty"])
@pytest.mark.parametrize("accepted", ["identity", "gzip"])
async def test_head_answers_as_get(client: httpx.AsyncClient, path: str, accepted: str) -> None:
    headers = {"Accept-Encoding": accepted, "X-Request-Id": "req_0123456789abcdef"}
    get = await client.get(path, headers=headers)
    head = await client.head(path, headers=headers)
    assert (head.status_code, head.content) == (get.status_code, b"")
    told = dict(get.headers)
    if "content-encoding" in told:
        # Known only once it is compressed, which is not done for nothing.
        del told["content-length"]
    assert {**head.headers, "date": ""} == {**told, "date": ""}


PREFLIGHT = {
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,content-type",
}


async def test_a_page_of_an_allowed_origin_may_read(client: httpx.AsyncClient) -> None:
    asked = await client.options("/sized/5", headers={"Origin": OURS, **PREFLIGHT})
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked.headers["access-control-allow-origin"] == OURS
    assert asked.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, PATCH"
    allowed = asked.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "if-match", "idempotency-key"} <= {*allowed}
    assert int(asked.headers["access-control-max-age"]) > 0
    read = await client.get("/sized/5", headers={"Origin": OURS})
    assert read.headers["access-control-allow-origin"] == OURS
    assert "ETag" in read.headers["access-control-expose-headers"].split(", ")
    failed = await client.get("/nowhere", headers={"Origin": OURS})
    assert (failed.status_code, failed.headers["access-control-allow-origin"]) == (404, OURS)
    for answer in (asked, read, failed):
        assert "Origin" in answer.headers["vary"]
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", f"{OURS}.evil.example", OURS.upper(), f"{OURS}:444", "*"],
)
async def test_no_other_page_may(client: httpx.AsyncClient, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        answer = await client.request(method, "/sized/5", headers={"Origin": origin, **PREFLIGHT})
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "Origin" in answer.headers["vary"]


async def test_options_without_an_origin_says_what_is_allowed(client: httpx.AsyncClient) -> None:
    answer = await client.options("/sized/5")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, PATCH")


def test_an_error_has_its_length() -> None:
    headers, body = error_parts(ValidationFailed(["x: is wrong"]))
    assert dict(headers)[b"content-length"] == b"%d" % len(body)
