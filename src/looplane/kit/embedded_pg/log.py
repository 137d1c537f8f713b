"""The server's own log: a file beside it that cannot grow without end."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

LIMIT = 10 * 1024 * 1024  # bytes, and as much again for the part before


def appending(path: Path) -> BinaryIO:
    """The log, readable for us alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def trim(path: Path) -> None:
    """Once it is too long, keep it as `.log.1` and go on from empty."""
    if size(path) > LIMIT:
        shutil.copy(path, path.with_suffix(".log.1"))  # with its mode
        os.truncate(path, 0)  # the server holds the file open and goes on appending


def read_from(path: Path, offset: int) -> str:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")
