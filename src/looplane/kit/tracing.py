"""Spans of requests, statements and deliveries, where OpenTelemetry's settings ask for them.

Where they do not, or its package is missing, nothing of it is loaded and each call is one look.
"""

import importlib
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import structlog

from looplane.kit.errors import ApiError
from looplane.kit.request_log import PROBES

Attributes = Mapping[str, str | int]

_FAULT = 500
_NONE = nullcontext(None)
_log = structlog.get_logger("looplane.traces")


class Span(Protocol):
    """Something that takes a while, of the trace `trace_id` (32 hex digits)."""

    trace_id: str

    def finish(self, name: str, attributes: Attributes, *, failed: bool) -> None:
        """Says what it was and whether it failed; its time ends where its context does."""


class Tracer(Protocol):
    """Makes spans and sends them, as `kit.otel` does."""

    def of_request(self, headers: Mapping[bytes, bytes]) -> AbstractContextManager[Span]:
        """A span of its own, or of the trace that the headers name."""
        ...

    def of_work(self) -> AbstractContextManager[Span]:
        """A span of its own, of what nobody asked for."""
        ...

    def note_statement(self, record: Any) -> None:  # noqa: ANN401  # asyncpg.connection.LoggedQuery
        """A span of a statement that has ended, if it was part of another one."""


class _Chosen:
    tracer: Tracer | None = None


def set_up_tracing(env: Mapping[str, str] = os.environ) -> None:
    """Traces from now on if `env` asks for it; says in the log why it cannot, where it cannot."""
    endpoint = env.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or env.get(
        "OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    is_off = env.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if is_off or not endpoint or env.get("OTEL_TRACES_EXPORTER", "otlp") == "none":
        return
    try:
        tracer = importlib.import_module("looplane.kit.otel").open_tracer(env)
    except ImportError as error:
        _log.warning(
            "OTEL_EXPORTER_OTLP_ENDPOINT asks for traces, and the package that sends them is"
            " missing: pip install 'looplane[otel]', or set OTEL_SDK_DISABLED=true",
            missing=error.name,
        )
        return
    except ValueError as error:
        _tell_unusable(error)
        return
    _Chosen.tracer = tracer


def _tell_unusable(error: ValueError) -> None:
    _log.warning(
        "nothing is traced: a setting of OpenTelemetry, OTEL_…, is wrong; mend it and start again,"
        " or set OTEL_SDK_DISABLED=true",
        reason=str(error),
    )


def request_span(path: str, headers: Mapping[bytes, bytes]) -> AbstractContextManager[Span | None]:
    """A span around a request; None where nothing is traced."""
    tracer = _Chosen.tracer
    return _NONE if tracer is None or path in PROBES else tracer.of_request(headers)


def describe_request(span: Span, id: str, error: ApiError | None, **facts: Any) -> None:  # noqa: ANN401  # as the log has them
    """Says what the request `id` was and what became of it."""
    about = {
        "http.request.method": facts["method"],
        "http.response.status_code": facts["status"],
        "url.path": facts["path"],
        "looplane.operation": facts["operation"],
        "looplane.request_id": id,
        **({} if error is None else {"error.type": error.code}),
    }
    span.finish(f"{facts['method']} {facts['operation']}", about, failed=facts["status"] >= _FAULT)


def work_span() -> AbstractContextManager[Span | None]:
    """A span around what nobody asked for, such as a delivery; None where nothing is traced."""
    return _NONE if _Chosen.tracer is None else _Chosen.tracer.of_work()


def watch_statements(con: Any) -> None:  # noqa: ANN401  # a connection of the pool, or of its own
    """Makes spans of the statements of `con`, without the values they are given."""
    if _Chosen.tracer is not None:
        con.add_query_logger(_Chosen.tracer.note_statement)
