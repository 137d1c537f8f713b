"""Operations of every kind: how they are served, and how they are printed."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from looplane.kit.database import Database
from looplane.kit.request import MAX_BODY
from looplane.kit.request_middleware import RequestMiddleware
from tests.conftest import Workspace
from tests.contract_messages import check_messages
from tests.toy_api import CONTRACT, hosted
from tests.witness import faults

KEY = {"Idempotency-Key": "once"}


@pytest.fixture
async def toys(database: Database, workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    application = hosted(database)

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        scope["app"] = application
        await application.router(scope, receive, send)

    transport = httpx.ASGITransport(RequestMiddleware(serve), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {workspace.key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://toys.test", headers=headers
    ) as client:
        yield client


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    check_messages(answer.json())


# What is declared is served


async def test_a_write_has_a_query_of_its_own(toys: httpx.AsyncClient) -> None:
    said = await toys.post("/toys", params={"mode": "fast"}, json={"name": "Ann"})
    assert said.json() == {"said": "fast Ann"}
    assert (await toys.post("/toys", json={"name": "Ann"})).json() == {"said": "None Ann"}
    dry = await toys.post("/toys", params={"mode": "a", "dry_run": "true"}, json={"name": "Ann"})
    assert (dry.json(), dry.headers["x-looplane-would"]) == ({"said": "a Ann"}, "")
    wrong = await toys.post("/toys", params={"mode": "", "other": "1"}, json={"size": "x"})
    refused(wrong, 400, "validation_failed")
    assert faults(wrong) == ["mode", "name", "other", "size"]


async def test_bytes_are_taken_as_they_come(toys: httpx.AsyncClient) -> None:
    for kind in ("image/png", "IMAGE/JPEG; q=1"):
        taken = await toys.post("/toys/raw", content=b"\0{\xff", headers={"Content-Type": kind})
        assert taken.json() == {"said": str(b"\0{\xff")}
    for kind in ("image/gif", "application/json", ""):
        other = await toys.post("/toys/raw", content=b"x", headers={"Content-Type": kind})
        refused(other, 415, "unsupported_media_type")
        assert other.json()["message"] == "Send the body as image/png or image/jpeg."
    png = {"Content-Type": "image/png"}
    assert (await toys.post("/toys/raw", content=b"x" * 10, headers=png)).status_code == 200
    refused(await toys.post("/toys/raw", content=b"x" * 11, headers=png), 413, "payload_too_large")


async def test_bytes_are_taken_once(toys: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "image/png", **KEY}
    first = await toys.post("/toys/raw", content=b"1", headers=headers)
    again = await toys.post("/toys/raw", content=b"1", headers=headers)
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    refused(await toys.post("/toys/raw", content=b"2", headers=headers), 422, "unprocessable")


async def test_a_file_comes_in_a_form(toys: httpx.AsyncClient) -> None:
    sent = {"upload": ("a.txt", b"\0words\xff", "text/plain")}
    taken = await toys.post("/toys/file", files=sent)
    assert taken.json() == {"said": f"a.txt text/plain 7 {sent['upload'][1]!r}"}
    large = {"upload": ("b", b"x" * (MAX_BODY - 1000), "a/b")}
    assert (await toys.post("/toys/file", files=large)).status_code == 200
    too_large = {"upload": ("b", b"x" * MAX_BODY, "a/b")}
    refused(await toys.post("/toys/file", files=too_large), 413, "payload_too_large")


async def test_a_form_is_one_file_and_nothing_else(toys: httpx.AsyncClient) -> None:
    file = ("a.txt", b"x", "text/plain")
    for form, named in (
        ({"files": {"other": file}}, ["other", "upload"]),
        ({"files": [("upload", file), ("upload", file)]}, ["The form cannot be read"]),
        ({"files": {"upload": file}, "data": {"more": "x"}}, ["The form cannot be read"]),
        ({"data": {"upload": "x"}, "files": {"x": file}}, ["The form cannot be read"]),
    ):
        wrong = await toys.post("/toys/file", **form)
        refused(wrong, 400, "validation_failed")
        assert faults(wrong) == named
    broken = {"Content-Type": "multipart/form-data"}
    wrong = await toys.post("/toys/file", content=b"x", headers=broken)
    assert faults(wrong) == ["The form cannot be read"]
    refused(await toys.post("/toys/file", json={}), 415, "unsupported_media_type")


async def test_a_file_is_taken_once(toys: httpx.AsyncClient) -> None:
    async def send(content: bytes) -> httpx.Response:
        kind = "multipart/form-data; boundary=edge"
        form = b'--edge\r\nContent-Disposition: form-data; name="upload"; filename="a"\r\n\r\n'
        body = form + content + b"\r\n--edge--\r\n"
        return await toys.post("/toys/file", content=body, headers={"Content-Type": kind, **KEY})

    first, again, other = await send(b"1"), await send(b"1"), await send(b"2")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    refused(other, 422, "unprocessable")


async def test_an_answer_is_streamed(toys: httpx.AsyncClient) -> None:
    answer = await toys.get("/toys/stream")
    assert (answer.text, answer.headers["content-type"]) == ("0\n1\n2\n", "text/csv; charset=utf-8")
    assert "etag" not in answer.headers
    head = await toys.head("/toys/stream")
    assert (head.status_code, head.content) == (200, b"")
    unchanged = await toys.get("/toys/stream", headers={"If-None-Match": '"1"'})
    refused(unchanged, 400, "validation_failed")


# What is declared is printed


def printed(operation_id: str) -> Any:
    operations = [each for path in CONTRACT["paths"].values() for each in path.values()]
    return next(each for each in operations if each["operationId"] == operation_id)


def test_the_contract_of_all_kinds_is_valid() -> None:
    validate(CONTRACT)
    assert list(CONTRACT["components"]["schemas"]) == ["Toy", "ToyBody"]


def test_a_query_of_a_write_is_printed_beside_what_every_write_takes() -> None:
    own, *shared = printed("toys-create")["parameters"]
    assert (own["name"], own["in"], own["schema"]["maxLength"]) == ("mode", "query", 255)
    assert [each["$ref"].rpartition("/")[2] for each in shared] == ["dry_run", "idempotency_key"]


def test_bytes_are_printed_with_every_type_and_their_limit() -> None:
    assert printed("toys-raw")["requestBody"] == {
        "description": "At most 10 bytes.",
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/png", "image/jpeg")
        },
    }
    assert "unsupported_media_type" in printed("toys-raw")["x-error-codes"]


def test_a_file_is_printed_as_the_one_field_of_a_form() -> None:
    body = printed("toys-file")["requestBody"]
    assert body["description"] == "At most 1,000,000 bytes."
    assert body["content"] == {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"upload": {"type": "string", "format": "binary"}},
                "required": ["upload"],
                "additionalProperties": False,
            }
        }
    }


def test_a_stream_is_printed_with_its_type_and_without_an_etag() -> None:
    operation = printed("toys-stream")
    answer = operation["responses"]["200"]
    assert answer["content"] == {"text/csv": {"schema": {"type": "string", "format": "binary"}}}
    assert "ETag" not in answer["headers"]
    assert "parameters" not in operation
    assert set(operation["responses"]) == {"200", "default"}


def test_a_deletion_takes_a_version_and_no_key() -> None:
    _, *shared = printed("toys-delete")["parameters"]
    assert [each["$ref"].rpartition("/")[2] for each in shared] == ["dry_run", "if_match"]
