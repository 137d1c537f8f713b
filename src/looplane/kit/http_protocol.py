"""HTTP on one connection: uvicorn's, with limits of time and size, and refusals like our others.

uvicorn has no limit for the head of a request, neither in seconds nor in bytes, and answers
in plain text what it cannot read.
"""

import asyncio
import logging
import sys
from http import HTTPStatus
from typing import Any

import httptools
import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from looplane.kit import http_metrics
from looplane.kit.connections import WaitingConnections
from looplane.kit.errors import ApiError, HeadTooLarge, RequestTimeout, ValidationFailed
from looplane.kit.http_headers import (
    DEFAULT_HEADERS,
    SECURITY_HEADERS,
    error_parts,
    request_id,
)

LAST_WORDS = 1.0  # seconds that an endless answer gets to end, when the process does
MAX_HEAD = 65_536  # bytes of address and headers
_OF_A_BODY = {b"content-length", b"transfer-encoding"}

_log = structlog.get_logger("looplane.http")
# What strangers send is logged once, by us.
_quiet = logging.getLogger("uvicorn.connection")
_quiet.setLevel(logging.ERROR)


class HttpProtocol(HttpToolsProtocol):
    """One connection. It waits while no request is under way whose head is complete."""

    def __init__(self, *args: Any, waiting: WaitingConnections, **options: Any) -> None:  # noqa: ANN401  # uvicorn's own
        super().__init__(*args, **options)
        self.logger = _quiet
        self._waiting = waiting
        self._in_head = False
        # Bytes of all reads that hold parts of a head, and of the first of them, which can hold
        # the end of a body too.
        self._head_bytes = self._first_bytes = 0
        # Bytes that came since there was something of a head or a body: trailers and the like.
        self._other_bytes = 0
        self._refusal: ApiError | None = None
        self._is_refused = False
        self._stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self._waiting.add(self, self._waiting.limits.head)
        self._waiting.make_room(len(self.connections))

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting.discard(self)
        self._end_stall()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        was_in_head, is_first = self._in_head, self.cycle is None
        self._head_bytes = self._head_bytes + len(data) if was_in_head else len(data)
        self._other_bytes += len(data)
        super().data_received(data)
        if self._is_refused:
            return
        if not self._in_head:
            self._refuse_endless()
            return
        if not was_in_head:
            self._first_bytes = len(data)
            # A new connection had its time for the first head from the start.
            if not is_first and self._is_idle():
                self._waiting.add(self, self._waiting.limits.head)
        elif self._head_bytes - self._first_bytes > MAX_HEAD:
            self._refuse(_too_large())

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        # What comes after the body is none: whoever stands in front and looks at the headers has
        # not seen it, and there may be any number.
        if self._in_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self._other_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._other_bytes = 0
        super().on_message_complete()

    def on_headers_complete(self) -> None:
        self._in_head, self._other_bytes = False, 0
        if self._head_bytes > MAX_HEAD and self._head_size() > MAX_HEAD:
            self._refusal = _too_large()
        elif self.parser.should_upgrade() and self._has_body():
            # The parser takes what follows for the other protocol: the body would be lost.
            self._refusal = ValidationFailed(["Upgrade: send a request with a body without it"])
        if self._refusal is not None:
            raise self._refusal
        self._waiting.discard(self)
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_idle() and not self.transport.is_closing():
            limits = self._waiting.limits
            self._waiting.add(self, limits.head if self._in_head else limits.idle)

    def send_400_response(self, msg: str) -> None:
        """Answers what the parser has just failed at."""
        error = sys.exception()
        reason = msg if isinstance(error, httptools.HttpParserCallbackError) else str(error)
        self._refuse(self._refusal or ValidationFailed([f"The request is not HTTP/1.1: {reason}"]))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._end_stall()
        self._stall = self.loop.call_later(self._waiting.limits.stalled, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._end_stall()

    def shutdown(self) -> None:
        super().shutdown()
        if not self._is_idle() and self.cycle.scope.get("looplane.is_endless"):
            # It is told to end; whoever does not take that holds up nobody.
            self.loop.call_later(LAST_WORDS, self.transport.abort)

    def expire(self) -> None:
        """The caller took too long."""
        if self._in_head and not self._is_refused:
            self._refuse(RequestTimeout("The head of the request took too long to arrive."))
        else:
            self.give_way()

    def give_way(self) -> None:
        """Closes; what the caller has not taken by now is lost."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _end_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _refuse_endless(self) -> None:
        if self._other_bytes <= MAX_HEAD:
            return
        if self._is_idle():  # what there is to say was said
            self._is_refused = True
            self.give_way()
        else:
            self._refuse(_too_large())

    def _has_body(self) -> bool:
        return any(name in _OF_A_BODY for name, _ in self.headers)

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _refuse(self, error: ApiError) -> None:
        """Answers with `error`, and reads no more."""
        self._is_refused = True
        if not self._is_idle():
            if not self.cycle.more_body or self.cycle.response_started:
                # Its answer comes first, and is the last one here.
                self.cycle.keep_alive = False
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        else:
            http_metrics.count("other", "other", error.status)
        id = request_id()
        self.transport.write(_response(error, id))
        # Closing at once, with bytes unread, would take the answer away from the caller.
        self.transport.write_eof()
        self._waiting.add(self, self._waiting.limits.linger)
        reason = "; ".join(error.issues) or error.message
        _log.info("request refused", request_id=id, status=error.status, reason=reason)


def _too_large() -> ApiError:
    return HeadTooLarge(f"Address and headers may have {MAX_HEAD:,} bytes at the most.")


def _response(error: ApiError, id: str) -> bytes:
    headers, body = error_parts(error)
    own = {name for name, _ in headers}
    headers += [(b"x-request-id", id.encode()), *SECURITY_HEADERS, *DEFAULT_HEADERS]
    headers += [] if b"connection" in own else [(b"connection", b"close")]
    status = f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}".encode()
    lines = [status, *(name + b": " + value for name, value in headers), b"", body]
    return b"\r\n".join(lines)
