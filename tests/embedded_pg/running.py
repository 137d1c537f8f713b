"""Programs, servers and questions to them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg

import looplane
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.identity import cluster_name
from looplane.kit.embedded_pg.processes import server_processes
from looplane.kit.embedded_pg.server import EmbeddedPostgres

PROGRAM = Path(__file__).with_name("program.py")
SOURCES = str(Path(looplane.__file__).parents[1])
# InternalClientError: how asyncpg takes the last words of a server that was killed.
AWAY = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


def every_bin_dir() -> list[Path]:
    found = [*Path("/usr/lib/postgresql").glob("*/bin")]
    with suppress(EmbeddedError):
        found.append(find_binaries(None))
    return sorted(set(found))


def ask(dsn: str, sql: str, user: str | None = None, password: str | None = None) -> object:
    async def answer() -> object:
        connection = await asyncpg.connect(dsn, user=user, password=password)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(answer())


def answers(dsn: str) -> bool:
    try:
        return ask(dsn, "SELECT 1") == 1
    except AWAY:
        return False


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


async def come_about(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what we wait for tells nobody
            await asyncio.sleep(0.02)


def server_pids(data_dir: Path) -> list[int]:
    """What runs of the server in `data_dir`, or of making it."""
    cluster = data_dir / "postgres"
    folder, name = str(cluster), cluster_name(cluster) if cluster.exists() else None
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = file.read_bytes().decode(errors="replace")
            if folder in line or line.startswith(f"postgres: {name}:"):
                found.append(int(file.parent.name))
    return found


def pids_of(data_dir: Path, part: str) -> list[int]:
    """The processes of the server that do that, by our own numbers."""
    name = cluster_name(data_dir / "postgres")
    assert name is not None
    found = {}
    for each in server_processes(name):
        with suppress(OSError):
            if each.part.startswith(part):
                found[each.pid] = parent_of(each.pid)
    # A new process has the title of the postmaster, its parent, until it has its own.
    return [pid for pid, parent in found.items() if parent not in found]


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def postmaster_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


@contextmanager
def started(data_dir: Path, bin_dir: Path) -> Iterator[str]:
    server = EmbeddedPostgres(data_dir, bin_dir)
    dsn = server.start()
    try:
        yield dsn
    finally:
        server.stop()


def environment() -> dict[str, str]:
    """In which our sources are found."""
    return os.environ | {"PYTHONPATH": SOURCES}


def launch(
    data_dir: Path, bin_dir: Path, python: str = sys.executable, user: int | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, str(PROGRAM), str(data_dir), str(bin_dir)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        user=user,
        env=environment(),
    )


def said(program: subprocess.Popen[str]) -> tuple[str, str]:
    """What it is (owner or guest) and its DSN, once it says so."""
    assert program.stdout is not None
    role, dsn = program.stdout.readline().split()
    return role, dsn


@contextmanager
def programs(data_dir: Path, bin_dir: Path, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """So many programs started at the same instant, and killed at the end."""
    running = [launch(data_dir, bin_dir) for _ in range(count)]
    try:
        yield running
    finally:
        for program in running:
            program.kill()
            program.communicate()


async def leave_an_orphan(dsn: str, data_dir: Path) -> None:
    """Kill the server while a backend is too busy to notice."""
    connection, witness = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    busy = asyncio.create_task(connection.execute("DO $$ BEGIN LOOP END LOOP; END $$"))
    active = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query ^@ 'DO'"
    while not await witness.fetchval(active):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    (postmaster,) = pids_of(data_dir, "postmaster")  # whose own number can be another one
    os.kill(postmaster, signal.SIGKILL)
    busy.cancel()
    connection.terminate()
    witness.terminate()
