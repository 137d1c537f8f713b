import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from looplane.kit.embedded_pg.binaries import find_binaries

from .running import server_pids, started, wait_for


@pytest.fixture(scope="session")
def bin_dir() -> Path:
    return find_binaries(None)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that is not there yet, under one that is open to every user.

    Whatever a test does, no process may be left in it.
    """
    folder = Path(tempfile.mkdtemp(prefix="looplane-test-"))
    folder.chmod(0o755)
    yield folder / "data"
    try:
        wait_for(lambda: not server_pids(folder / "data"))
    finally:
        for pid in server_pids(folder / "data"):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def made_once(bin_dir: Path) -> Iterator[Path]:
    """A cluster that no test starts: to make one takes most of what a start takes."""
    folder = Path(tempfile.mkdtemp(prefix="looplane-test-"))
    folder.chmod(0o755)
    with started(folder / "data", bin_dir):
        pass
    yield folder / "data/postgres"
    shutil.rmtree(folder)


@pytest.fixture
def cluster(made_once: Path, data_dir: Path) -> Path:
    """The one in `data_dir` then, of a test that does not ask how one is made."""
    data_dir.mkdir(0o711)
    subprocess.run(["cp", "-a", made_once, data_dir], check=True)
    return data_dir / "postgres"
