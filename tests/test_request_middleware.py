"""The outermost layer: request ids, headers, and what the log says and does not say."""

import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from starlette.requests import Request as StarletteRequest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from looplane.kit import operation
from looplane.kit.config import Settings
from looplane.kit.database import open_database
from looplane.kit.errors import NotFound
from looplane.kit.request_middleware import RequestMiddleware
from looplane.main import create_app
from tests.conftest import Workspace, connected
from tests.factory import Factory
from tests.http_servers import ALWAYS, answered
from tests.operations import World
from tests.real_logs import real_logs
from tests.web_servers import answer, fetch, reaching, web

PATHS = ["/", "/api/docs", "/api/docs/page/reader.js", "/api/v2/openapi.json", "/healthz"]
PATHS += ["/metrics", "/nowhere", "/api/v2/me", "/api/v2/threads/x", "/api/v2/nowhere"]


@pytest.fixture
async def nobody(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key, who asks for any path."""
    async with connected(app, None) as client:
        client.base_url = httpx.URL("http://looplane.test")
        yield client


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_has_the_headers_that_protect(
    nobody: httpx.AsyncClient, path: str
) -> None:
    for method in ("GET", "PUT"):
        answer = await nobody.request(method, path)
        assert ALWAYS.items() <= answer.headers.items()
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


async def test_a_request_id_is_kept_when_it_is_well_formed(mine: World) -> None:
    for good in (
        "req_0123456789abcdef",
        "8a6e0804-2bd0-4672-b79d-d97027f9071a",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "1-5759e988-bd862e3fe1be46a994272793",
        "req_abc:1/2",
        "x" * 128,
    ):
        answer = await mine.client.get("/me", headers={"X-Request-Id": good})
        assert answer.headers["x-request-id"] == good
    made = set()
    bad = ("", "x" * 129, "x y", "x\ty", "x\r\nX: y", "x\x1b[2J", "x\x7f", "req_" + "é" * 16)
    for each in bad:
        headers = {b"X-Request-Id": each.encode()}
        made.add((await mine.client.get("/me", headers=headers)).headers["x-request-id"])
    assert len(made) == len(bad)
    assert all(re.fullmatch("req_[0-9a-f]{16}", each) for each in made)


def around(error: Exception) -> httpx.AsyncClient:
    """A client of an application that fails, with a key and a body in its hands."""

    async def fail(scope: Scope, receive: Receive, _send: Send) -> None:
        held = (dict(scope["headers"]), await receive())
        if held:
            raise error

    caller = connected(RequestMiddleware(fail), "ll_secretkey")
    caller.event_hooks = {}  # an internal error is what is wanted here
    return caller


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("no"), 404, "not_found"),
        (ConnectionRefusedError(), 503, "unavailable"),
        (TimeoutError(), 503, "unavailable"),
        (asyncpg.CannotConnectNowError("x"), 503, "unavailable"),
        (asyncpg.InterfaceError("pool is closing"), 503, "unavailable"),
        (asyncpg.LockNotAvailableError("x"), 503, "unavailable"),
        (asyncpg.InterfaceError("wrong number of arguments"), 500, "internal_error"),
        (KeyError("secret"), 500, "internal_error"),
    ],
    ids=repr,
)
async def test_what_fails_is_told_in_the_shape_of_the_contract(
    error: Exception, status: int, code: str
) -> None:
    async with around(error) as caller:
        answer = await caller.get("/me")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"message", "code"}
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (status == httpx.codes.SERVICE_UNAVAILABLE)


async def test_an_answer_that_has_begun_is_not_taken_back() -> None:
    sent: list[Message] = []

    async def fail(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise KeyError

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    await RequestMiddleware(fail)(
        {"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send
    )
    assert [each["type"] for each in sent] == ["http.response.start"]


async def test_a_pool_that_is_gone_is_not_the_database(dsn: str, nobody: httpx.AsyncClient) -> None:
    database = await open_database(dsn, 1)
    await database.pool.close()
    app = create_app(database, Settings())
    async with connected(app, "ll_x") as caller:
        away = await caller.get("/me")
        assert (away.status_code, away.json()["code"]) == (503, "unavailable")
        assert (await caller.get("http://looplane.test/readyz")).status_code == 200
        assert (await caller.get("http://looplane.test/healthz")).status_code == 200
    await app.aclose()


async def test_who_leaves_in_the_middle_is_no_failure(log: Callable[[], str]) -> None:
    before = answered(499), answered(500)

    async def leave() -> Message:
        return {"type": "http.disconnect"}

    async def read(scope: Scope, receive: Receive, _send: Send) -> None:
        await StarletteRequest(scope, receive).body()

    async def send(_message: Message) -> None:
        pytest.fail("there is nobody to answer")

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await RequestMiddleware(read)(scope, leave, send)
    assert (answered(499) - before[0], answered(500) - before[1]) == (1, 0)
    assert "Traceback" not in log()


@pytest.fixture(params=["json", "console"])
def log(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Sets the real logs up, in each form; says all that was logged."""
    with real_logs("debug", request.param) as said:
        yield said


async def test_no_secret_is_logged(app: ASGIApp, mine: World, log: Callable[[], str]) -> None:
    body = {"text": "<p>bodytext</p>", "pain_level": "bodytext", "bodytext": 1}
    key = mine.client.headers["authorization"].split()[1]
    await mine.client.post("/threads", json=body, params={"dry_run": "bodytext"})
    await mine.client.get("/contacts", params={"email": "bodytext@mail.example"})
    await mine.client.get("/contacts/by-email", params={"email": "bodytext@mail.example"})
    await mine.client.get(
        "/threads", headers={"Idempotency-Key": "bodytext", "If-Match": "bodytext"}
    )
    async with connected(app, "ll_secretkey") as caller:
        await caller.post("/threads", json=body)
    async with around(KeyError("x")) as caller:
        await caller.post("/threads", json=body)
    logging.getLogger("asyncpg").error("a library fails", exc_info=KeyError("y"))
    lines = log()
    assert len(lines.splitlines()) > 6
    assert "KeyError" in lines
    assert "a library fails" in lines
    for secret in (key, "secretkey", "bodytext"):
        assert secret not in lines


async def test_no_link_is_logged(
    make: Factory, nobody: httpx.AsyncClient, log: Callable[[], str]
) -> None:
    path = httpx.URL((await make.file())["url"]).path
    secret = path.split("/")[2]
    assert (await nobody.get(path)).status_code == 200
    for other in (f"/files/{secret}/x", f"/files/{secret}", f"{path}/more"):
        assert (await nobody.get(other)).status_code == 404
    async with web() as here, reaching(here) as outbound:
        here.pages["/signed"] = answer(b"", 302, Location="/words?sig=signature")
        here.pages["/words"] = answer(b"words")
        await fetch(outbound, here.url("/signed?sig=signature"))
    lines = log()
    assert lines.count("/files/…") == 4 or lines.count("/files/\\u2026") == 4
    assert "signature" not in lines
    assert secret not in lines


async def test_a_line_says_what_was_asked_and_answered(
    client: httpx.AsyncClient,
    workspace: Workspace,
    log: Callable[[], str],
    request: pytest.FixtureRequest,
) -> None:
    answer = await client.get("/contacts/%1b[2Jx%0a?email=x")
    lines = log().splitlines()
    assert len(lines) == 1
    if "json" not in request.node.name:
        assert r"\x1b[2Jx\n" in lines[0]
        return
    line = json.loads(lines[0])
    assert line.pop("ms") >= 0
    assert UUID(line.pop("key"))
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": answer.headers["x-request-id"],
        "method": "GET",
        "path": "/api/v2/contacts/\x1b[2Jx\n",
        "operation": "contacts-get",
        "status": 404,
        "code": "not_found",
        "workspace": str(workspace.id),
        "member": str(workspace.member_id),
    }


async def test_the_drivers_words_are_in_the_log(log: Callable[[], str]) -> None:
    async with around(asyncpg.TooManyConnectionsError("sorry, too many clients already")) as caller:
        answer = await caller.get("/me")
    assert "too many clients" not in answer.text
    [line] = [line for line in log().splitlines() if "too many clients already" in line]
    assert answer.headers["x-request-id"] in line
    assert "TooManyConnectionsError" in line


async def test_a_request_that_hangs_is_given_up(
    client: httpx.AsyncClient, make: Factory, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await make.thread()
    path = f"/threads/{thread['id']}"
    async with db.transaction():
        await db.execute("select from threads where id = $1 for update", UUID(thread["id"]))
        monkeypatch.setattr(operation, "REQUEST_TIMEOUT", 0.2)
        answer = await client.patch(path, json={"title": "too late"})
        monkeypatch.undo()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert (await client.get(path)).json()["title"] == thread["title"], "nothing was written"
