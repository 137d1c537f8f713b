"""What still runs of a server that this process did not start."""

import os
import signal
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from looplane.kit.embedded_pg.place import Place


class PidFile(NamedTuple):
    """What `postmaster.pid` says."""

    pid: int
    ready: bool


def read_pid_file(cluster: Path) -> PidFile | None:
    """None when there is none, and for one just being written or spoilt by a power failure."""
    try:
        lines = (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    pid = lines[0].removeprefix("-") if lines else ""  # less than 0 in single-user mode
    return PidFile(int(pid), ready=lines[-1].strip() == "ready") if pid.isdecimal() else None


def end_leftovers(place: Place, limit: float) -> Generator[None]:
    """End what a killed program left: the postmaster in good order, its orphans at once.

    Orphans hold the shared memory, and the next server refuses to start beside them. Only for the
    holder of the lock.
    """
    known = read_pid_file(place.cluster)
    deadline = time.monotonic() + limit
    if known and known.pid in _processes(place.name):
        _send(known.pid, signal.SIGINT)
        while known.pid in _processes(place.name) and time.monotonic() < deadline:
            yield
    while (left := _processes(place.name)) and time.monotonic() < deadline + limit:
        for pid in left:
            _send(pid, signal.SIGKILL)
        yield


def _processes(name: str) -> list[int]:
    """The server's processes: by its argument the postmaster, by their title the others.

    A command line is readable where /proc/PID/cwd is not: in a container, for root.
    """
    title, argument = f"postgres: {name}: ".encode(), f"cluster_name={name}".encode()
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended meanwhile
            line = file.read_bytes()
            if line.startswith(title) or argument in line.split(b"\0"):
                found.append(int(file.parent.name))
    return found


def _send(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, how)
