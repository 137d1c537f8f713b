"""A route whose signature is its contract, run without FastAPI's dependency machinery.

FastAPI declares and documents; what happens at a request is here: first the key (401, 403, 410,
429), then the body, then the endpoint. It takes a third of the time, and nobody without a key
gets a body parsed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from fastapi import params
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from looplane.kit.bodies import Body, body_of_file
from looplane.kit.callers import SESSION_SCOPE, Callers, session_secret
from looplane.kit.context import ANY_VERSION, Context, Precondition
from looplane.kit.errors import (
    ApiError,
    Forbidden,
    MethodNotAllowed,
    ScopeRequired,
    Unavailable,
    ValidationFailed,
)
from looplane.kit.event_streams import MEDIA_TYPE
from looplane.kit.html_fields import clean_fields
from looplane.kit.ids import parse_id
from looplane.kit.paging import PageQuery, with_filters_of_cursor
from looplane.kit.principal import Principal
from looplane.kit.request import (
    MAX_BODY,
    Validated,
    read_file,
    read_json,
    read_query,
    read_raw,
    read_spooled,
)
from looplane.kit.request_headers import RequestHeaders, headers_taken, read_headers
from looplane.kit.responses import or_404
from looplane.kit.signature import RawBody, Signature, WriteQuery, read_signature
from looplane.kit.visits import Visit
from looplane.kit.writes import Read, Write, fingerprint

# Seconds that answering may take once the body is there; then the request is given up.
REQUEST_TIMEOUT = 30.0
_READS = {"GET", "HEAD"}


class Operation(Route):
    """An API operation; what FastAPI is to document of it stands in `documented`.

    One that takes files has a body of at most `upload_bytes`.
    """

    def __init__(  # noqa: PLR0913  # what an operation is declared with
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        method: str,
        raises: Sequence[type[ApiError]] = (),
        upload_bytes: int = 0,
        is_of_app: bool = False,
        **documented: Any,  # noqa: ANN401  # FastAPI's own
    ) -> None:
        self.method, self.raises, self.is_of_app = method, raises, is_of_app
        self.operation_id, self.documented = documented["operation_id"], documented
        self.takes_files, self.most_bytes = upload_bytes > 0, upload_bytes or MAX_BODY
        self.signature: Signature = read_signature(endpoint, method, path)
        super().__init__(path, endpoint)
        self.methods = {method}
        self.is_stream = documented["response_model"] is None
        self.headers_taken = headers_taken(
            method,
            path,
            writes=self.signature.writes,
            has_version=not is_of_app,
            has_etag=not self.is_stream,
            has_events=MEDIA_TYPE in str(documented.get("responses")),
            keeps_answers=not self.signature.has_secrets,
        )
        self.app = self._serve

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers; the router also asks the first route that has the path, if not the method."""
        wanted = "GET" if scope["method"] == "HEAD" else scope["method"]
        if wanted == self.method:
            await self.app(scope, receive, send)
            return
        here = {each.method: each for each in scope["app"].routes if each.path == self.path}
        if wanted in here:
            await here[wanted].app(scope, receive, send)
            return
        allowed = {*here, "OPTIONS"} | ({"HEAD"} if "GET" in here else set())
        headers = {"Allow": ", ".join(sorted(allowed))}
        if wanted == "OPTIONS":
            await Response(status_code=204, headers=headers)(scope, receive, send)
            return
        msg = "This path has no such method."
        raise MethodNotAllowed(msg, headers=headers)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["looplane.operation"] = self.operation_id
        request = Request(scope, receive)
        principal = None
        if self.signature.is_public:
            request.app.state.visits.take(scope.get("looplane.client", ""))
        else:
            principal = await self._admit(request)
        body = await self._read_body(request)
        try:
            if self.signature.body is not None and principal is not None:
                # The body may have taken minutes, in which the key was ended or lost a scope.
                principal = await self._authenticate(request)
                self._require_allowed(principal)
            response = await self._answer(request, principal, body)
        finally:
            body.close()
            await request.close()  # the files of a form
        await response(scope, receive, send)

    async def _admit(self, request: Request) -> Principal:
        """Who calls. Raises Unauthenticated, RateLimited, ScopeRequired, Forbidden and others."""
        state, scope = request.app.state, request.scope
        principal = await self._authenticate(request)
        kinds = ["read" if request.method in _READS else "write"]
        kinds += ["upload"] if self.takes_files else []
        for kind in kinds:
            if (left := state.limiter.spend(principal.caller_id, kind)) is not None:
                # What is told is the limit that will be reached first.
                known = scope.setdefault("looplane.rate_limit", left)
                scope["looplane.rate_limit"] = min(known, left, key=lambda each: each.remaining)
                state.limiter.refuse_overspent(left, kind)
        self._require_allowed(principal)
        return principal

    async def _authenticate(self, request: Request) -> Principal:
        callers: Callers = request.app.state.callers
        return await callers.find(request.scope)

    def _require_allowed(self, principal: Principal) -> None:
        """Raises ScopeRequired, Forbidden."""
        for needed in self.signature.scopes:
            if needed not in principal.scopes:
                msg = f"This {principal.means} lacks the scope {needed}."
                raise ScopeRequired(msg)
        # What a person at a screen does for themselves changes nothing for others.
        is_own = SESSION_SCOPE in self.signature.scopes
        if self.signature.writes and principal.is_viewer and not is_own:
            msg = f"This {principal.means} belongs to a VIEWER, who may read and not write."
            raise Forbidden(msg)

    async def _read_body(self, request: Request) -> Body:
        """The body, where one is taken."""
        parameter = self.signature.body
        if parameter is None:
            return Body()
        if isinstance(parameter.mark, RawBody):
            mark = parameter.mark
            return Body(await read_raw(request, mark.media_types, mark.most_bytes))
        if isinstance(parameter.mark, params.File):
            return await body_of_file(await read_file(request, parameter.name))
        if self.takes_files:
            return Body(spool=await read_spooled(request))
        return Body(await request.body())

    async def _answer(self, request: Request, principal: Principal | None, body: Body) -> Response:
        limit = asyncio.timeout(REQUEST_TIMEOUT)
        try:
            # One limit for all: the body's HTML, and every statement.
            async with limit, body.whole(request.app.state.large_bodies) as whole:
                return await self._call(request, principal, whole)
        except TimeoutError:
            if not limit.expired():
                raise
            msg = "It took too long and was given up; try again."
            raise Unavailable(msg) from None

    async def _call(self, request: Request, principal: Principal | None, body: Body) -> Response:
        arguments: dict[str, Any] = {
            name: or_404(parse_id(text), "thing") for name, text in request.path_params.items()
        }
        headers = read_headers(request.headers, self.headers_taken)
        query = read_query(request, self.signature.query_model)
        payload = await self._read_payload(request, body)
        faults = headers.faults + query.faults + payload.faults
        # What is well formed in a body is judged even if something else is not.
        if query.faults or (faults and payload.model is None):
            raise ValidationFailed(faults)
        if self.signature.query is not None:
            model = query.model
            paged = isinstance(model, PageQuery)
            arguments[self.signature.query.name] = with_filters_of_cursor(model) if paged else model
        if self.signature.body is not None:
            arguments[self.signature.body.name] = payload.model
        caller: Visit | Read | Write
        if principal is None:
            caller = _visit(request, faults)
        else:
            context = self._context(request, principal, headers.precondition, faults)
            caller = self._caller(request, context, headers, query, body.content)
        arguments[self.signature.caller.name] = caller
        response: Response = await self.endpoint(**arguments)
        return response

    async def _read_payload(self, request: Request, body: Body) -> Validated:
        """The body as the endpoint takes it, its HTML cleaned."""
        parameter = self.signature.body
        if parameter is None:
            return Validated(None)
        if body.file is not None:
            return body.file
        if parameter.mark is not None:
            return Validated(body.content)
        payload = read_json(request, body.content, parameter.type)
        if payload.model is None:
            return payload
        model, faults = await clean_fields(payload.model, request.app.state.html_cleaner)
        return Validated(model, payload.faults + tuple(faults))

    def _context(
        self,
        request: Request,
        principal: Principal,
        precondition: Precondition = ANY_VERSION,
        faults: tuple[str, ...] = (),
    ) -> Context:
        cause = request.scope.get("looplane.request_id", "")
        state = request.app.state
        return Context(principal, state.clock, cause, precondition, faults, state.channels)

    def _caller(
        self,
        request: Request,
        context: Context,
        headers: RequestHeaders,
        query: Validated,
        body: bytes,
    ) -> Read | Write:
        state = request.app.state
        if not self.signature.writes:
            return Read(state.database, context, headers.known_etags, state, headers.last_event_id)
        target = request.scope["path"].encode() + b"?" + request.scope["query_string"]
        key = headers.idempotency_key
        assert isinstance(query.model, WriteQuery)
        mark = fingerprint(request.method, target, body) if key else b""
        if key and self.signature.is_sealed:
            mark = state.secrets.sign(mark, "idempotency")
        return Write(
            state.database,
            context,
            idempotency_key=key,
            fingerprint=mark,
            dry_run=query.model.dry_run,
            present=self._present(request, context.principal) if query.model.dry_run else None,
            state=request.app.state,
            undoable=request.app.state.undoable,
            note=request.app.state.note_events,
            spend=partial(self._spend_more, request, context.principal),
        )

    def _spend_more(self, request: Request, principal: Principal, count: int) -> None:
        """Takes so many more requests from the limit of writes. Raises RateLimited."""
        left = request.app.state.limiter.spend_more(principal.caller_id, "write", count)
        if left is not None:
            request.scope["looplane.rate_limit"] = left

    def _present(
        self, request: Request, principal: Principal
    ) -> Callable[[], Awaitable[Response]] | None:
        """Reads what is at this path now; None where the path names no one thing."""
        gets = (each for each in request.app.routes if each.method == "GET")
        reads = [each for each in gets if each.path == self.path]
        if "{" not in self.path or not reads:
            return None
        state, signature = request.app.state, reads[0].signature
        ids = {name: parse_id(text) for name, text in request.path_params.items()}
        query = {signature.query.name: signature.query.type()} if signature.query else {}
        caller = Read(state.database, self._context(request, principal), state=state)
        return partial(reads[0].endpoint, **ids, **query, **{signature.caller.name: caller})


def _visit(request: Request, faults: tuple[str, ...]) -> Visit:
    scope, state = request.scope, request.app.state
    return Visit(
        state.database,
        state.clock,
        scope.get("looplane.request_id", ""),
        scope.get("looplane.client", ""),
        request.headers.get("user-agent", ""),
        session_secret(request.headers),
        state,
        faults,
    )
