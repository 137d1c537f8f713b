"""The contract as the tests' oracle: every reply is held against it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

CONTRACT = json.loads((Path(__file__).parent.parent / "contract" / "openapi.json").read_text())
ROOT = "/api/v2"
CODES = {
    "validation_failed": 400,
    "unauthenticated": 401,
    "scope_required": 403,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "conflict": 409,
    "unsupported_key_version": 410,
    "precondition_failed": 412,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "unprocessable": 422,
    "rate_limited": 429,
    "internal_error": 500,
    "unavailable": 503,
}
# What each event carries, by what its type starts with.
PAYLOADS = {
    "thread": "ThreadOut",
    "contact": "ContactOut",
    "company": "CompanyOut",
    "project": "ProjectOut",
    "tag": "TagOut",
    "tag_group": "TagGroupOut",
    "customer_need": "CustomerNeedOut",
}
# (operation, code) of all replies of this run.
SEEN: set[tuple[str, str]] = set()


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation object of everything in the contract."""
    return [
        (method.upper(), path, operation)
        for path, item in CONTRACT["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], str, dict[str, Any]]]:
    found = [
        (method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path, operation)
        for method, path, operation in operations()
    ]
    return sorted(found, key=lambda each: each[2].count("{"))  # static paths before patterns


def operation_of(method: str, path: str) -> tuple[str, dict[str, Any]] | None:
    """The path template and operation that a request is for."""
    for its_method, pattern, template, operation in _patterns():
        if its_method == method and pattern.fullmatch(path.removeprefix(ROOT)):
            return template, operation
    return None


@cache
def validator(reference: str) -> Draft202012Validator:
    """A validator for a part of the contract, by its JSON pointer."""
    return Draft202012Validator({"$ref": reference, **CONTRACT})


def schema_of(operation: dict[str, Any]) -> str:
    """The pointer to the schema of an operation's 200."""
    return str(operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"])


def scopes_of(operation: dict[str, Any]) -> list[str]:
    """The scopes that an operation says it needs."""
    return re.findall(r"`(\w+(?::\w+)?)`", operation["description"].rpartition("Requires the scope")[2])


def declared_codes(method: str, template: str, operation: dict[str, Any]) -> set[str]:
    """The error codes that an operation can answer with, by what it takes."""
    codes = {"validation_failed", "unauthenticated", "unsupported_key_version", "rate_limited"}
    if scopes_of(operation) and "Requires the scope" in operation["description"]:
        codes.add("scope_required")
    if "{" in template or template == "/contacts/by-email":
        codes.add("not_found")
    if "requestBody" in operation:
        codes |= {"unsupported_media_type", "payload_too_large"}
    if method in {"POST", "PATCH"}:
        codes |= {"conflict", "unprocessable"}
    if method in {"PATCH", "DELETE"}:
        codes.add("precondition_failed")
    if any(each.get("name") == "cursor" for each in operation.get("parameters", [])):
        codes.add("unprocessable")
    return codes | _of_its_own(operation["operationId"])


def _of_its_own(operation_id: str) -> set[str]:
    own = {
        "tags-deleteGroup": {"conflict"},
        # The version meant is the thread's.
        "customerNeeds-create": {"precondition_failed"},
    }
    return own.get(operation_id, set())


async def check(response: httpx.Response) -> None:
    """Fails unless `response` is what the contract says of its operation."""
    await response.aread()
    assert re.fullmatch(r"req_[0-9a-f]{16}", response.headers["x-request-id"])
    request = response.request
    found = operation_of(request.method, request.url.path)
    if not request.url.path.startswith(ROOT) or request.url.path.endswith("openapi.json"):
        return
    body = json.loads(response.content)
    if response.status_code != httpx.codes.OK:
        validator("#/components/responses/error/content/application~1json/schema").validate(body)
        assert CODES[body["code"]] == response.status_code, body
        assert response.status_code != httpx.codes.INTERNAL_SERVER_ERROR, body
    if found is None:
        assert body["code"] in {"not_found", "method_not_allowed", "payload_too_large"}, body
        return
    template, operation = found
    if response.status_code == httpx.codes.OK:
        validator(schema_of(operation)).validate(body)
    else:
        SEEN.add((operation["operationId"], body["code"]))
        allowed = declared_codes(request.method, template, operation) | {"unavailable"}
        assert body["code"] in allowed, (operation["operationId"], body)


def check_event(kind: str, data: object) -> None:
    """Fails unless an event's payload is the resource as the contract has it."""
    validator(f"#/components/schemas/{PAYLOADS[kind.split('.')[0]]}").validate(data)
