"""What an operator runs, as programs: backup, restore, upgrade."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.world import World


def backup(world: World, file: Path) -> None:
    """Everything in one file."""
    _looplane(world, "backup", file)


def restore(world: World, file: Path) -> None:
    """What `backup` wrote, into an empty database, where each table is counted and hashed."""
    _looplane(world, "restore", file)


def upgrade(world: World) -> None:
    """Brings the tables up to date."""
    _looplane(world, "migrate")


def _looplane(world: World, *words: object) -> None:
    command = [sys.executable, "-m", "looplane.cli", *map(str, words)]
    with tempfile.TemporaryDirectory() as folder:
        ours = {"LOOPLANE_DATABASE_URL": world.dsn, "LOOPLANE_DATA_DIR": folder}
        done = subprocess.run(
            command, env={**os.environ, **ours}, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout)[-2000:])
