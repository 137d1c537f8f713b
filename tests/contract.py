"""The contract as the tests' oracle: every reply is held against it."""

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

FILE = Path(__file__).parent.parent / "contract" / "openapi.json"
CONTRACT = json.loads(FILE.read_text())
ROOT = "/api/v2"
CODES = {
    "validation_failed": 400,
    "unauthenticated": 401,
    "scope_required": 403,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "conflict": 409,
    "unsupported_key_version": 410,
    "precondition_failed": 412,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "unprocessable": 422,
    "rate_limited": 429,
    "head_too_large": 431,
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
# What an operation can answer beyond what its method and parameters tell.
_OF_ITS_OWN = {
    "contacts-getByEmail": {"not_found"},
    "tags-deleteGroup": {"conflict"},
    # The version meant is the thread's.
    "customerNeeds-create": {"precondition_failed"},
}

# What any operation can answer, and few are made to in a test.
_ANYWHERE = {"unavailable", "payload_too_large"}


def resolved(node: Any, document: Any = CONTRACT) -> Any:
    """`node` with every $ref of its document replaced by what it points to."""
    if isinstance(node, list):
        return [resolved(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(pointer := node.get("$ref"), str):
        target = document
        for step in pointer.removeprefix("#/").split("/"):
            target = target[step]
        return resolved(target, document)
    return {key: resolved(value, document) for key, value in node.items()}


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    method: str
    path: str
    spec: dict[str, Any] = field(compare=False)

    def __str__(self) -> str:
        return str(self.spec["operationId"])

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Its parameters and those of its path, by name."""
        of_path = CONTRACT["paths"][self.path].get("parameters", [])
        found = resolved([*of_path, *self.spec.get("parameters", [])])
        return {each["name"]: each for each in found}

    @property
    def scopes(self) -> list[str]:
        """The scopes that it says it needs."""
        needed = re.search(r"Requires the scope (.+)\.$", self.spec["description"])
        return re.findall(r"`([a-z:]+)`", needed[1]) if needed else []

    @cached_property
    def body(self) -> dict[str, Any] | None:
        """The schema of its body, references resolved."""
        sent = self.spec.get("requestBody")
        return sent and resolved(sent["content"]["application/json"]["schema"])

    @property
    def answer(self) -> str:
        """The pointer to the schema of its 200."""
        return str(self.spec["responses"]["200"]["content"]["application/json"]["schema"]["$ref"])

    @cached_property
    def codes(self) -> set[str]:
        """The error codes that it can answer with, by what it takes."""
        writes_twice = self.method in {"POST", "PATCH"}
        causes = {
            "scope_required": self.scopes,
            "not_found": "{" in self.path,
            "unsupported_media_type": self.body,
            "payload_too_large": self.body,
            "conflict": writes_twice,
            "unprocessable": writes_twice or "cursor" in self.parameters,
            "precondition_failed": self.method in {"PATCH", "DELETE"},
        }
        always = {"validation_failed", "unauthenticated", "unsupported_key_version", "rate_limited"}
        own = _OF_ITS_OWN.get(str(self), set())
        return always | own | {code for code, cause in causes.items() if cause}


OPERATIONS = [
    Operation(method.upper(), path, spec)
    for path, item in CONTRACT["paths"].items()
    for method, spec in item.items()
    if method != "parameters"
]


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request is for."""
    for pattern, operation in _patterns():
        if operation.method == method and pattern.fullmatch(path.removeprefix(ROOT)):
            return operation
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], Operation]]:
    found = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path)), each) for each in OPERATIONS]
    return sorted(found, key=lambda each: each[1].path.count("{"))  # static paths before patterns


@cache
def validator(reference: str) -> Draft202012Validator:
    """A validator for a part of the contract, by its JSON pointer."""
    return Draft202012Validator({"$ref": reference, **CONTRACT})


async def check(response: httpx.Response) -> None:
    """Fails unless `response` is what the contract says of its operation."""
    await response.aread()
    assert re.fullmatch(r"req_[0-9a-f]{16}", response.headers["x-request-id"])
    request = response.request
    if not request.url.path.startswith(ROOT) or request.url.path.endswith("openapi.json"):
        return
    body = json.loads(response.content)
    operation = operation_of(request.method, request.url.path)
    if response.status_code == httpx.codes.OK:
        assert operation is not None, request.url
        validator(operation.answer).validate(body)
        return
    validator("#/components/responses/error/content/application~1json/schema").validate(body)
    code = body["code"]
    assert CODES[code] == response.status_code, body
    assert code != "internal_error", body
    if operation is None:
        assert code in {"not_found", "method_not_allowed", "payload_too_large"}, body
    else:
        SEEN.add((str(operation), code))
        assert code in operation.codes | _ANYWHERE, (str(operation), body)


def check_event(kind: str, data: object) -> None:
    """Fails unless an event's payload is the resource as the contract has it."""
    validator(f"#/components/schemas/{PAYLOADS[kind.split('.', maxsplit=1)[0]]}").validate(data)
