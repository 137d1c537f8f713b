"""Spans by OpenTelemetry's own package, which is there only with `looplane[otel]`."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

import structlog
from asyncpg.connection import LoggedQuery
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from looplane.kit.tracing import Attributes

# Characters of a statement that are sent; ours are constants.
_MOST_STATEMENT = 2_000
_PROPAGATOR = TraceContextTextMapPropagator()
_log = structlog.get_logger("looplane.traces")


def open_tracer(env: Mapping[str, str]) -> "OtelTracer":
    """Sends spans to where `env` says, in batches, from a thread of its own.

    Raises ValueError where the package refuses a setting.
    """
    _check_headers(env)
    protocol = env.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    if protocol != "http/protobuf":
        _log.warning("traces are sent as http/protobuf alone", asked_for=protocol)
    provider = TracerProvider(resource=_resource(env))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return OtelTracer(provider)


def _check_headers(env: Mapping[str, str]) -> None:
    """Says which setting is wrong. The package would repeat it, and it holds a secret."""
    logging.getLogger("opentelemetry.util.re").setLevel(logging.ERROR)
    for setting in ("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"):
        headers = env.get(setting, "").split(",")
        if any(each.strip() and "=" not in each for each in headers):
            _log.warning("a header that is not NAME=VALUE is not sent", setting=setting)


def _resource(env: Mapping[str, str]) -> Resource:
    about = {"service.version": version("looplane")}
    if not env.get("OTEL_SERVICE_NAME") and "service.name=" not in env.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    ):
        about["service.name"] = "looplane"
    return Resource.create(about)


class OtelSpan:
    """A span that is named once it is known what it was."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self.trace_id = trace.format_trace_id(span.get_span_context().trace_id)

    def finish(self, name: str, attributes: Attributes, *, failed: bool) -> None:
        """See `kit.tracing.Span`."""
        self._span.update_name(name)
        for key, value in attributes.items():
            self._span.set_attribute(key, value)
        if failed:
            self._span.set_status(Status(StatusCode.ERROR))


class OtelTracer:
    """See `kit.tracing.Tracer`."""

    def __init__(self, provider: TracerProvider) -> None:
        self.provider = provider
        self._tracer = provider.get_tracer("looplane", version("looplane"))

    @contextmanager
    def of_request(self, headers: Mapping[bytes, bytes]) -> Iterator[OtelSpan]:
        """See `kit.tracing.Tracer`."""
        carrier = {
            name: headers[name.encode()].decode("latin-1")
            for name in ("traceparent", "tracestate")
            if name.encode() in headers
        }
        # What an exception says can hold what somebody sent, so none is recorded.
        with self._tracer.start_as_current_span(
            "request",
            context=_PROPAGATOR.extract(carrier),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield OtelSpan(span)

    @contextmanager
    def of_work(self) -> Iterator[OtelSpan]:
        """See `kit.tracing.Tracer`."""
        with self._tracer.start_as_current_span(
            "work", kind=SpanKind.PRODUCER, record_exception=False, set_status_on_exception=False
        ) as span:
            yield OtelSpan(span)

    def note_statement(self, record: LoggedQuery) -> None:
        """See `kit.tracing.Tracer`."""
        # The worker looks for what is due each second, and that is part of nothing.
        if not trace.get_current_span().is_recording():
            return
        ended = time.time_ns()
        text = record.query.strip()
        span = self._tracer.start_span(
            text.split(maxsplit=1)[0].upper() if text else "STATEMENT",
            kind=SpanKind.CLIENT,
            start_time=ended - int(record.elapsed * 1e9),
            attributes={
                "db.system.name": "postgresql",
                "db.query.text": text[:_MOST_STATEMENT],
            },
        )
        if record.exception is not None:
            span.set_attribute("error.type", type(record.exception).__name__)
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)
