"""Gates on the contract: what was given, what is valid, what is printed, what is served."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from openapi_spec_validator import validate
from starlette.types import ASGIApp

from looplane.contract import contract_text
from looplane.kit.cors import EXPOSED_HEADERS
from looplane.kit.keys import SCOPES
from looplane.nouns import SCOPES_OF_EVENT_TYPES
from tests.contract import (
    ANYWHERE,
    APP_OPERATIONS,
    CODES,
    CONTRACT,
    FILE,
    OPERATIONS,
    SEEN,
    Operation,
    resolved,
)

GIVEN = yaml.safe_load(
    (Path(__file__).parent / "given" / "threads-update.openapi.yaml").read_text()
)
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def _plain(node: Any) -> Any:
    """A resolved part of a document, said in one way of the several that mean the same.

    Descriptions are each document's own. Null is a type, whether `nullable` says so, a list of
    types or `anyOf`. What is a set is one. Beside what was given stand only the headers of answers,
    the error codes and examples, which no program that was written for it looks at.
    """
    if isinstance(node, list):
        return [_plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {
        key: _plain(value)
        for key, value in node.items()
        if key != "description" or not isinstance(value, str)
    }
    plain.pop("x-error-codes", None)
    if "schema" in plain:
        plain.pop("example", None)
    if "content" in plain:  # an answer, or the body of a request
        plain.pop("headers", None)
    match plain.get("anyOf"):
        case [schema, {"type": ["null"]}]:
            del plain["anyOf"]
            plain = {**schema, **plain, "nullable": True}
    if isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"]]
    if plain.pop("nullable", False) is True:
        plain["type"] = [*plain["type"], "null"]
    if isinstance(plain.get("required"), list):
        plain["required"].sort()
    return plain


@pytest.mark.parametrize(
    "steps",
    [
        ("paths", "/threads/{id}", "patch"),
        ("components", "responses", "error"),
        ("components", "securitySchemes"),
        ("security",),
    ],
    ids=lambda steps: steps[-1],
)
def test_what_was_given_is_ours_key_for_key(steps: tuple[str, ...]) -> None:
    given, ours = GIVEN, CONTRACT
    for step in steps:
        given, ours = given[step], ours[step]
    assert _plain(resolved(ours)) == _plain(resolved(given, GIVEN))


def test_it_is_valid_openapi() -> None:
    assert CONTRACT["openapi"].startswith("3.1.")
    validate(CONTRACT)


def _objects(node: Any, path: str = "#") -> Any:
    """Every schema of an object in the contract, and where."""
    if isinstance(node, dict) and "object" in str(node.get("type", "")):
        yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for key, child in children:
        if isinstance(child, dict | list):
            yield from _objects(child, f"{path}/{key}")


def test_every_object_says_whether_more_keys_may_come() -> None:
    objects = dict(_objects(CONTRACT))
    assert len(objects) > len(OPERATIONS)
    assert [path for path, each in objects.items() if "additionalProperties" not in each] == []
    bodies = [each.body for each in OPERATIONS if each.body]
    assert all(
        each["additionalProperties"] is False for body in bodies for _, each in _objects(body)
    )


@every_operation
def test_an_operation_says_who_may_call_it(operation: Operation) -> None:
    assert operation.spec["security"] == [{"Authorization": []}]
    said = operation.spec["description"]
    if said.endswith("Any valid key may call it."):
        assert str(operation) == "me-get"
    elif str(operation) == "writes-undo":
        # What it needs is said by what was written.
        assert (operation.scopes, "scope_required" in operation.codes) == ([], True)
    elif operation.any_scopes:
        assert str(operation) in {"events-list", "events-stream"}
        assert operation.scopes == []
        assert set(operation.any_scopes) == set(SCOPES_OF_EVENT_TYPES.values())
    else:
        assert operation.scopes
        assert set(operation.scopes) <= set(SCOPES)
        verb = "read" if operation.method == "GET" else "write"
        assert all(scope == "admin" or scope.endswith(f":{verb}") for scope in operation.scopes)


@every_operation
def test_an_operation_answers_200_or_the_shared_error(operation: Operation) -> None:
    not_modified = {"304"} if operation.method == "GET" and operation.is_json else set()
    assert set(operation.spec["responses"]) == {"200", "default"} | not_modified
    assert operation.spec["responses"]["default"] == {"$ref": "#/components/responses/error"}


def test_operation_ids_are_in_one_style_and_unique() -> None:
    ids = [str(each) for each in OPERATIONS]
    assert len(set(ids)) == len(ids)
    assert [
        each for each in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)*-[a-z]+([A-Z][a-z]+)*", each)
    ] == []


@every_operation
def test_a_parameter_in_the_path_is_a_required_string(operation: Operation) -> None:
    in_path = re.findall(r"\{(\w+)\}", operation.path)
    declared = [name for name, each in operation.parameters.items() if each["in"] == "path"]
    assert sorted(in_path) == sorted(declared)
    for name in in_path:
        assert name in {"id", "token"} or name.endswith("_id")
        assert operation.parameters[name]["required"] is True
        assert operation.parameters[name]["schema"] == {"type": "string"}


@every_operation
def test_an_operation_takes_what_every_one_of_its_method_takes(operation: Operation) -> None:
    names = {"dry_run", "If-Match", "If-None-Match", "Idempotency-Key", "Last-Event-ID"}
    wanted = {
        "GET": {"If-None-Match" if operation.is_json else "Last-Event-ID"},
        "POST": {"dry_run", "Idempotency-Key"},
        "PATCH": {"dry_run", "If-Match", "Idempotency-Key"},
        "DELETE": {"dry_run", "If-Match"},
    }[operation.method]
    # Of what is made there is no version yet; of what it is made for, there is.
    wanted |= {"If-Match"} if "id}" in operation.path and operation.method != "GET" else set()
    assert names & set(operation.parameters) == wanted


@every_operation
def test_an_operation_says_its_error_codes(operation: Operation) -> None:
    assert operation.codes <= set(CODES) - ANYWHERE
    assert operation.spec["x-error-codes"] == sorted(operation.codes)


def test_the_shared_error_says_every_code_and_its_status() -> None:
    said = CONTRACT["components"]["responses"]["error"]["description"]
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| \S.+ \|$", said, re.MULTILINE)
    assert {code: int(status) for status, code in rows} == CODES
    every = [*OPERATIONS, *APP_OPERATIONS]
    assert {code for each in every for code in each.codes} | ANYWHERE == set(CODES)
    # What says nothing of what was asked for.
    assert {"internal_error", "unavailable", "storage_full", "method_not_allowed"} | {
        "payload_too_large",
        "head_too_large",
        "request_timeout",
        "range_not_satisfiable",
        "csrf_token_required",
    } == ANYWHERE


def test_every_header_is_declared_once_and_used() -> None:
    used = set(re.findall(r"#/components/headers/([\w-]+)", FILE.read_text()))
    assert used == set(CONTRACT["components"]["headers"])
    # What only says who is let in, or how to ask, a page need not read.
    assert used - {"WWW-Authenticate", "Allow", "Set-Cookie"} == set(
        EXPOSED_HEADERS.decode().split(", ")
    )


def test_printing_it_again_changes_nothing() -> None:
    assert contract_text() == FILE.read_text(), "run `make contract`"


@pytest.fixture
async def site(app: ASGIApp) -> Any:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://looplane.test") as site:
        yield site


async def test_it_is_served_as_it_is_committed(site: httpx.AsyncClient) -> None:
    answer = await site.get("/api/v2/openapi.json")
    assert answer.content == FILE.read_bytes()
    assert answer.headers["content-type"] == "application/json"


async def test_all_that_the_reader_loads_is_served_from_here(site: httpx.AsyncClient) -> None:
    page = await site.get("/api/docs")
    assert page.status_code == httpx.codes.OK
    rules = dict(
        each.strip().split(" ", 1) for each in page.headers["content-security-policy"].split(";")
    )
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert not re.search(r"https?:|\*", page.headers["content-security-policy"])
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|https?://", page.text)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) > 1
    for path in loaded:
        asset = await site.get(path)
        assert asset.status_code == httpx.codes.OK, path
        assert asset.headers["content-type"].startswith(_KINDS[Path(path).suffix])
        # A style or a script could name another host in turn; the policy would stop it.
        assert not re.search(r"@import|url\(['\"]?(https?:)?//", asset.text), path
    script = (await site.get(loaded[-1])).text
    assert "/api/v2/openapi.json" in script


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_figures(site: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    def counted(text: str) -> float:
        line = 'looplane_requests_total{method="GET",operation="me-get",status="200"} '
        return float(text.partition(line)[2].partition("\n")[0] or 0)

    before = counted((await site.get("/metrics")).text)
    await client.get("/me")
    answer = await site.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert counted(answer.text) == before + 1
    assert "looplane_request_seconds_bucket" in answer.text


async def test_a_path_that_is_not_there(site: httpx.AsyncClient) -> None:
    for path in (
        "/nothing",
        "/api/v2",
        "/api/v2/",
        "/api/v2/nothing",
        "/api/docs/page/../../x",
        "/healthz/",
    ):
        answer = await site.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    answer = await site.post("/healthz")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.whole_run
def test_every_declared_code_was_seen() -> None:
    declared = {
        (str(each), code)
        for each in OPERATIONS
        for code in each.codes
        # Only where other writes keep getting in between, and then any operation's.
        if (each.method, code) != ("DELETE", "conflict") or str(each) == "tags-deleteGroup"
    }
    assert declared - SEEN == set()
