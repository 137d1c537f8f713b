"""What was to be expected is told in a line that says what to do."""

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from looplane.cli.failures import explain


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("the database system is shutting down"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    ],
)
def test_a_database_that_stops_under_a_command(error: Exception) -> None:
    told = explain(error) or ""
    assert str(error) in told
    assert "run this again" in told
    assert "start it" not in told, "it was there"


_LOOPLANE = f"{sys.executable} -m looplane.cli"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_nobody_listens(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{_LOOPLANE} --version {closed}"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_folder_is_gone(tmp_path: Path) -> None:
    script = f"mkdir gone && cd gone && rmdir ../gone && {_LOOPLANE} backup looplane.tar"
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Error: The folder that this runs in is gone" in done.stderr
