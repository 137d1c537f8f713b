"""One line in the log for each request: who asked for what, what came of it, and why."""

import re
from collections.abc import Mapping

import structlog
from starlette.types import Scope

from looplane.kit.errors import ApiError, RateLimited
from looplane.kit.faults import loggable
from looplane.kit.principal import Principal

_log = structlog.get_logger("looplane.http")
# Asked for every few seconds by programs that watch.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_BAD = 400
# Version, id of the trace, id of the caller's span, and flags, of the W3C's Trace Context.
_TRACE = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)


def trace_id(headers: Mapping[bytes, bytes]) -> str | None:
    """The trace that the caller says the request is part of."""
    found = _TRACE.fullmatch(headers.get(b"traceparent", b"")[:512])
    return found[1].decode() if found else None


def log_request(scope: Scope, error: ApiError | None, **facts: object) -> None:
    """Logs `facts` of a request that was answered, with what is known of the caller and the error.

    No value that a caller sent is in it, but for the path. Probes that went well are no news.
    """
    status = facts["status"]
    assert isinstance(status, int), "of the answer"
    is_news = scope["path"] not in PROBES or status >= _BAD
    (_log.info if is_news else _log.debug)("request", **facts, **_caller(scope), **_reason(error))


def _caller(scope: Scope) -> dict[str, str]:
    principal: Principal | None = scope.get("looplane.principal")
    if principal is None:
        return {}
    known = {
        "workspace": principal.workspace_id,
        "key": principal.key_id,
        "session": principal.session_id,
        "member": principal.member_id,
    }
    return {name: str(id) for name, id in known.items() if id is not None}


def _reason(error: ApiError | None) -> dict[str, object]:
    if error is None:
        return {}
    reason: dict[str, object] = {"code": error.code}
    if error.status == _BAD and error.issues:
        reason["faults"] = loggable(error.issues)
    if isinstance(error, RateLimited):
        reason["limit"] = error.limit
    return reason
