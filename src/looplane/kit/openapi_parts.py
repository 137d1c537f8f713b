"""What the operations of the contract share: parameters, headers, the error, and their limits."""

from typing import Any

from looplane.kit.errors import (
    ApiError,
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    RateLimited,
    ScopeRequired,
    Unauthenticated,
    Unprocessable,
    UnsupportedKeyVersion,
    UnsupportedMediaType,
    ValidationFailed,
    all_errors,
)
from looplane.kit.http_headers import REQUEST_ID
from looplane.kit.operation import Operation
from looplane.kit.request_headers import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    LAST_EVENT_ID,
)

Json = Any

PARAMETERS: dict[str, Json] = {
    "dry_run": {
        "name": "dry_run",
        "in": "query",
        "description": "Check everything and answer what would be; write nothing, tell nobody. "
        "`X-Looplane-Would` names the events.",
        "schema": {"type": "boolean", "default": False},
    },
    "if_match": {
        "name": IF_MATCH,
        "in": "header",
        "description": "Write only if the present version is that of one of these ETags, or `*`; "
        "412 otherwise.",
        "schema": {"type": "string"},
    },
    "if_none_match": {
        "name": IF_NONE_MATCH,
        "in": "header",
        "description": "Answer 304 without a body if the present ETag is one of these, or `*`.",
        "schema": {"type": "string"},
    },
    "last_event_id": {
        "name": LAST_EVENT_ID,
        "in": "header",
        "description": "The `id` of the last event that arrived: what comes after it comes first, "
        "whatever `after` says. Browsers send it by themselves when a stream was cut off.",
        "schema": {"type": "string", "maxLength": 100},
    },
    "idempotency_key": {
        "name": IDEMPOTENCY_KEY,
        "in": "header",
        "description": "The same key and request within 24 hours get the stored answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
}


def _header(description: str, **schema: Json) -> dict[str, Json]:
    return {"description": description, "schema": schema}


# Of one channel.
_NOTICE = "(slack|email)=[a-z_]+(;id=[0-9a-f-]{36}){0,20}"

HEADERS: dict[str, Json] = {
    "ETag": _header(
        "The version of what is answered, where it has one, and a digest of the answer. After a "
        "dry run it is of what is there now, and is missing where nothing is. With 412 it is the "
        "present version alone. Weak where the answer is compressed.",
        type="string",
        pattern='^(W/)?"([0-9]+|([0-9]+-)?[0-9a-f]{16})"$',
    ),
    "Idempotent-Replayed": _header(
        "The answer was stored for this `Idempotency-Key`; nothing was done now.",
        type="string",
        enum=["true"],
    ),
    "X-Looplane-Would": _header(
        "After a dry run: the types of the events that the write would make, none for nothing.",
        type="string",
        pattern=r"^([a-z_]+\.[a-z_]+(, [a-z_]+\.[a-z_]+)*)?$",
    ),
    "X-Looplane-Notify": _header(
        "What became of each notice that was asked for, such as `slack=planned;id=…`. `planned`: "
        "it leaves, by the deliveries with these ids, of which at most 20 are named, and none "
        "after a dry run. `not_configured`: the channel is not set up. `nobody`: there is nobody "
        "but the caller, or nobody who wants it. Missing where no notice was asked for, or nothing "
        "changed.",
        type="string",
        pattern=f"^{_NOTICE}(, {_NOTICE})*$",
    ),
    "X-Looplane-Undo": _header(
        "Takes the write back within 10 minutes, by `POST /undo/{token}` with the same key, or "
        "another one of its member. Missing where nothing was written, and where what was done "
        "cannot be taken back.",
        type="string",
        format="uuid",
    ),
    "X-RateLimit-Limit": _header(
        "Requests that the key has in a minute, reads and writes apart; missing, as the next two "
        "are, where there is no limit or no key.",
        type="integer",
        minimum=1,
    ),
    "X-RateLimit-Remaining": _header("How many of them are left.", type="integer", minimum=0),
    "X-RateLimit-Reset": _header(
        "When the minute ends, in seconds since 1970.", type="integer", minimum=0
    ),
    "X-Request-Id": {
        "required": True,
        **_header(
            "Names the request in the logs; a caller's own is kept if it has this form.",
            type="string",
            pattern=f"^{REQUEST_ID}$",
        ),
    },
    "Set-Cookie": _header(
        "Keeps the session in the browser, where no script sees it, or drops it.", type="string"
    ),
    "Retry-After": _header(
        "With 429 and 503, and with 409 where waiting helps: seconds until the next try.",
        type="integer",
        minimum=1,
    ),
    "WWW-Authenticate": _header("With 401.", type="string", enum=["Bearer"]),
    "Allow": _header(
        "With 405: the methods that the path has.", type="string", pattern="^[A-Z]+(, [A-Z]+)*$"
    ),
}
_OF_EVERY_ANSWER = ["X-Request-Id", *(name for name in HEADERS if name.startswith("X-RateLimit"))]
_ERROR_SCHEMA = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "code": {"type": "string"},
        "issues": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"message": {"type": "string"}},
                "required": ["message"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["message", "code"],
    "additionalProperties": False,
}


def _references(names: list[str]) -> dict[str, Json]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def error_codes(route: Operation) -> list[str]:
    """The codes that an operation can answer, beyond those that any request can get."""
    causes: dict[type[ApiError], bool] = {
        ValidationFailed: True,
        Unauthenticated: not route.signature.is_public,
        UnsupportedKeyVersion: not route.signature.is_public,
        RateLimited: True,
        ScopeRequired: bool(route.signature.scopes),
        Forbidden: not route.signature.is_public,
        NotFound: "{" in route.path,
        Conflict: route.signature.writes,
        PreconditionFailed: IF_MATCH in route.headers_taken,
        UnsupportedMediaType: route.signature.body is not None,
        Unprocessable: IDEMPOTENCY_KEY in route.headers_taken
        or "cursor" in route.signature.query_model.model_fields,
    }
    found = {each.code for each, is_cause in causes.items() if is_cause}
    return sorted(found | {each.code for each in route.raises})


def _has_field(model: Any, name: str) -> bool:  # noqa: ANN401  # any type of a body
    """Whether a body has such a field, itself or in a part of it that is a model."""
    fields = getattr(model, "model_fields", {})
    return name in fields or any(_has_field(each.annotation, name) for each in fields.values())


def headers_of_200(route: Operation) -> dict[str, Json]:
    """The headers that an operation can answer with 200."""
    body = route.signature.body
    notifies = body is not None and _has_field(body.type, "notify")
    may_have = {
        "ETag": not route.is_stream,
        "Idempotent-Replayed": IDEMPOTENCY_KEY in route.headers_taken,
        "X-Looplane-Would": route.signature.writes,
        "X-Looplane-Undo": route.signature.writes,
        "X-Looplane-Notify": notifies,
        "Set-Cookie": route.is_of_app and route.path.startswith("/session"),
    }
    return _references([*(name for name, has in may_have.items() if has), *_OF_EVERY_ANSWER])


def responses(operations: list[Operation]) -> dict[str, Json]:
    """The responses that operations share: the error, and 304."""
    of_operations = {code for each in operations for code in error_codes(each)}
    of_any = [each.code for each in all_errors() if each.code not in of_operations]
    rows = [f"| {each.status} | `{each.code}` | {each.__doc__} |" for each in all_errors()]
    description = (
        "Any other answer: the error, and each fault where there are several. `x-error-codes` of "
        "an operation are the codes that it can answer; those of this response can come from any "
        "request. `issues` has at most 101 entries.\n\n"
        "| status | code | meaning |\n|---|---|---|\n" + "\n".join(rows)
    )
    of_error = ["Retry-After", "WWW-Authenticate", "Allow", "ETag", *_OF_EVERY_ANSWER]
    return {
        "error": {
            "description": description,
            "headers": _references(of_error),
            "content": {"application/json": {"schema": _ERROR_SCHEMA}},
            "x-error-codes": of_any,
        },
        "not_modified": {
            "description": "What was asked for is as `If-None-Match` has it.",
            "headers": _references(["ETag", *_OF_EVERY_ANSWER]),
        },
    }
