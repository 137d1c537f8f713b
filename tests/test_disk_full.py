"""A disk that becomes full while everything runs, and has room again."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.errors import StorageFull
from looplane.kit.room import Room
from tests.embedded_pg.running import AWAY
from tests.processes import Folder, Process, come_about, free_port

pytestmark = pytest.mark.processes
FULL = (503, "storage_full")
SIZE = 500_000_000


def code(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


def fill_up(file: Path, leave: int = 0) -> None:
    """Leaves so many bytes of the disk that `file` is on."""
    with suppress(OSError), file.open("ab", buffering=0) as raw:
        while True:
            free = os.statvfs(file.parent)
            wanted = free.f_bavail * free.f_frsize - leave
            if leave and wanted <= 0:
                return
            raw.write(bytes(min(1 << 20, max(wanted, 1))))


class Inbox:
    """A Looplane, and all writes that it has answered with 200."""

    def __init__(self, place: Folder, process: Process) -> None:
        self.place, self.process = place, process
        about = json.loads(process.said())
        headers = {"Authorization": f"Bearer {about['key']}"}
        url = f"{process.url}/api/v2"
        self.client = httpx.AsyncClient(base_url=url, headers=headers, timeout=60)
        self.thread, self.written = about["thread_id"], 0
        self.filler = place.data_dir / "filler"

    async def write(self) -> httpx.Response:
        title = f"Written {self.written + 1}"
        answer = await self.client.patch(f"/threads/{self.thread}", json={"title": title})
        self.written += answer.status_code == httpx.codes.OK
        return answer

    async def is_whole(self) -> bool:
        """Whether every write that was acknowledged is there, in its order."""
        found: list[str] = []
        params: dict[str, Any] = {"limit": 200, "subject": self.thread}
        while True:
            answer = await self.client.get("/events", params=params)
            assert answer.status_code == httpx.codes.OK, answer.text
            page = answer.json()
            found += [each["after"].get("title") for each in page["data"] if each["after"]]
            if not page["page"]["has_more"]:
                break
            params["after"] = page["page"]["cursor"]
        told = [each for each in found if each and each.startswith("Written ")]
        numbers = [int(each.removeprefix("Written ")) for each in told]
        assert numbers == sorted(numbers)
        return set(range(1, self.written + 1)) <= set(numbers)


@pytest.fixture(scope="module")
def place() -> Iterator[Folder]:
    """A folder whose data is on a small disk of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk of its own")
    place = Folder(Path(tempfile.mkdtemp(prefix="looplane-test-")))
    place.path.chmod(0o755)
    place.data_dir.mkdir()
    disk = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(place.data_dir)]
    if subprocess.run(disk, check=False, capture_output=True).returncode:
        pytest.skip("mounting a disk is not allowed here")
    try:
        yield place
    finally:
        place.close()
        subprocess.run(["umount", str(place.data_dir)], check=True)
        shutil.rmtree(place.path)


@pytest.fixture(scope="module")
async def inbox(place: Folder) -> AsyncIterator[Inbox]:
    opened = Inbox(place, await place.started("serve --json"))
    yield opened
    await opened.client.aclose()


@pytest.fixture
async def full(inbox: Inbox) -> AsyncIterator[Inbox]:
    """One that has written, and whose disk is full by now."""
    assert (await inbox.write()).status_code == httpx.codes.OK
    fill_up(inbox.filler)
    yield inbox
    inbox.filler.unlink(missing_ok=True)
    await inbox.process.ready()


def files(inbox: Inbox) -> set[Path]:
    return {path for path in (inbox.place.data_dir / "files").rglob("*") if path.is_file()}


async def test_writes_wait_with_a_reason_and_reads_go_on(full: Inbox) -> None:
    before = files(full)
    answer = await full.write()
    assert code(answer) == FULL
    assert "disk" in answer.json()["message"]
    assert answer.headers["retry-after"] == "10"
    assert (await full.client.get(f"/threads/{full.thread}")).status_code == httpx.codes.OK
    await come_about(lambda: is_unready(full.process))
    upload = await full.client.post(
        "/files", files={"file": ("notes.txt", b"x" * 5_000_000, "text/plain")}
    )
    assert code(upload) == FULL
    assert files(full) == before
    full.filler.unlink()
    await full.process.ready()
    assert (await full.write()).status_code == httpx.codes.OK
    assert await full.is_whole()


async def is_unready(process: Process) -> bool:
    async with httpx.AsyncClient() as client:
        return code(await client.get(f"{process.url}/readyz")) == FULL


async def log_without_end(con: asyncpg.Connection) -> None:
    """Has PostgreSQL's own log grow, and nothing else, until there is no room for it."""
    while True:
        await con.execute("select pg_logical_emit_message(false, 'x', repeat('x', 1000000))")


async def test_a_server_that_ended_for_want_of_room_comes_back(full: Inbox) -> None:
    con = await full.place.connect()
    with pytest.raises(AWAY):
        await log_without_end(con)
    con.terminate()
    await come_about(lambda: "PostgreSQL is down" in full.process.complained())
    assert code(await full.client.get(f"/threads/{full.thread}")) == FULL
    full.filler.unlink()
    await full.process.ready()
    assert (await full.write()).status_code == httpx.codes.OK
    assert await full.is_whole()


async def test_a_database_of_ones_own_says_it_itself(inbox: Inbox) -> None:
    """Its disk is not ours to see: writes are tried, and what it says is told."""
    dsn = EmbeddedPostgres(inbox.place.data_dir, find_binaries(None)).start()
    elsewhere = inbox.place.path / "elsewhere"
    api = await inbox.place.started("api", database_url=dsn, data_dir=elsewhere, port=free_port())
    comments = f"{api.url}/api/v2/threads/{inbox.thread}/comments"
    kept = []
    async with httpx.AsyncClient(headers=dict(inbox.client.headers), timeout=60) as client:
        fill_up(inbox.filler)
        while True:
            body = {"content": f"<p>{secrets.token_hex(20_000)}</p>"}
            answer = await client.post(comments, json=body)
            if answer.status_code != httpx.codes.OK:
                break
            kept.append(answer.json()["id"])
        assert code(answer) == FULL
        await come_about(lambda: is_unready(api))  # a busy one may say first that it is slow
        inbox.filler.unlink()
        await api.ready()
        assert (await client.post(comments, json=body)).status_code == httpx.codes.OK
        for id in kept:
            assert (await client.get(f"{comments}/{id}")).status_code == httpx.codes.OK


def test_room_is_known_by_looking_or_by_hearsay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    room = Room(None, lambda: now)
    room.note(asyncpg.DiskFullError("x"))
    room.check()
    with pytest.raises(StorageFull):
        room.check_all()
    now = 11.0
    room.check_all()
    Room(tmp_path / "nowhere").check()


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_log_that_cannot_be_written_stops_nothing(form: str) -> None:
    script = f"""
import logging, structlog
from looplane.kit.logs import set_up_logs
set_up_logs("info", "{form}")
structlog.get_logger("ours").info("x" * 10_000)
logging.getLogger("theirs").warning("x")
print("on")"""
    with Path("/dev/full").open("w", encoding="ascii") as log:
        done = subprocess.run(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=log, check=False
        )
    assert done.stdout == b"on\n"
