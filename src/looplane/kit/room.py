"""Whether there is room to write: where PostgreSQL finds none for its log, it ends on the spot."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from looplane.kit.embedded_pg.errors import FULL
from looplane.kit.errors import StorageFull

# Bytes that are left alone, on the disk of a database of ours: two parts of PostgreSQL's log, so
# that what is under way can end.
RESERVE = 32 * 1024 * 1024
# Seconds that the word of a database elsewhere is good for: its disk cannot be seen from here.
_REMEMBERED = 10.0


class Room:
    """What is known of the disk of a database; `folder` is on it, if it is one of ours."""

    def __init__(
        self, folder: Path | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self._clock = folder, clock
        self._full_until = float("-inf")

    def note(self, error: Exception) -> None:
        """Remembers for a while where a database has said that its disk is full."""
        if isinstance(error, asyncpg.DiskFullError):
            self._full_until = self._clock() + _REMEMBERED

    def check(self) -> None:
        """Raises StorageFull where a write on our disk would find no room."""
        if self._folder is None:
            return
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            return  # whoever uses it says what is wrong
        if free < RESERVE:
            raise StorageFull

    def check_all(self) -> None:
        """What `check` does, also where a database elsewhere has said so lately."""
        self.check()
        if self._clock() < self._full_until:
            raise StorageFull

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Raises StorageFull in place of any error, where our disk is full."""
        try:
            yield
        except Exception:
            self.check()
            raise


def is_full(error: BaseException) -> bool:
    """Whether an error of the database or the file system, or one that tells of it, says so."""
    if isinstance(error, asyncpg.DiskFullError):
        return True
    number = error.errno if isinstance(error, OSError) else None
    return number in FULL or any(words in str(error) for words in FULL.values())
