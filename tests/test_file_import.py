"""Files come from an address, or in base64."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.request import MAX_FILE
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.file_contents import CONTENTS, encoded, form, kept, said
from tests.unlimited import UNLIMITED
from tests.web_servers import Web, answer, web
from tests.witness import everything, faults

PNG = CONTENTS["image/png"]


@pytest.fixture
async def here() -> AsyncIterator[Web]:
    async with web() as server:
        yield server


@pytest.fixture
async def importer(
    database: Database, clock: SteppedClock, workspace: Workspace, here: Web
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody whose server may fetch from `here`."""
    settings = Settings(
        uploads_per_minute=0,
        data_dir=UNLIMITED.data_dir,
        outbound_allow=(("localhost", here.port),),
        public_url="https://support.firm.example",
    )
    app = create_app(database, settings, clock)
    async with connected(app, workspace.key) as client:
        yield client
    await app.aclose()


async def test_base64_is_taken(client: httpx.AsyncClient) -> None:
    sent = {"content_base64": encoded(PNG), "file_name": "logo", "content_type": "image/png"}
    file = (await client.post("/files/import", json=sent)).json()
    assert (file["name"], file["content_type"], file["size"]) == ("logo.png", "image/png", len(PNG))
    for content, name, kind in ((PNG, "x", "image/png"), (b"a,b", "x.csv", "text/csv")):
        sent = {"content_base64": encoded(content), "file_name": name}
        assert (await client.post("/files/import", json=sent)).json()["content_type"] == kind
    large = {"content_base64": encoded(b"x" * 8_000_000)}
    assert (await client.post("/files/import", json=large)).json()["size"] == 8_000_000
    too_large = {"content_base64": encoded(b"x" * 8_300_000)}
    assert (await client.post("/files/import", json=too_large)).status_code == 413


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, ["url, content_base64"]),
        ({"url": "https://a.example", "content_base64": "eA=="}, ["url, content_base64"]),
        ({"content_base64": "eA="}, ["content_base64"]),
        ({"content_base64": "ß"}, ["content_base64"]),
        ({"content_base64": ""}, ["content_base64"]),
        ({"content_base64": "eA==", "content_type": "image/png"}, ["content_base64"]),
        ({"content_base64": "eA==", "content_type": "text/html"}, ["content_type"]),
        ({"url": "ftp://a.example", "file_name": 1}, ["file_name", "url"]),
        ({"url": "http://me:secret@web.example/"}, ["url"]),
        ({"url": "http://127.0.0.1/"}, ["url"]),
    ],
)
async def test_what_an_import_may_say(
    client: httpx.AsyncClient, body: dict[str, Any], named: list[str]
) -> None:
    assert faults(await client.post("/files/import", json=body)) == named


async def test_a_file_is_fetched(here: Web, importer: httpx.AsyncClient) -> None:
    here.pages["/a"] = answer(b"", 302, Location="/b/Gr%C3%B6%C3%9Fe.png?x=1")
    here.pages["/b/Gr%C3%B6%C3%9Fe.png"] = answer(PNG, Content_Type="image/png")
    file = (await importer.post("/files/import", json={"url": here.url("/a", "localhost")})).json()
    assert (file["name"], file["content_type"]) == ("Größe.png", "image/png")
    assert file["url"].startswith("https://support.firm.example/files/")
    assert file["url"].endswith("/Gr%C3%B6%C3%9Fe.png")
    told = "attachment; filename=\"x\"; filename*=UTF-8''..%2Fl%C3%B6go.png"
    here.pages["/c"] = answer(PNG, Content_Disposition=told)
    file = (await importer.post("/files/import", json={"url": here.url("/c", "localhost")})).json()
    assert file["name"] == "lögo.png"
    sent = {"url": here.url("/a", "localhost"), "file_name": "own", "content_type": "image/png"}
    assert (await importer.post("/files/import", json=sent)).json()["name"] == "own.png"


async def test_what_cannot_be_fetched_is_said(here: Web, importer: httpx.AsyncClient) -> None:
    before = kept()
    here.pages["/html"] = answer(b"<html>", Content_Type="text/html")
    here.pages["/large"] = answer(b"x" * (MAX_FILE + 1), Content_Type="text/plain")
    here.pages["/inside"] = answer(b"", 302, Location="http://169.254.169.254/latest/meta-data/")
    here.pages["/other"] = answer(PNG, Content_Type="image/gif")

    async def fetch(path: str) -> httpx.Response:
        return await importer.post("/files/import", json={"url": here.url(path, "localhost")})

    assert said(await fetch("/none")) == "url: The address answers with the status 404."
    assert said(await fetch("/inside")) == "url: The address cannot be reached."
    assert "type that is not taken" in said(await fetch("/html"))
    assert "image/gif" in said(await fetch("/other"))
    assert (await fetch("/large")).status_code == 413
    assert kept() == before


async def test_a_dry_run_stores_nothing(
    here: Web, importer: httpx.AsyncClient, db: Any, workspace: Workspace
) -> None:
    before, rows = kept(), await everything(db, workspace.id)
    here.pages["/a"] = answer(PNG, Content_Type="image/png")
    for dry in (
        await importer.post("/files?dry_run=true", **form(b"words")),
        await importer.post(
            "/files/import?dry_run=true", json={"url": here.url("/a", "localhost")}
        ),
    ):
        assert (dry.status_code, dry.headers["x-looplane-would"]) == (200, "file.created")
    assert (kept(), await everything(db, workspace.id)) == (before, rows)


async def test_an_upload_is_made_once_however_its_form_is_written(
    here: Web, importer: httpx.AsyncClient
) -> None:
    once = {"Idempotency-Key": "once"}
    first = await importer.post("/files", **form(b"words"), headers=once)
    before = kept()
    again = await importer.post("/files", **form(b"words"), headers=once)  # another boundary
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    for content, kind, name in ((b"other", "text/plain", "a.txt"), (b"words", "text/csv", "a.txt")):
        other = await importer.post("/files", **form(content, kind, name), headers=once)
        assert (other.status_code, other.json()["code"]) == (422, "unprocessable")
    assert kept() == before
    here.pages["/a"] = answer(PNG, Content_Type="image/png")
    sent: dict[str, Any] = {"json": {"url": here.url("/a", "localhost")}}
    sent["headers"] = {"Idempotency-Key": "url"}
    first, again = [await importer.post("/files/import", **sent) for _ in range(2)]
    assert (again.content, len(here.asked)) == (first.content, 1)
