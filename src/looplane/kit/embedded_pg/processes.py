"""What runs of a server, whoever started it."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")


class PidFile(NamedTuple):
    """What `postmaster.pid` says."""

    pid: int
    ready: bool


class ServerProcess(NamedTuple):
    """A process of a cluster; `part` is what it says it does, or "postmaster".

    A new one passes for the postmaster, its parent, for the moment until it has a title.
    """

    pid: int
    part: str


def read_pid_file(cluster: Path) -> PidFile | None:
    """None when there is none, and for one just being written or spoilt by a power failure."""
    try:
        text = (cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    lines = text.splitlines()
    pid = lines[0].removeprefix("-") if lines else ""  # less than 0 in single-user mode
    return PidFile(int(pid), ready=lines[-1].strip() == "ready") if pid.isdecimal() else None


def server_processes(name: str) -> list[ServerProcess]:
    """Those of the cluster of that name which we can see: by their command lines.

    A command line is readable where /proc/PID/cwd is not: in a container, for root.
    """
    if not _numbers_are_ours():
        return []
    title, argument = f"postgres: {name}: ".encode(), f"cluster_name={name}".encode()
    found = []
    for file in _PROC.glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended meanwhile
            line = file.read_bytes()
            if line.startswith(title):
                part = line.removeprefix(title).rstrip(b"\0 ").decode(errors="replace")
                found.append(ServerProcess(int(file.parent.name), part))
            elif argument in line.split(b"\0"):
                found.append(ServerProcess(int(file.parent.name), "postmaster"))
    return found


def send(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, how)


def _numbers_are_ours() -> bool:
    """Whether /proc counts processes as kill(2) does for us, and not as another namespace does."""
    with suppress(OSError):
        for line in (_PROC / "self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("NSpid:"):
                return line.split()[1:] == [str(os.getpid())]
    return False
