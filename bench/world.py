"""A database with many threads, and the API over it as a process of its own."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx

from looplane.kit.database import Connection, connected
from looplane.kit.embedded_pg.binaries import find_binaries
from looplane.kit.embedded_pg.server import EmbeddedPostgres
from looplane.kit.ids import new_id
from looplane.kit.keys import SCOPES, digest, new_key
from looplane.kit.migrate import migrate
from looplane.tables import MIGRATIONS
from looplane.threads.update.sql import UPDATE_FUNCTION

HERE = Path(__file__).parent
WORKSPACE = UUID("00000000-0000-7000-8000-000000000001")
PORT = 8765
MAKE_ID = """
create or replace function bench_id(kind text, n bigint) returns uuid language sql immutable as
$$ select ('00000000-0000-7000-8000-' || kind || lpad(to_hex(n), 11, '0'))::uuid $$"""


@dataclass(frozen=True)
class World:
    """A seeded database."""

    dsn: str
    size: int
    key: str
    binaries: Path
    seeded_at: datetime


def bench_id(kind: str, n: int) -> str:
    """The id of the n-th thing of a kind, from 1: a thread is an `a`, as in seed.sql."""
    return f"00000000-0000-7000-8000-{kind}{n:011x}"


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[tuple[str, Path]]:
    """An embedded server in `folder`: its DSN and its binaries."""
    binaries = find_binaries(None)
    server = EmbeddedPostgres(folder, binaries)
    try:
        yield server.start(), binaries
    finally:
        server.stop()


async def seed(dsn: str, binaries: Path, size: int, file: str = "seed.sql") -> World:
    """Empties the database and fills it from `file`, with one key of a member."""
    async with connected(dsn) as con:
        await con.execute("drop schema public cascade; create schema public")
        await migrate(con, MIGRATIONS)
        await con.execute("set statement_timeout = 0")
        await con.execute(MAKE_ID, timeout=3600)
        text = (HERE / file).read_text().replace(":size", str(size))
        await con.execute(text, timeout=3600)
        reference = (HERE / "reference.sql").read_text().replace(":update", UPDATE_FUNCTION.name)
        await con.execute(reference.replace(":workspace", str(WORKSPACE)))
        key = await make_key(con)
        await con.execute("vacuum analyze", timeout=3600)
        seeded_at = await con.fetchval("select max(updated_at) from contacts")
    return World(dsn, size, key, binaries, seeded_at)


async def make_key(con: Connection) -> str:
    """A key with all scopes of the first member."""
    key = new_key()
    await con.execute(
        "insert into api_keys (workspace_id, id, hash, prefix, scopes, member_id, created_at)"
        " values ($1, $2, $3, $4, $5, bench_id('d', 1), $6)",
        WORKSPACE,
        new_id(),
        digest(key),
        key[:9],
        list(SCOPES),
        datetime.now(UTC),
    )
    return key


@contextlib.contextmanager
def api(world: World, workers: int = 1, settings: Mapping[str, str] | None = None) -> Iterator[int]:
    """The API over `world`, without limits, its log thrown away; the pid of its main process."""
    chosen = {
        "LOOPLANE_DATABASE_URL": world.dsn,
        "LOOPLANE_PORT": str(PORT),
        "LOOPLANE_READS_PER_MINUTE": "0",
        "LOOPLANE_WRITES_PER_MINUTE": "0",
        "LOOPLANE_POOL_SIZE": "16",
        **(settings or {}),
    }
    command = [sys.executable, "-m", "looplane.cli", "api", f"--workers={workers}"]
    with Path(os.devnull).open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **chosen}, stdout=log, stderr=log)
        try:
            _wait()
            yield process.pid
        finally:
            process.terminate()
            process.wait(20)


def _wait() -> None:
    for _ in range(400):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{PORT}/readyz").status_code == httpx.codes.OK:
                return
        time.sleep(0.05)
    msg = "The API did not start."
    raise RuntimeError(msg)


def pgbench(world: World, function: str, seconds: int, clients: int) -> float:
    """Calls a second of a function of reference.sql, prepared, from `clients` connections."""
    parts = urlsplit(world.dsn)
    script = f"\\set n random(1, {world.size})\nselect {function}(:n);\n"
    environment = {
        **os.environ,
        "PGHOST": parse_qs(parts.query)["host"][0],
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGOPTIONS": "-c jit=off -c plan_cache_mode=force_generic_plan",
    }
    command = [str(world.binaries / "pgbench"), "-n", "-M", "prepared", "-c", str(clients)]
    command += ["-j", "1", "-T", str(seconds), "-f", "/dev/stdin", parts.path.lstrip("/")]
    done = subprocess.run(
        command, input=script, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    line = next(each for each in done.stdout.splitlines() if each.startswith("tps = "))
    return float(line.split()[2])
