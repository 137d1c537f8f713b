"""What is answered when something failed that nobody foresaw."""

import structlog

from looplane.kit.database import as_unavailable
from looplane.kit.errors import ApiError, InternalError

_log = structlog.get_logger("looplane.http")


def explained(error: Exception, request_id: str) -> ApiError:
    """What to answer; what happened goes to the log."""
    if isinstance(error, ApiError):
        return error
    if (unavailable := as_unavailable(error)) is None:
        _log.error("request failed", request_id=request_id, exc_info=error)
        return InternalError()
    _log.warning(
        "database unavailable",
        request_id=request_id,
        reason=type(error).__name__,
        message=str(error),
    )
    return unavailable
