"""Who owns the server: the process that holds this lock, which ends with the process."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class OwnerLock:
    """A lock on a file, held until it is released or the process is gone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Whether we hold it now; does not wait."""
        if self._descriptor is not None:
            if self._still_there(self._descriptor):
                return True
            self.release()  # the folder was removed under us, and may be another's by now
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _still_there(self, descriptor: int) -> bool:
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        return False
