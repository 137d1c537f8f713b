"""What an operator runs, as programs: backup, restore, upgrade."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.world import World


def backup(world: World, file: Path) -> None:
    """The whole database in one file, as docs/operating/backup.md says."""
    _run(world, "pg_dump", "--format=custom", f"--file={file}")


def restore(world: World, file: Path) -> None:
    """What `backup` wrote, into an empty database."""
    _run(world, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={name_of(world)}", file)


def upgrade(world: World) -> None:
    """Brings the tables up to date."""
    _looplane(world, "migrate")


def name_of(world: World) -> str:
    """The name of the database."""
    return urlsplit(world.dsn).path.lstrip("/")


def _looplane(world: World, *words: object) -> None:
    command = [sys.executable, "-m", "looplane.cli", *map(str, words)]
    environment = {**os.environ, "LOOPLANE_DATABASE_URL": world.dsn}
    _check(subprocess.run(command, env=environment, capture_output=True, text=True, check=False))


def _run(world: World, program: str, *words: object) -> None:
    parts = urlsplit(world.dsn)
    environment = {
        **os.environ,
        "PGHOST": parse_qs(parts.query)["host"][0],
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": name_of(world),
    }
    command = [str(world.binaries / program), *map(str, words)]
    _check(subprocess.run(command, env=environment, capture_output=True, text=True, check=False))


def _check(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout)[-2000:])
