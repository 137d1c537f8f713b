import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from looplane.kit.embedded_pg.binaries import find_binaries

from .running import server_pids, wait_for


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
