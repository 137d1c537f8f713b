"""The outermost layer: request ids, the size limit, security headers, one log line a request."""

import random
import re
import time
from functools import cache

import orjson
import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from looplane.kit.database import is_unreachable
from looplane.kit.errors import (
    ApiError,
    InternalError,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Unavailable,
)

MAX_BODY = 1_000_000  # bytes

_log = structlog.get_logger("looplane.http")
_REQUEST_ID = re.compile(r"req_[0-9a-f]{16}")
_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# Unless the answer says otherwise. What a page may load is said where the page is served; an
# answer of the API loads nothing.
_UNLESS_SAID = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
_REQUESTS = Counter(
    "looplane_requests_total", "Requests answered.", ["method", "operation", "status"]
)
_SECONDS = Histogram(
    "looplane_request_seconds", "Time to answer a request.", ["method", "operation"]
)


@cache
def _counter(method: str, operation: str, status: int) -> Counter:
    return _REQUESTS.labels(method, operation, str(status))


@cache
def _histogram(method: str, operation: str) -> Histogram:
    return _SECONDS.labels(method, operation)


async def send_error(error: ApiError, send: Send) -> None:
    """Answers with `error` in the shape of the contract."""
    body = orjson.dumps(error.body())
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    headers += [(name.lower().encode(), text.encode()) for name, text in error.headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _no_route(error: HTTPException) -> ApiError:
    """What the router itself refuses, as an error of ours."""
    if error.status_code == MethodNotAllowed.status:
        msg = "This path has no such method."
        return MethodNotAllowed(msg, headers=error.headers)
    msg = "There is no such path."
    return NotFound(msg)


class Edge:
    """Pure ASGI around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Request(scope, receive, send)
        started = time.perf_counter()
        try:
            request.refuse_large(request.declared_length)
            await self._app(scope, request.receive, request.send)
        except ApiError as error:
            await request.fail(error)
        except HTTPException as error:
            await request.fail(_no_route(error))
        except Exception as error:  # noqa: BLE001  # nobody above could answer
            if is_unreachable(error):
                _log.warning("database away", request_id=request.id, reason=type(error).__name__)
                await request.fail(Unavailable())
            else:
                _log.exception("request failed", request_id=request.id)
                await request.fail(InternalError())
        request.report(time.perf_counter() - started)


class _Request:
    """One request on its way in and out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        sent = headers.get("x-request-id", "")
        self.id = sent if _REQUEST_ID.fullmatch(sent) else f"req_{random.getrandbits(64):016x}"
        length = headers.get("content-length", "")
        # The first digits tell enough of a number, however long it is.
        self.declared_length = int(length[:18]) if length.isascii() and length.isdigit() else 0
        self.status = 0
        self._scope, self._receive, self._send = scope, receive, send
        self._taken = 0
        scope["looplane.request_id"] = self.id

    async def receive(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        self.refuse_large(self._taken)
        return message

    def refuse_large(self, size: int) -> None:
        if size > MAX_BODY:
            msg = f"The body may have {MAX_BODY} bytes at the most."
            # Whatever of the body is still under way must not be read as a next request.
            raise PayloadTooLarge(msg, headers={"Connection": "close"})

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            said = message["headers"]
            names = {name for name, _ in said}
            spent = self._scope.get("looplane.rate_limit")
            message["headers"] = [
                *said,
                (b"x-request-id", self.id.encode()),
                *_SECURITY,
                *(each for each in _UNLESS_SAID if each[0] not in names),
                *(spent.headers() if spent is not None else ()),
            ]
        await self._send(message)

    async def fail(self, error: ApiError) -> None:
        if not self.status:  # an answer that has begun cannot be taken back
            await send_error(error, self.send)

    def report(self, seconds: float) -> None:
        method = self._scope["method"]
        operation = self._scope.get("looplane.operation", "other")
        # Anyone can make up methods; a figure for each would fill the memory.
        counted = method if operation != "other" or method == "GET" else "other"
        _counter(counted, operation, self.status).inc()
        _histogram(counted, operation).observe(seconds)
        _log.info(
            "request",
            request_id=self.id,
            method=method,
            path=self._scope["path"],
            operation=operation,
            status=self.status,
            ms=round(seconds * 1000, 2),
        )
