"""What goes wrong with the embedded server, with what to do about it."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL = {number: os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT)}
# On a disk with less left than this, in bytes, not even the reason can be written to the log.
NO_ROOM = 64 * 1024
TAIL_LINES = 10


class EmbeddedError(Exception):
    """Says what is wrong and what to do."""


def program_failed(what: str, output: str, data_dir: Path) -> EmbeddedError:
    """The error for a program that ended early, with the end of its `output`."""
    tail = "\n".join(output.strip().splitlines()[-TAIL_LINES:])
    if any(text in tail for text in FULL.values()) or shutil.disk_usage(data_dir).free < NO_ROOM:
        return _disk_full(data_dir, tail)
    return EmbeddedError(f"{what} failed in {data_dir}:\n{tail or 'it said nothing'}")


def _disk_full(data_dir: Path, reason: str) -> EmbeddedError:
    return EmbeddedError(
        f"The disk that holds {data_dir} is full: free some space there, or set"
        f" LOOPLANE_DATA_DIR to a folder on another disk.\n{reason}"
    )


@contextmanager
def explained(data_dir: Path) -> Iterator[None]:
    """Turns an error of the file system into an EmbeddedError."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise _disk_full(data_dir, str(error)) from error
        message = (
            f"PostgreSQL cannot be kept in {data_dir}: {error}. Make that a folder this user may"
            " write to, or set LOOPLANE_DATA_DIR to another one."
        )
        raise EmbeddedError(message) from error
