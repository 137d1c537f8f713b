"""Whether a server that starts gets on: recovery after a crash may well take hours."""

import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from looplane.kit.embedded_pg.identity import cluster_name
from looplane.kit.embedded_pg.processes import server_processes

logger = logging.getLogger("looplane.postgres")

# All in seconds.
STANDSTILL = 120.0  # so long without progress, and the start is given up
LOOK, TELL = 1.0, 30.0  # between two looks, and between two lines in the log
# Who works in a recovery; the others wake up now and then with nothing to do.
_AT_WORK = ("startup", "checkpointer")
# Of /proc/PID/stat, after the program's name: the state, and the time on the CPU.
_STATE, _USER_TICKS, _SYSTEM_TICKS = 0, 11, 12


class _Work(NamedTuple):
    pid: int
    part: str
    ticks: int
    state: str


class StartProgress:
    """Looks at the processes of `cluster` while it starts, and tells the log now and then."""

    def __init__(self, cluster: Path) -> None:
        self._cluster = cluster
        self._began = self._looked = self._told = self._moved = time.monotonic()
        self._before: list[_Work] = []

    def has_stopped(self) -> bool:
        """Whether nothing has moved for so long that waiting is in vain."""
        now = time.monotonic()
        if now - self._looked >= LOOK:
            self._looked = now
            self._look(now)
        return now - self._moved > STANDSTILL

    def _look(self, now: float) -> None:
        work = _work(self._cluster)
        # In state D it waits for the disk, where no signal could end it: a new start would, too.
        if work != self._before or any(each.state == "D" for each in work):
            self._moved = now
        self._before = work
        if now - self._told >= TELL:
            self._told = now
            self._tell(now, work)

    def _tell(self, now: float, work: list[_Work]) -> None:
        parts = ", ".join(
            f"{each.part} (waits for the disk)" if each.state == "D" else each.part for each in work
        )
        logger.warning(
            "PostgreSQL has been starting for %.0f s, at work: %s; last progress %.0f s ago",
            now - self._began,
            parts or "nothing that can be seen",
            now - self._moved,
        )


def _work(cluster: Path) -> list[_Work]:
    with suppress(FileNotFoundError):  # not made yet
        if name := cluster_name(cluster):
            seen = [each for each in server_processes(name) if each.part.startswith(_AT_WORK)]
            return sorted(_Work(*each, *_spent(each.pid)) for each in seen)
    return []


def _spent(pid: int) -> tuple[int, str]:
    with suppress(OSError):  # it ended meanwhile
        line = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        fields = line.rpartition(")")[2].split()
        return int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS]), fields[_STATE]
    return 0, ""
