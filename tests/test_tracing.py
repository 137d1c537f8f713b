"""OpenTelemetry: what a receiver of its protocol is sent, and what happens without the package."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from looplane.kit import tracing
from looplane.kit.clock import system_clock
from tests.conftest import Workspace
from tests.delivery.planned import plan
from tests.processes import Folder, Process, come_about

pytestmark = pytest.mark.processes
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
# A module that is None cannot be imported.
WITHOUT = (
    "import sys; sys.modules['opentelemetry.sdk'] = sys.modules['opentelemetry.exporter'] = None"
)
SECRET = "secret@firm.example"


class Receiver:
    """Takes spans as a collector does."""

    def __init__(self) -> None:
        received = self.received = list[Any]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append((self.path, ExportTraceServiceRequest.FromString(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def resources(self) -> list[dict[str, str]]:
        return [_texts(each.resource) for _, sent in self.received for each in sent.resource_spans]

    def spans(self) -> dict[str, Any]:
        """The last span of each name."""
        return {
            span.name: span
            for _, sent in self.received
            for resource in sent.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }


def _texts(thing: Any) -> dict[str, str]:
    return {
        each.key: each.value.string_value or str(each.value.int_value) for each in thing.attributes
    }


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    opened = Receiver()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", opened.url)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")  # ms
    yield opened
    opened.close()


async def ask(process: Process, workspace: Workspace) -> None:
    """A request that is part of a trace, and one that is wrong."""
    headers = {
        "Authorization": f"Bearer {workspace.key}",
        "traceparent": f"00-{TRACE}-{PARENT}-01",
    }
    async with httpx.AsyncClient(base_url=f"{process.url}/api/v2", headers=headers) as client:
        assert (await client.get(f"/contacts?email={SECRET}")).status_code == httpx.codes.OK
        assert (await client.post("/contacts", json={"email": 5})).status_code == 400
        assert (await client.get("/nowhere/x")).status_code == 404


async def test_requests_statements_and_deliveries_are_sent(
    place: Folder, receiver: Receiver, dsn: str, db: Any, workspace: Workspace
) -> None:
    api = await place.started("api", database_url=dsn, log_level="info")
    await ask(api, workspace)
    worker = await place.started("worker", database_url=dsn)
    await plan(db, workspace.id, system_clock(), SECRET, queue="traced")
    await come_about(lambda: {"GET contacts-list", "deliver webhook"} <= receiver.spans().keys())
    await come_about(lambda: "POST contacts-create" in receiver.spans())
    spans = receiver.spans()
    asked = spans["GET contacts-list"]
    assert (asked.trace_id.hex(), asked.parent_span_id.hex()) == (TRACE, PARENT)
    about = _texts(asked)
    assert about["http.response.status_code"] == "200"
    assert about["url.path"] == "/api/v2/contacts"
    assert about["looplane.request_id"] in api.complained()
    assert f'"trace_id":"{TRACE}"' in api.complained()
    statement = spans["SELECT"]
    assert "$1" in _texts(statement)["db.query.text"]
    assert statement.start_time_unix_nano <= statement.end_time_unix_nano
    assert _texts(spans["POST contacts-create"])["error.type"] == "validation_failed"
    assert _texts(spans["deliver webhook"])["looplane.outcome"] in {"refused", "failed"}
    assert {path for path, _ in receiver.received} == {"/v1/traces"}
    assert {each["service.name"] for each in receiver.resources()} == {"looplane"}
    assert SECRET not in str(receiver.received)
    assert workspace.key not in str(receiver.received)
    assert not any("healthz" in name or "readyz" in name for name in spans)
    assert [each.stumbled() for each in (api, worker)] == [False, False]


async def test_statements_belong_to_their_request_and_none_stands_alone(
    place: Folder, receiver: Receiver, dsn: str, workspace: Workspace
) -> None:
    api = await place.started("api", database_url=dsn)
    await ask(api, workspace)
    await come_about(lambda: "SELECT" in receiver.spans())
    for span in receiver.spans().values():
        if "db.query.text" in _texts(span):
            assert span.parent_span_id
            assert span.trace_id.hex() == TRACE


async def test_without_the_package_it_is_said_and_all_else_works(
    place: Folder,
    dsn: str,
    receiver: Receiver,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place.path.joinpath("sitecustomize.py").write_text(WITHOUT)
    monkeypatch.setenv("PYTHONPATH", f"{place.path}:{os.environ.get('PYTHONPATH', '')}")
    api = await place.started("api", database_url=dsn)
    assert api.complained().count("pip install 'looplane[otel]'") == 1
    await ask(api, workspace)
    assert not receiver.received
    assert not api.stumbled()


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("OTEL_BSP_MAX_QUEUE_SIZE", "1", "nothing is traced: a setting of OpenTelemetry"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT must be"),
        ("OTEL_EXPORTER_OTLP_HEADERS", f"Authorization {SECRET}", "OTEL_EXPORTER_OTLP_HEADERS"),
    ],
)
def test_a_wrong_setting_is_told_without_its_secret_and_stops_nothing(
    setting: str, value: str, told: str
) -> None:
    """In a process of its own: what the package reads of them it keeps."""
    program = (
        "from looplane.kit import logs, tracing; logs.set_up_logs('info', 'json');"
        " tracing.set_up_tracing()"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", setting: value},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told in asked.stderr
    assert "Traceback" not in asked.stderr
    assert SECRET not in asked.stderr


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "True"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_nothing_is_loaded_unless_it_is_asked_for(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr("importlib.import_module", loaded.append)
    tracing.set_up_tracing(env)
    assert loaded == []
    with tracing.request_span("/api/v2/me", {}) as span, tracing.work_span() as other:
        assert span is other is None
