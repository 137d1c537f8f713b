"""Processes of ours, started, questioned and killed as an operator's would be."""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import httpx
import orjson

from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.processes import read_pid_file
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.json import to_json
from tests.embedded_pg.running import server_pids

PATIENCE = 60  # seconds until a test that waits gives up
# Whether somebody waits for what the connection that asks holds.
BLOCKS = """
select exists (
  select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid)))"""
_PORTS = range(20_000, 26_000)
# From a port to the one that says whose it is.
_CLAIM = 6_000
_CLAIMS: list[socket.socket] = []
_COMMAND = [sys.executable, "-m", "looplane.cli"]


def free_port() -> int:
    """A port that nobody listens at, and that is ours until these tests end.

    It is none of those that the system gives away, which may be somebody's before a program that is
    only being started takes it. Of others who run tests here, whoever has its claim has it.
    """
    for port in random.sample(_PORTS, 100):
        claim = socket.socket(type=socket.SOCK_DGRAM)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            claim.bind(("127.0.0.1", port + _CLAIM))
            probe.bind(("127.0.0.1", port))
            _CLAIMS.append(claim)
            return port
        claim.close()
    msg = "a hundred ports are taken"
    raise AssertionError(msg)


async def come_about(condition: Callable[[], Awaitable[object] | object]) -> None:
    """Waits for what somebody else brings about."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = condition()
            if await answer if isinstance(answer, Awaitable) else answer:
                return
            await asyncio.sleep(0.02)


class Process:
    """One `looplane` process; its words go to files, so that no pipe ever fills.

    `part` is its command, with options where it has any; `source` is the folder of another version
    of the program.
    """

    def __init__(
        self, part: str, folder: Path, source: Path | None = None, **settings: object
    ) -> None:
        port = settings.setdefault("port", free_port())
        self.part, self.source, self.settings = part, source, settings
        limits = {"reads_per_minute": 0, "writes_per_minute": 0, "log_format": "json"}
        chosen = {"log_level": "warning", **limits, **settings}
        self.url = f"http://127.0.0.1:{port}"
        if part == "worker" and source is None:
            chosen.setdefault("worker_port", port)
        self._files = [tempfile.mkstemp(prefix=f"{part}-", dir=folder) for _ in range(2)]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LOOPLANE_")}
        if source is not None:
            inherited["PYTHONPATH"] = str(source)
        self.popen = subprocess.Popen(
            [*_COMMAND, *part.split()],
            env=inherited | {f"LOOPLANE_{k.upper()}": str(v) for k, v in chosen.items()},
            stdout=self._files[0][0],
            stderr=self._files[1][0],
            cwd=folder,
        )

    def said(self) -> str:
        """What it has written to standard output so far."""
        return Path(self._files[0][1]).read_text()

    def complained(self) -> str:
        """What it has written to standard error so far."""
        return Path(self._files[1][1]).read_text()

    def stumbled(self) -> bool:
        """Whether it has told of an error that it did not expect."""
        return any(word in self.complained() for word in ("Traceback", '"exception"'))

    async def ready(self) -> None:
        """Waits until requests are answered."""
        await come_about(self._is_ready)

    async def _is_ready(self) -> bool:
        assert self.runs(), self.said() + self.complained()
        return await status(f"{self.url}/readyz") == httpx.codes.OK

    def kill(self) -> None:
        """kill -9."""
        self.popen.kill()
        self.popen.wait(PATIENCE)

    async def ended(self) -> int:
        """Its exit code, once it has one."""
        await come_about(lambda: not self.runs())
        return self.popen.returncode

    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return self.popen.poll() is None

    def close(self) -> None:
        """Ends it, however the test went."""
        self.kill()
        for descriptor, _ in self._files:
            os.close(descriptor)


async def status(url: str) -> int:
    """The status that `url` answers with now; 0 when nobody answers."""
    try:
        # Reading whom to trust with secrets takes longer than all the rest, and here are none.
        async with httpx.AsyncClient(timeout=PATIENCE, verify=False) as client:
            return (await client.get(url)).status_code
    except httpx.TransportError:
        return 0


async def connect(dsn: str) -> asyncpg.Connection:
    """A connection to look behind the processes."""
    con = await asyncpg.connect(dsn)
    await con.set_type_codec("jsonb", schema="pg_catalog", encoder=to_json, decoder=orjson.loads)
    return con


class Folder:
    """A place for processes; none of them outlives it.

    Those that run a server of their own find in it what is in `data`, where that is given: to make a
    database and its tables takes longer than all else that most of them do.
    """

    def __init__(self, path: Path, data: Path | None = None) -> None:
        self.path, self._data = path, data
        self.data_dir = path / "data"
        self._processes: list[Process] = []

    def start(self, part: str, source: Path | None = None, **settings: object) -> Process:
        """Starts `looplane <part>` with its data here."""
        if self._data and not self.data_dir.exists() and "database_url" not in settings:
            subprocess.run(["cp", "-a", self._data, self.data_dir], check=True)
        process = Process(part, self.path, source, **{"data_dir": self.data_dir, **settings})
        self._processes.append(process)
        return process

    async def started(self, part: str, source: Path | None = None, **settings: object) -> Process:
        """Starts it, and waits until it is ready."""
        process = self.start(part, source, **settings)
        await process.ready()
        return process

    async def restarted(self, process: Process) -> Process:
        """One in place of `process`, which has ended, at the same address."""
        return await self.started(process.part, process.source, **process.settings)

    async def connect(self) -> asyncpg.Connection:
        """A connection to the embedded server that one of our processes runs."""
        return await connect(EmbeddedPostgres(self.data_dir, find_binaries(None)).start())

    async def server_after(self, pid: int) -> None:
        """Waits until a server of another process id than `pid` is ready."""

        def is_ready() -> bool:
            found = read_pid_file(self.data_dir / "postgres")
            return found is not None and found.ready and found.pid != pid

        await come_about(is_ready)

    def close(self) -> None:
        for process in self._processes:
            process.close()
        while pids := server_pids(self.data_dir):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)


@contextmanager
def folder(data: Path | None = None) -> Iterator[Folder]:
    """A new folder, open to the user that PostgreSQL runs as."""
    path = Path(tempfile.mkdtemp(prefix="looplane-test-"))
    path.chmod(0o755)
    opened = Folder(path, data)
    try:
        yield opened
    finally:
        opened.close()
        shutil.rmtree(path)
