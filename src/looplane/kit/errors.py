"""The closed set of errors: one class, one code, one status, one meaning."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

# As many faults as help anyone; the rest is counted.
_MAX_ISSUES = 100


class ApiError(Exception):
    """An answer other than 200. Each subclass says its code and status."""

    code: ClassVar[str]
    status: ClassVar[int]

    def __init__(
        self,
        message: str,
        *,
        issues: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.issues = issues
        self.headers = dict(headers or {})

    def body(self) -> dict[str, object]:
        """The error as the contract spells it: message, code and, where there are any, issues."""
        answer: dict[str, object] = {"message": self.message, "code": self.code}
        if self.issues:
            answer["issues"] = [{"message": issue} for issue in self.issues]
        return answer


class ValidationFailed(ApiError):
    """Body or query is invalid; `issues` has one entry for each fault."""

    code, status = "validation_failed", 400

    def __init__(self, issues: Sequence[str]) -> None:
        named = list(issues[:_MAX_ISSUES])
        if len(issues) > _MAX_ISSUES:
            named.append(f"and {len(issues) - _MAX_ISSUES} more faults")
        super().__init__("The request is not valid.", issues=named)


class Unauthenticated(ApiError):
    """No key, or none that is known."""

    code, status = "unauthenticated", 401

    def __init__(self, message: str) -> None:
        super().__init__(message, headers={"WWW-Authenticate": "Bearer"})


class SecondFactorRequired(ApiError):
    """The rest is right; a code of the second factor is needed beside it, or another one."""

    code, status = "second_factor_required", 401


class ScopeRequired(ApiError):
    """The key lacks a scope."""

    code, status = "scope_required", 403


class Forbidden(ApiError):
    """Known, and still not allowed."""

    code, status = "forbidden", 403


class CsrfTokenRequired(ApiError):
    """A write by cookie lacks the `csrf_token` of its session, or has that of another one."""

    code, status = "csrf_token_required", 403


class NotFound(ApiError):
    """No such thing in this workspace, or deleted."""

    code, status = "not_found", 404


class MethodNotAllowed(ApiError):
    """The path exists, and not for this method."""

    code, status = "method_not_allowed", 405


class RequestTimeout(ApiError):
    """The request did not arrive in time; its connection is closed."""

    code, status = "request_timeout", 408

    def __init__(self, message: str) -> None:
        super().__init__(message, headers={"Connection": "close"})


class Conflict(ApiError):
    """Does not fit the present state."""

    code, status = "conflict", 409


class UnsupportedKeyVersion(ApiError):
    """A key of the API's first version."""

    code, status = "unsupported_key_version", 410


class PreconditionFailed(ApiError):
    """If-Match names a version that is no longer the present one."""

    code, status = "precondition_failed", 412


class PayloadTooLarge(ApiError):
    """The body is over the limit."""

    code, status = "payload_too_large", 413


class UnsupportedMediaType(ApiError):
    """The body is not JSON."""

    code, status = "unsupported_media_type", 415


class RangeNotSatisfiable(ApiError):
    """The file has none of the bytes that Range asks for."""

    code, status = "range_not_satisfiable", 416

    def __init__(self, size: int) -> None:
        headers = {"Content-Range": f"bytes */{size}"}
        super().__init__(f"The file has {size:,} bytes, and none of those.", headers=headers)


class Unprocessable(ApiError):
    """Well formed, and cannot be processed."""

    code, status = "unprocessable", 422


class RateLimited(ApiError):
    """The key used up its requests of this minute, or signing in was tried too often."""

    code, status = "rate_limited", 429

    def __init__(self, retry_after: int, limit: str) -> None:
        # Which of the limits it was, as the log and the figures name it.
        self.limit = limit
        message = f"Too many requests; try again in {retry_after} s."
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class HeadTooLarge(ApiError):
    """The address and the headers together are over the limit."""

    code, status = "head_too_large", 431


class InternalError(ApiError):
    """Our fault; shows nothing of the inside."""

    code, status = "internal_error", 500

    def __init__(self) -> None:
        super().__init__("Something failed on our side; the log has it under the X-Request-Id.")


class Unavailable(ApiError):
    """The database cannot be reached now, or is held up."""

    code, status = "unavailable", 503

    def __init__(self, message: str = "The database cannot be reached now; try again.") -> None:
        super().__init__(message, headers={"Retry-After": "1"})


class StorageFull(Unavailable):
    """A disk is full, so nothing can be written until there is room; what was answered is kept."""

    code = "storage_full"

    def __init__(self, message: str = "The disk of the database is full; try again later.") -> None:
        super().__init__(message)
        self.headers = {"Retry-After": "10"}


def all_errors() -> list[type[ApiError]]:
    """Every error there is, by status."""
    all_of_them = [*ApiError.__subclasses__(), *Unavailable.__subclasses__()]
    return sorted(all_of_them, key=lambda each: (each.status, each.code))
