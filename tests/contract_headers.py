"""What headers an answer has: those that the contract promises, as it promises them."""

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from jsonschema_rs import Draft202012Validator

if TYPE_CHECKING:
    from tests.contract import Operation

_CONTRACT = json.loads((Path(__file__).parent.parent / "contract" / "openapi.json").read_text())
_PARTS = _CONTRACT["components"]
_SHARED = _PARTS["responses"]
# What every HTTP server answers with, and browsers look at.
_PLAIN = re.compile(
    r"content-(type|length|encoding|disposition|security-policy)|transfer-encoding|connection|date|server"
    r"|vary|cache-control|referrer-policy|x-content-type-options|x-frame-options"
    r"|cross-origin-resource-policy|access-control-[a-z-]+|x-accel-buffering"
)
_RATE = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
# Codes whose answers say when to try again; with a conflict it depends.
_RETRY = {"rate_limited", "unavailable", "storage_full"}


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(_PARTS["headers"][name]["schema"])


def check_headers(response: httpx.Response, operation: "Operation | None") -> None:
    """Fails unless an answer has the headers that are promised, and no others."""
    promised = _promised(response, operation)
    by_name = {name.lower(): name for name in promised}
    sent = [name.lower() for name in response.headers]
    assert len(set(sent)) == len(sent), sent
    for name in sent:
        assert name in by_name or _PLAIN.fullmatch(name), (name, str(operation))
        if name in by_name:
            _check_form(by_name[name], response.headers[name])
    missing = _required(response, operation, set(by_name)) - set(sent)
    assert not missing, (missing, str(operation), response.status_code)
    assert not _forbidden(response) & set(sent), (sent, response.status_code)
    assert not _RATE & set(sent) or set(sent) >= _RATE


def _check_form(name: str, text: str) -> None:
    is_integer = _PARTS["headers"][name]["schema"]["type"] == "integer"
    assert not is_integer or re.fullmatch(r"\d+", text), (name, text)
    _validator(name).validate(int(text) if is_integer else text)


def _promised(response: httpx.Response, operation: "Operation | None") -> dict[str, Any]:
    status = response.status_code
    if response.request.method == "OPTIONS" and status == httpx.codes.NO_CONTENT:
        return {"Allow": {}, "X-Request-Id": {}}
    if status == httpx.codes.NOT_MODIFIED:
        assert operation is not None
        assert "304" in operation.spec["responses"]
        return dict(_SHARED["not_modified"]["headers"])
    if status == httpx.codes.OK and operation is not None:
        return dict(operation.spec["responses"]["200"]["headers"])
    return dict(_SHARED["error"]["headers"])


def _required(
    response: httpx.Response, operation: "Operation | None", promised: set[str]
) -> set[str]:
    required, status, request = {"x-request-id"}, response.status_code, response.request
    if status == httpx.codes.OK:
        is_dry = request.url.params.get("dry_run") in {"true", "1", "on", "yes"}
        wanted = {"x-looplane-would"} if is_dry else {"etag"}
        return required | (wanted & promised)
    if status == httpx.codes.NOT_MODIFIED:
        return required | {"etag"}
    if operation is None or request.method == "HEAD":
        return required
    code = response.json()["code"]
    of_code = {"unauthenticated": "www-authenticate", "method_not_allowed": "allow"}
    of_code |= {"precondition_failed": "etag"} | dict.fromkeys(_RETRY, "retry-after")
    return required | ({of_code[code]} if code in of_code else set())


def _content(request: httpx.Request) -> bytes:
    try:
        return request.content
    except httpx.RequestNotRead:  # it was streamed
        return b""


def _forbidden(response: httpx.Response) -> set[str]:
    """What goes only with certain answers."""
    request, status = response.request, response.status_code
    found = set()
    if "idempotency-key" not in request.headers:
        found.add("idempotent-replayed")
    if "dry_run" not in request.url.params:
        found.add("x-looplane-would")
    if b'"notify"' not in _content(request):
        found.add("x-looplane-notify")
    if status != httpx.codes.UNAUTHORIZED:
        found.add("www-authenticate")
    if status not in {httpx.codes.METHOD_NOT_ALLOWED, httpx.codes.NO_CONTENT}:
        found.add("allow")
    if status not in {409, 429, 503}:
        found.add("retry-after")
    if status >= httpx.codes.BAD_REQUEST and status != httpx.codes.PRECONDITION_FAILED:
        found.add("etag")
    return found
