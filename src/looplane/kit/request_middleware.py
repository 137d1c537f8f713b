"""The outermost layer: request ids, limits of the body, headers, one log line a request."""

import asyncio
import time
from collections.abc import Collection, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from looplane.kit import http_metrics
from looplane.kit.compression import CompressedSend, choose_encoding
from looplane.kit.cors import Cors
from looplane.kit.errors import (
    ApiError,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    RequestTimeout,
)
from looplane.kit.failures import explained
from looplane.kit.http_headers import (
    DEFAULT_HEADERS,
    SECURITY_HEADERS,
    Headers,
    error_parts,
    request_id,
)
from looplane.kit.request import MAX_BODY
from looplane.kit.request_log import log_request, trace_id
from looplane.kit.tracing import Span, describe_request, request_span

# A body may take so many seconds, and a second more for each so many bytes that have come.
BODY_SECONDS = 10.0
BODY_RATE = 16_384
# The rest of a refused body up to this size is read and thrown away, so that its sender comes to
# read the answer; after more, the connection is closed.
_MAX_DISCARDED = 10 * MAX_BODY


def _no_route(error: HTTPException) -> ApiError:
    """What the router itself refuses, as an error of ours."""
    if error.status_code == MethodNotAllowed.status:
        msg = "This path has no such method."
        return MethodNotAllowed(msg, headers=error.headers)
    msg = "There is no such path."
    return NotFound(msg)


class RequestMiddleware:
    """Pure ASGI around the whole application.

    `cors_origins` may read the answers from their pages. `large_bodies` says of methods and paths
    how many bytes of a body they take, where that is more than others do. Whoever knows a path in
    one of the `secret_folders` may do what it does, so the log has no more of it. In the scope of
    a request it leaves `looplane.request_id` and `looplane.client`, the caller's address, and
    takes from there `looplane.operation`, `looplane.principal` and `looplane.rate_limit`.
    """

    def __init__(
        self,
        app: ASGIApp,
        cors_origins: Collection[str] = (),
        large_bodies: Mapping[tuple[str, str], int] | None = None,
        secret_folders: Collection[str] = (),
    ) -> None:
        self._app, self._large_bodies = app, large_bodies or {}
        self._secret_folders = secret_folders
        self._cors = Cors(cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._large_bodies.get((scope["method"], scope["path"]), MAX_BODY)
        request = _Request(scope, receive, send, self._cors, most)
        with request_span(scope["path"], request.headers) as span:
            await self._answer(scope, request)
            request.report(self._loggable(scope["path"]), span)

    async def _answer(self, scope: Scope, request: "_Request") -> None:
        try:
            request.refuse_large(request.declared_length)
            await self._app(scope, request.receive, request.send)
        except ClientDisconnect:
            request.status = request.status or http_metrics.CALLER_GONE
        except ApiError as error:
            await request.fail(error)
        except HTTPException as error:
            await request.fail(_no_route(error))
        except Exception as error:  # noqa: BLE001  # nobody above could answer
            await request.fail(explained(error, request.id))

    def _loggable(self, path: str) -> str:
        found = (folder for folder in self._secret_folders if path.startswith(folder))
        return next((f"{folder}…" for folder in found), path)


class _Request:
    """One request on its way in and out."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, cors: Cors, most_bytes: int
    ) -> None:
        self._most_bytes = most_bytes
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.id = request_id(self.headers.get(b"x-request-id", b""))
        length = self.headers.get(b"content-length", b"")
        # The first digits tell enough of a number, however long it is.
        self.declared_length = int(length[:18]) if length.isdigit() else 0
        self.status = 0
        self._error: ApiError | None = None
        # Seconds until a stream began.
        self._began_after: float | None = None
        self._scope, self._receive, self._cors = scope, receive, cors
        self._started = time.perf_counter()
        accepted = self.headers.get(b"accept-encoding")
        encoding = choose_encoding(accepted) if accepted else None
        self._send = (
            CompressedSend(send, encoding, head_only=scope["method"] == "HEAD")
            if encoding
            else send
        )
        self._taken = 0
        self._is_whole = not length and b"transfer-encoding" not in self.headers
        self._body_began = 0.0
        scope["looplane.request_id"] = self.id
        scope["looplane.client"] = (scope.get("client") or ("",))[0]

    async def receive(self) -> Message:
        """The next part of the body. Raises PayloadTooLarge, RequestTimeout."""
        if self._is_whole:  # all that can come is that the caller hangs up
            return await self._receive()
        message = await self._receive_in_time()
        self._is_whole = not message.get("more_body", False)
        self._taken += len(message.get("body", b""))
        self.refuse_large(self._taken)
        return message

    async def _receive_in_time(self) -> Message:
        now = asyncio.get_running_loop().time()
        self._body_began = self._body_began or now
        limit = asyncio.timeout_at(self._body_began + BODY_SECONDS + self._taken / BODY_RATE)
        try:
            async with limit:
                return await self._receive()
        except TimeoutError:
            if not limit.expired():
                raise
            msg = "The body took too long to arrive."
            raise RequestTimeout(msg) from None

    def refuse_large(self, size: int) -> None:
        if size > self._most_bytes:
            msg = f"The body may have {self._most_bytes:,} bytes at the most."
            # Whatever of the body is still under way must not be read as a next request.
            ends = self.declared_length and self.declared_length <= _MAX_DISCARDED
            raise PayloadTooLarge(msg, headers={} if ends else {"Connection": "close"})

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._scope.get("looplane.is_endless"):
                self._began_after = time.perf_counter() - self._started
            message["headers"] = self._complete(message["headers"])
        await self._send(message)

    def _complete(self, headers: Headers) -> Headers:
        """All headers of an answer whose own ones are `headers`."""
        own = dict(headers)
        limit = self._scope.get("looplane.rate_limit")
        varies = b"Accept-Encoding, Origin" if self._cors else b"Accept-Encoding"
        # What the answer itself varies by is told in one with what all answers do.
        if b"vary" in own:
            varies = own[b"vary"] + b", " + varies
            headers = [each for each in headers if each[0] != b"vary"]
        return [
            *headers,
            (b"x-request-id", self.id.encode()),
            (b"vary", varies),
            *(each for each in (*SECURITY_HEADERS, *DEFAULT_HEADERS) if each[0] not in own),
            *(limit.headers() if limit is not None else ()),
            *self._cors.headers(self.headers, self._scope["method"], own.get(b"allow", b"")),
        ]

    async def fail(self, error: ApiError) -> None:
        self._error = error
        if self.status:  # an answer that has begun cannot be taken back
            return
        headers, body = error_parts(error)
        await self.send({"type": "http.response.start", "status": error.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    def report(self, path: str, span: Span | None) -> None:
        """Counts and logs the request; of its path the log has `path`, and so has `span`."""
        seconds = time.perf_counter() - self._started
        method, operation = self._scope["method"], self._scope.get("looplane.operation", "other")
        http_metrics.count(method, operation, self.status)
        # A stream lasts as long as its caller likes.
        began = self._began_after
        http_metrics.measure(operation, seconds if began is None else began)
        if isinstance(self._error, RateLimited):
            http_metrics.count_limited(self._error.limit)
        trace = trace_id(self.headers) if span is None else span.trace_id
        facts = {"method": method, "path": path, "operation": operation, "status": self.status}
        log_request(
            self._scope,
            self._error,
            request_id=self.id,
            **({"trace_id": trace} if trace else {}),
            **facts,
            ms=round(seconds * 1000, 2),
        )
        if span is not None:
            describe_request(span, self.id, self._error, **facts)
