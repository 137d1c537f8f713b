"""A route whose signature is its contract, run without FastAPI's dependency machinery.

FastAPI declares and documents; what happens at a request is here: first the key (401, 403,
410, 429), then the body, then the endpoint. It takes a third of the time, and nobody
without a key gets a body parsed.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import jiter
from fastapi import params
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from looplane.kit.answers import found
from looplane.kit.auth import By, Key, bearer
from looplane.kit.errors import (
    MethodNotAllowed,
    ScopeRequired,
    UnsupportedMediaType,
    ValidationFailed,
)
from looplane.kit.faults import faults_of
from looplane.kit.ids import known_id
from looplane.kit.limits import refuse_overspent
from looplane.kit.schema import Closed
from looplane.kit.writes import Read, Write, fingerprint

Endpoint = Callable[..., Awaitable[Response]]
Declare = Callable[[Endpoint], Endpoint]

# Seconds that a request may take; then it is given up, and answered as if the database were away.
LONGEST = 30.0

_ETAG = re.compile(r'\s*"(\d{1,18})"\s*')
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def _declared_only() -> None:
    """Stands where FastAPI wants a dependency; `Operation` fills the parameter itself."""


def needs(*scopes: str) -> Any:  # noqa: ANN401  # FastAPI's own type for this is Any
    """Marks the parameter of type Read or Write, and says which scopes its caller must have."""
    return params.Security(_declared_only, scopes=scopes)


class NoQuery(Closed):
    """A request that takes no query parameters."""


class WriteQuery(Closed):
    """What the query of every write may say."""

    dry_run: bool = False


class Api:
    """The operations of one noun, in the order in which they are matched."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.routes: list[Operation] = []

    def _declare(self, method: str, path: str, operation_id: str, answer: type[Closed]) -> Declare:
        def add(endpoint: Endpoint) -> Endpoint:
            self.routes.append(
                Operation(
                    path,
                    endpoint,
                    methods=[method],
                    operation_id=operation_id,
                    tags=[self.tag],
                    summary=endpoint.__name__.replace("_", " ").capitalize(),
                    response_model=answer,
                    responses={"default": {"$ref": "#/components/responses/error"}},
                )
            )
            return endpoint

        return add

    def get(self, path: str, operation_id: str, answer: type[Closed]) -> Declare:
        """Declares an endpoint that reads."""
        return self._declare("GET", path, operation_id, answer)

    def post(self, path: str, operation_id: str, answer: type[Closed]) -> Declare:
        """Declares an endpoint that makes something."""
        return self._declare("POST", path, operation_id, answer)

    def patch(self, path: str, operation_id: str, answer: type[Closed]) -> Declare:
        """Declares an endpoint that changes something."""
        return self._declare("PATCH", path, operation_id, answer)

    def delete(self, path: str, operation_id: str, answer: type[Closed]) -> Declare:
        """Declares an endpoint that deletes something."""
        return self._declare("DELETE", path, operation_id, answer)


class Operation(APIRoute):
    """An API operation."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        super().__init__(path, endpoint, **options)
        (self.method,) = self.methods or ("GET",)
        self.scopes: tuple[str, ...] = ()
        self.caller: tuple[str, type[Read | Write]] | None = None
        self.query: tuple[str | None, type[BaseModel]] = (None, NoQuery)
        self.payload: tuple[str, type[BaseModel]] | None = None
        for name, hint in get_type_hints(endpoint, include_extras=True).items():
            self._place(name, hint)
        if self.caller is not None and self.caller[1] is Write:
            self.query = (None, WriteQuery)
        if self.caller is not None:
            self.app = self._serve

    def _place(self, name: str, hint: Any) -> None:  # noqa: ANN401
        plain, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        for mark in marks:
            if isinstance(mark, params.Security):
                self.caller, self.scopes = (name, plain), tuple(mark.scopes or ())
            elif isinstance(mark, params.Query):
                self.query = (name, plain)
        if not marks and name != "return" and isinstance(plain, type):
            self.payload = (name, plain) if issubclass(plain, BaseModel) else self.payload

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers; the router also asks the first route that has the path, if not the method."""
        if scope["method"] != self.method:
            here = [each for each in scope["app"].routes if each.path == self.path]
            allowed = sorted(each.method for each in here)
            msg = "This path has no such method."
            raise MethodNotAllowed(msg, headers={"Allow": ", ".join(allowed)})
        await self.app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["looplane.operation"] = self.operation_id
        # One clock for the whole request: the key, the body, and every statement.
        async with asyncio.timeout(LONGEST):
            response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Any:  # noqa: ANN401
        key = await self._admit(request)
        body = await request.body() if self.payload else b""
        arguments: dict[str, Any] = {}
        for path_name, text in request.path_params.items():
            arguments[path_name] = found(known_id(text), "thing")
        query = self._read(request, body, arguments)
        assert self.caller is not None
        name, kind = self.caller
        state = request.app.state
        by = By(key.workspace_id, key.actor, state.clock(), key.member_id)
        if kind is Read:
            arguments[name] = Read(state.pool, by)
        else:
            arguments[name] = _writing(request, key, by, body, dry_run=query.dry_run)
        return await self.endpoint(**arguments)

    async def _admit(self, request: Request) -> Key:
        state = request.app.state
        key: Key = await state.keyring.look_up(bearer(request.headers.get("authorization")))
        kind = "read" if request.method in {"GET", "HEAD"} else "write"
        if (spent := state.limits.spend(key.id, kind)) is not None:
            request.scope["looplane.spent"] = spent
            refuse_overspent(spent)
        for scope in self.scopes:
            if scope not in key.scopes:
                msg = f"This key lacks the scope {scope}."
                raise ScopeRequired(msg)
        return key

    def _read(self, request: Request, body: bytes, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        """Fills in query and body; raises ValidationFailed with the faults of both."""
        faults: list[str] = []
        name, model = self.query
        query = _validated(lambda: model.model_validate_strings(_pairs(request)), faults)
        if name is not None:
            arguments[name] = query
        if self.payload is not None:
            _refuse_other_media(request)
            name, model = self.payload
            arguments[name] = _validated(lambda: model.model_validate(_json(body)), faults)
        if faults:
            raise ValidationFailed(faults)
        return query


def _validated(read: Callable[[], BaseModel], faults: list[str]) -> BaseModel | None:
    try:
        return read()
    except ValidationFailed as error:
        faults.extend(error.issues)
    except ValidationError as error:
        faults.extend(faults_of(error))
    return None


def _pairs(request: Request) -> dict[str, str]:
    if not request.scope["query_string"]:
        return {}
    items = request.query_params.multi_items()
    pairs = dict(items)
    if len(pairs) < len(items):
        times = Counter(name for name, _ in items)
        raise ValidationFailed([f"{name}: is given twice" for name in pairs if times[name] > 1])
    return pairs


def _refuse_other_media(request: Request) -> None:
    sent = request.headers.get("content-type", "")
    kind, _, rest = sent.partition(";")
    if kind.strip().lower() != "application/json" or "charset" in rest.lower().replace(
        "charset=utf-8", ""
    ).replace('charset="utf-8"', ""):
        msg = "Send the body as application/json in UTF-8."
        raise UnsupportedMediaType(msg)


def _json(body: bytes) -> Any:  # noqa: ANN401
    try:
        return jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:
        raise ValidationFailed([f"The body is not JSON: {error}"]) from None


def _writing(request: Request, key: Key, by: By, body: bytes, *, dry_run: bool) -> Write:
    headers = request.headers
    idempotency_key = headers.get("idempotency-key")
    if idempotency_key is not None and not _IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        raise ValidationFailed(["Idempotency-Key: must be 1 to 255 visible ASCII characters"])
    if (condition := headers.get("if-match")) is not None:
        by = By(by.workspace_id, by.actor, by.now, by.member_id, _versions(condition))
    target = request.scope["path"].encode() + b"?" + request.scope["query_string"]
    return Write(
        request.app.state.pool,
        by,
        key,
        dry_run,
        idempotency_key if request.method in {"POST", "PATCH"} else None,
        fingerprint(request.method, target, body) if idempotency_key else b"",
    )


def _versions(condition: str) -> frozenset[int] | None:
    """The versions that If-Match names; None for `*`, which any version meets."""
    if condition.strip() == "*":
        return None
    tags = [_ETAG.fullmatch(part) for part in condition.split(",")]
    # An ETag that none of ours can be is no fault: it just never matches.
    return frozenset(int(tag[1]) for tag in tags if tag)
