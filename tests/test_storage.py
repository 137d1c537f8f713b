"""Bytes are kept in a folder or in a bucket, the same way; what belongs to no file is removed."""

import io
import itertools
import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from moto.server import ThreadedMotoServer

from looplane.files.commands import OrphanSweep
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.errors import NotFound, Unavailable
from looplane.kit.storage import Storage, local_storage, storage_of
from looplane.main import create_app
from tests.conftest import SteppedClock, Workspace, connected
from tests.file_contents import form

NUMBER = itertools.count()
SECRET = "geheim-geheim"
LARGE = os.urandom(6_000_000)
WORDS = b"words " * 100_000


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a server that speaks S3's protocol."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "looplane")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str) -> Settings:
    """Settings for a bucket with nothing in it."""
    name = f"files-{next(NUMBER)}"
    httpx.put(f"{endpoint}/{name}").raise_for_status()
    return Settings(files_s3_bucket=name, files_s3_endpoint=endpoint)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return storage_of(Settings(data_dir=tmp_path))
    return storage_of(request.getfixturevalue("bucket"))


async def read(storage: Storage, key: str, start: int, end: int) -> bytes:
    return b"".join([part async for part in await storage.read(key, start, end)])


async def keys(storage: Storage) -> list[str]:
    return sorted([each.key async for page in storage.pages() for each in page])


async def test_what_is_put_is_read(storage: Storage) -> None:
    await storage.put("a/1", io.BytesIO(LARGE))
    await storage.put("a/2", io.BytesIO(b"words"))
    assert await read(storage, "a/1", 0, len(LARGE)) == LARGE
    assert await read(storage, "a/1", 1_000_000, 1_000_010) == LARGE[1_000_000:1_000_010]
    assert await read(storage, "a/2", 1, 3) == b"or"
    assert await keys(storage) == ["a/1", "a/2"]
    await storage.delete(["a/1", "a/none"])
    assert await keys(storage) == ["a/2"]
    with pytest.raises(NotFound):
        await storage.read("a/1", 0, 1)
    await storage.delete(["a/2"])


async def test_a_put_is_on_the_disk_with_the_folders_that_lead_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    sync = os.fsync

    def note(number: int) -> None:
        synced.append(Path(f"/proc/self/fd/{number}").readlink())
        sync(number)

    monkeypatch.setattr(os, "fsync", note)
    top = tmp_path / "files"
    await local_storage(top).put("a/1", io.BytesIO(b"words"))
    assert set(synced) == {top / "a" / "1", top / "a", top}
    assert top.stat().st_mode & 0o777 == 0o700


async def test_a_storage_that_is_away_is_said_to_be(
    bucket: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    away = Settings(files_s3_bucket="files", files_s3_endpoint="http://127.0.0.1:1")
    none = Settings(files_s3_bucket="none", files_s3_endpoint=bucket.files_s3_endpoint)
    (tmp_path / "files").write_text("in the way")
    for each in (away, none, Settings(data_dir=tmp_path)):
        with pytest.raises(Unavailable) as error:
            await storage_of(each).put("a", io.BytesIO(b"x"))
        assert SECRET not in f"{error.value} {error.value.__cause__!r} {caplog.text}"


async def test_files_are_kept_in_a_bucket(
    database: Database, clock: SteppedClock, workspace: Workspace, bucket: Settings
) -> None:
    app = create_app(database, bucket, clock)
    async with connected(app, workspace.key) as client:
        file = (await client.post("/files", **form(WORDS))).json()
        got = await client.get(httpx.URL(file["url"]).copy_with(host="looplane.test", port=None))
        assert got.text == WORDS.decode()
        part = await client.get(
            httpx.URL(file["url"]).copy_with(host="looplane.test", port=None),
            headers={"Range": "bytes=1-3"},
        )
        assert part.text == WORDS.decode()[1:4]
    await app.aclose()


async def swept(sweep: OrphanSweep, con: Any) -> None:
    while await sweep.run(con):
        pass


async def test_bytes_of_no_file_are_removed_after_a_day(
    storage: Storage, database: Database, workspace: Workspace, db: Any, con: Any
) -> None:
    insert = (
        "insert into files (workspace_id, id, name, content_type, size, sha256, url, secret_hash,"
        " storage_key, created_at, updated_at, deleted_at)"
        " values ($1, gen_random_uuid(), 'a', 'b', 1, 'c', 'd', 'e', $2, now(), now(), $3)"
    )
    kept, deleted, orphan = (f"{workspace.id}/{name}" for name in ("kept", "deleted", "orphan"))
    # Of another Looplane, or of this one where it was started on the wrong database.
    foreign = [f"{uuid4()}/file", "notes.txt"]
    for key in (kept, deleted, orphan, *foreign):
        await storage.put(key, io.BytesIO(b"x"))
    now = datetime.now(UTC)
    await con.execute(insert, workspace.id, kept, None)
    await con.execute(insert, workspace.id, deleted, now)
    await con.execute(
        "insert into upload_days select $1, $2::date - n, 1 from generate_series(0, 9) n",
        workspace.id,
        (now + timedelta(hours=25)).date(),
    )
    clock = SteppedClock()
    clock.step(timedelta(hours=23))
    sweep = OrphanSweep(storage, clock)
    await swept(sweep, con)
    assert await keys(storage) == sorted([kept, deleted, orphan, *foreign])
    clock.step(timedelta(hours=2))
    await swept(sweep, con)
    assert await keys(storage) == sorted([kept, *foreign])
    days = await con.fetchval(
        "select count(*) from upload_days where workspace_id = $1", workspace.id
    )
    assert days == 8
    await storage.delete([kept])


async def test_what_a_put_left_unfinished_is_removed(tmp_path: Path, con: Any) -> None:
    storage = local_storage(tmp_path)
    await storage.put("w/1", io.BytesIO(b"x"))
    old, new = tmp_path / "w" / "2#1", tmp_path / "w" / "3#1"
    for each in (old, new):
        each.write_bytes(b"half")
    past = time.time() - 90_000
    os.utime(old, (past, past))
    await swept(OrphanSweep(storage, SteppedClock()), con)
    assert (old.exists(), new.exists(), (tmp_path / "w" / "1").exists()) == (False, True, True)


async def test_a_sweep_of_a_storage_that_is_away_begins_again(con: Any, tmp_path: Path) -> None:
    away = storage_of(Settings(files_s3_bucket="files", files_s3_endpoint="http://127.0.0.1:1"))
    sweep = OrphanSweep(away, SteppedClock())
    for _ in range(2):
        with pytest.raises(Unavailable):
            await sweep.run(con)
